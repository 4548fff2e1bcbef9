import { Errno, NotOffered } from "./errno.js";
import type { OptionValue } from "./socket.js";
import { toCongestionControl } from "./sysctls.js";
import type { TcpSocket } from "./tcp-socket.js";

/** One option of TCP sockets; without `set` it can only be read. */
interface SocketOption {
  readonly get: (socket: TcpSocket) => OptionValue;
  readonly set?: (socket: TcpSocket, value: OptionValue) => void;
}

/** The options that the stack has, by level and name. */
const OPTIONS: Readonly<Record<string, SocketOption>> = Object.freeze({
  // The stack never refuses a port because of an old connection.
  "SOL_SOCKET SO_REUSEADDR": {
    get: ({ settings }) => settings.reuseAddress,
    set: ({ settings }, value) => (settings.reuseAddress = toNumber(value)),
  },
  "SOL_SOCKET SO_ERROR": { get: (socket) => socket.takeErrorNumber() },
  "SOL_SOCKET SO_ACCEPTCONN": { get: (socket) => Number(socket.isListening) },
  "SOL_SOCKET SO_LINGER": {
    get: ({ settings }) => ({ onoff: settings.resetOnClose ? 1 : 0, linger: 0 }),
    set: ({ settings }, value) => {
      if (typeof value !== "object") throw new Errno("EINVAL");
      if (value.onoff !== 0 && value.linger !== 0) throw new NotOffered("a close that lingers");
      settings.resetOnClose = value.onoff !== 0;
    },
  },
  "SOL_SOCKET SO_KEEPALIVE": {
    get: ({ settings }) => Number(settings.keepAlive),
    set: (socket, value) => socket.setKeepAlive({ enabled: toNumber(value) !== 0 }),
  },
  // The stack has one interval for silence and for its probes.
  "SOL_TCP TCP_KEEPIDLE": {
    get: ({ settings }) => settings.keepAliveInterval,
    set: (socket, value) => socket.setKeepAlive({ interval: toNumber(value) }),
  },
  "SOL_TCP TCP_KEEPINTVL": {
    get: ({ settings }) => settings.keepAliveInterval,
    set: ({ settings }, value) => {
      if (value !== settings.keepAliveInterval) throw new NotOffered("TCP_KEEPINTVL other than TCP_KEEPIDLE");
    },
  },
  // As in Linux the value is doubled, for what the kernel itself needs of it.
  "SOL_SOCKET SO_SNDBUF": {
    get: ({ settings, tuning }) => Math.min(settings.sendLimit, tuning.sendBuffer),
    set: ({ settings }, value) => (settings.sendLimit = 2 * toNumber(value)),
  },
  "SOL_SOCKET SO_RCVBUF": {
    get: ({ tuning }) => 2 * tuning.receiveBuffer,
    set: (socket, value) => {
      socket.requireUnconnected("SO_RCVBUF");
      const size = toNumber(value);
      socket.tune({ receiveBuffer: size, maxReceiveBuffer: size });
    },
  },
  "SOL_TCP TCP_CONGESTION": {
    get: ({ tuning }) => (tuning.congestionControl === "newreno" ? "reno" : tuning.congestionControl),
    set: (socket, value) => {
      socket.requireUnconnected("TCP_CONGESTION");
      socket.tune({ congestionControl: toCongestionControl(String(value)) });
    },
  },
  "SOL_TCP TCP_USER_TIMEOUT": {
    get: ({ settings }) => settings.userTimeout,
    set: (socket, value) => socket.setUserTimeout(toNumber(value)),
  },
  "SOL_TCP TCP_NODELAY": {
    get: ({ settings }) => Number(settings.noDelay),
    set: (socket, value) => socket.setNoDelay(toNumber(value) !== 0),
  },
  "SOL_TCP TCP_MAXSEG": { get: (socket) => socket.segmentSize },
});

/** Options of Linux that the stack has not got (yet). */
const ABSENT: readonly string[] = [
  "SO_BROADCAST",
  "SO_MARK",
  "SO_PRIORITY",
  "SO_RCVLOWAT",
  "SO_REUSEPORT",
  "SO_TIMESTAMPING",
  "SO_ZEROCOPY",
  "TCP_CORK",
  "TCP_DEFER_ACCEPT",
  "TCP_FASTOPEN",
  "TCP_FASTOPEN_CONNECT",
  "TCP_INQ",
  "TCP_KEEPCNT",
  "TCP_LINGER2",
  "TCP_MAXSEG",
  "TCP_NOTSENT_LOWAT",
  "TCP_QUICKACK",
  "TCP_SYNCNT",
  "TCP_WINDOW_CLAMP",
  "IP_FREEBIND",
  "IP_MTU",
  "IP_MTU_DISCOVER",
  "IP_RECVERR",
  "IP_TOS",
  "IP_TTL",
];

/** The levels that have two names. */
const LEVEL_ALIASES: Readonly<Record<string, string>> = Object.freeze({
  IPPROTO_TCP: "SOL_TCP",
  IPPROTO_IP: "SOL_IP",
  IPPROTO_UDP: "SOL_UDP",
});

export function getTcpOption(socket: TcpSocket, level: string, name: string): OptionValue {
  return lookUp(level, name).get(socket);
}

export function setTcpOption(socket: TcpSocket, level: string, name: string, value: OptionValue): void {
  const { set } = lookUp(level, name);
  if (set === undefined) throw new NotOffered(`setting ${name}`);
  set(socket, value);
}

function lookUp(level: string, name: string): SocketOption {
  const option = OPTIONS[`${LEVEL_ALIASES[level] ?? level} ${name}`];
  if (option !== undefined) return option;
  throw absentOption(level, name);
}

/** The error about an option that cannot be set or read here. */
export function absentOption(level: string, name: string): NotOffered {
  const why = ABSENT.includes(name) ? "the stack does not offer it" : "no option of that name is known";
  return new NotOffered(`the socket option ${level}, ${name} (${why})`);
}

function toNumber(value: OptionValue): number {
  if (typeof value !== "number") throw new Errno("EINVAL");
  return value;
}
