import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
} from "../kernel/socket.js";

/** Linux's numbers of the names that stand for numbers in arguments and results. */
export const CONSTANTS: Readonly<Record<string, number>> = Object.freeze({
  NULL: 0,
  AF_INET: 2,
  PF_INET: 2,
  AF_INET6: 10,
  PF_INET6: 10,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_NONBLOCK: 0o4000,
  SOCK_CLOEXEC: 0o2000000,
  IPPROTO_IP: 0,
  IPPROTO_ICMP: 1,
  IPPROTO_TCP: 6,
  IPPROTO_UDP: 17,
  F_GETFL: 3,
  F_SETFL: 4,
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_NONBLOCK: 0o4000,
  MSG_OOB: 0x1,
  MSG_PEEK: 0x2,
  MSG_TRUNC: 0x20,
  MSG_DONTWAIT: 0x40,
  MSG_EOR: 0x80,
  MSG_WAITALL: 0x100,
  MSG_ERRQUEUE: 0x2000,
  MSG_NOSIGNAL: 0x4000,
  MSG_MORE: 0x8000,
  MSG_ZEROCOPY: 0x4000000,
  MSG_FASTOPEN: 0x20000000,
  SHUT_RD: 0,
  SHUT_WR: 1,
  SHUT_RDWR: 2,
  FIONREAD: 0x541b,
  SIOCINQ: 0x541b,
  SIOCOUTQ: 0x5411,
  INADDR_ANY: 0,
  POLLIN,
  POLLPRI,
  POLLOUT,
  POLLERR,
  POLLHUP,
  POLLNVAL: 0x020,
  POLLRDNORM,
  POLLWRNORM,
  POLLRDHUP,
});

/** The names of a set of `poll` events. */
export function formatPollEvents(events: number): string {
  const names = Object.keys(CONSTANTS).filter(
    (name) => name.startsWith("POLL") && (events & CONSTANTS[name]!) !== 0,
  );
  return names.length === 0 ? "0" : names.join("|");
}
