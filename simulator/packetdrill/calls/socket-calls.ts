import { Errno } from "../kernel/errno.js";
import { unsupported } from "../script-error.js";
import { Arguments, evaluateNumber } from "./arguments.js";
import { CONSTANTS } from "./constants.js";
import { immediate, waiting, type SystemCall } from "./system-call.js";

const { SOCK_STREAM, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_CLOEXEC, IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP } =
  CONSTANTS as Record<string, number>;

/** socket(..., SOCK_STREAM, IPPROTO_TCP) */
export const socket: SystemCall = (process, call) => {
  const args = new Arguments(call, 3);
  if (call.arguments[0]!.kind !== "ellipsis" && args.number(0) !== CONSTANTS.AF_INET) {
    throw unsupported(args.locationOf(0), "an address family other than AF_INET");
  }
  const flags = args.number(1);
  const type = flags & ~(SOCK_NONBLOCK! | SOCK_CLOEXEC!);
  const protocol = args.number(2);
  const isTcp = type === SOCK_STREAM && (protocol === IPPROTO_TCP || protocol === IPPROTO_IP);
  const isUdp = type === SOCK_DGRAM && (protocol === IPPROTO_UDP || protocol === IPPROTO_IP);
  const isMismatch =
    (type === SOCK_STREAM && protocol === IPPROTO_UDP) || (type === SOCK_DGRAM && protocol === IPPROTO_TCP);
  if (!isTcp && !isUdp && !isMismatch) {
    throw unsupported(args.locationOf(1), "sockets other than those of TCP and UDP");
  }
  return immediate(() => {
    if (isMismatch) throw new Errno("EPROTONOSUPPORT");
    const made = process.kernel.socket(isTcp ? "tcp" : "udp");
    made.nonBlocking = (flags & SOCK_NONBLOCK!) !== 0;
    process.observer.opened(made);
    return process.install(made, evaluateNumber(call.result));
  });
};

/** bind(3, ..., ...) */
export const bind: SystemCall = (process, call) => {
  const args = new Arguments(call, 3);
  const descriptor = args.number(0);
  const { address, port } = args.socketAddress(1) ?? { address: undefined, port: process.addresses.bindPort };
  return immediate(() => process.get(descriptor).socket.bind(port, address));
};

/** listen(3, 1) */
export const listen: SystemCall = (process, call) => {
  const args = new Arguments(call, 2);
  const [descriptor, backlog] = [args.number(0), args.number(1)];
  return immediate(() => process.get(descriptor).socket.listen(backlog));
};

/** accept(3, ..., ...) */
export const accept: SystemCall = (process, call) => acceptWith(process, call, 3);

/** accept4(3, ..., ..., SOCK_NONBLOCK) */
export const accept4: SystemCall = (process, call) => acceptWith(process, call, 4);

function acceptWith(...[process, call, count]: [...Parameters<SystemCall>, number]): ReturnType<SystemCall> {
  const args = new Arguments(call, count);
  const descriptor = args.number(0);
  args.ellipsis(1);
  args.ellipsis(2);
  const flags = count > 3 ? args.number(3) : 0;
  return waiting(process, descriptor, (open) => {
    const accepted = open.socket.accept();
    if (accepted === undefined) return undefined;
    accepted.nonBlocking = (flags & SOCK_NONBLOCK!) !== 0;
    process.observer.accepted(accepted);
    return process.install(accepted, evaluateNumber(call.result));
  });
}

/** connect(3, ..., ...) */
export const connect: SystemCall = (process, call) => {
  const args = new Arguments(call, 3);
  const descriptor = args.number(0);
  const remote = args.socketAddress(1) ?? process.addresses.remote;
  let hasBegun = false;
  return waiting(
    process,
    descriptor,
    (open) => {
      if (!hasBegun) {
        open.socket.connect(remote.address, remote.port);
        process.observer.connecting(open.socket, remote);
        hasBegun = true;
      }
      return open.socket.connected() && 0;
    },
    { otherwise: { value: -1, error: "EINPROGRESS" } },
  );
};

/** shutdown(3, SHUT_WR) */
export const shutdown: SystemCall = (process, call) => {
  const args = new Arguments(call, 2);
  const [descriptor, how] = [args.number(0), args.number(1)];
  const { SHUT_RD, SHUT_WR, SHUT_RDWR } = CONSTANTS;
  return immediate(() => {
    if (how < SHUT_RD! || how > SHUT_RDWR!) throw new Errno("EINVAL");
    process.get(descriptor).socket.shutdown({ read: how !== SHUT_WR, write: how !== SHUT_RD });
  });
};

/** close(3) */
export const close: SystemCall = (process, call) => {
  const descriptor = new Arguments(call, 1).number(0);
  return immediate(() => process.close(descriptor));
};
