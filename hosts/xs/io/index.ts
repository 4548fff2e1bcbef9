import type { Io, ListenerOptions, TcpOptions, Timers, UdpOptions } from "wirelet/host/index";
import { XsListener, type ListenerHost } from "./listener.js";
import type { NativeIo } from "./native.js";
import { XsTcp } from "./tcp.js";
import { XsUdp } from "./udp.js";

export { CONNECT_TIME_LIMIT, RECEIVE_LIMIT } from "./connection.js";
export { DEFAULT_BACKLOG } from "./listener.js";
export type { NativeIo } from "./native.js";

/** Moddable's sockets as `src/host` asks for them. */
export function createIo(native: NativeIo, timers: Timers): Io {
  const host: ListenerHost = { native, timers, ports: new Set() };
  return {
    TCP: class TCP extends XsTcp {
      constructor(options: TcpOptions) {
        super(host, options);
      }
    },
    Listener: class Listener extends XsListener {
      constructor(options: ListenerOptions) {
        super(host, options);
      }
    },
    UDP: class UDP extends XsUdp {
      constructor(options: UdpOptions) {
        super(native, options);
      }
    },
  };
}
