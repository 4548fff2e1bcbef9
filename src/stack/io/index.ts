import type { Io, ListenerOptions, TcpOptions, UdpOptions } from "../../host/index.js";
import type { Stack } from "../stack.js";
import { StackListener } from "./listener.js";
import { StackTcp } from "./tcp.js";
import { StackUdp } from "./udp.js";

/** ECMA-419's classes take no stack: each stack has classes of its own. */
export function createIo(stack: Stack): Io {
  return {
    TCP: class TCP extends StackTcp {
      constructor(options: TcpOptions) {
        super(stack, options);
      }
    },
    Listener: class Listener extends StackListener {
      constructor(options: ListenerOptions) {
        super(stack, options);
      }
    },
    UDP: class UDP extends StackUdp {
      constructor(options: UdpOptions) {
        super(stack, options);
      }
    },
  };
}
