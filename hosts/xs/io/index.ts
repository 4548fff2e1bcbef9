import type { Io, ListenerOptions, TcpOptions, Timers, UdpOptions } from "wirelet/host/index";
import type { Connection, ConnectionHost } from "./connection.js";
import { XsListener } from "./listener.js";
import type { NativeIo, Platform } from "./native.js";
import { openConnection, XsTcp, type XsConnection } from "./tcp.js";
import { FIRST_EPHEMERAL_PORT, XsUdp, type UdpHost } from "./udp.js";

export { CONNECT_TIME_LIMIT, RECEIVE_LIMIT } from "./connection.js";
export { DEFAULT_BACKLOG } from "./listener.js";
export { DATAGRAM_LIMIT } from "./datagrams.js";
export { NETWORK_RETRY_DELAY } from "./endpoint.js";
export type { NativeIo, Platform } from "./native.js";

/** Moddable's sockets as `src/host` asks for them. */
export function createIo(native: NativeIo, timers: Timers, platform: Platform): Io {
  const host: ConnectionHost & UdpHost = { native, timers, platform, nextPort: FIRST_EPHEMERAL_PORT };
  const open = (options: TcpOptions): XsConnection => openConnection(host, options);
  class TCP extends XsTcp {
    constructor(options: TcpOptions | Connection) {
      super(open, options);
    }
  }
  const listenerHost = { ...host, TCP, ports: new Set<number>() };
  return {
    TCP,
    Listener: class Listener extends XsListener {
      constructor(options: ListenerOptions) {
        super(listenerHost, options);
      }
    },
    UDP: class UDP extends XsUdp {
      constructor(options: UdpOptions) {
        super(host, options);
      }
    },
  };
}
