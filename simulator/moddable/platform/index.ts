// Moddable's sockets on a simulated host: doubles that misbehave as the SDK's own classes do. What each of them does was read from the
// sources of SDK 8.2.3 and, on Linux, measured. Nothing here is made to be useful: what looks like a mistake is one of the platform's.
import type {
  NativeIo,
  NativeListenerOptions,
  NativeTcpOptions,
  NativeUdpOptions,
} from "../../../hosts/xs/io/native.js";
import type { TcpTuning } from "../../../src/stack/index.js";
import { DesktopListener } from "./desktop-listener.js";
import { DesktopTcp } from "./desktop-tcp.js";
import { DesktopUdp } from "./desktop-udp.js";
import { LwipListener } from "./lwip-listener.js";
import { MSS, SEND_BUFFER } from "./lwip-pcb.js";
import { LwipTcp } from "./lwip-tcp.js";
import { LwipUdp } from "./lwip-udp.js";
import type { Machine } from "./machine.js";

export { DesktopTcp } from "./desktop-tcp.js";
export { LwipTcp } from "./lwip-tcp.js";
export { Machine, MachineCrash } from "./machine.js";

/** The stack's tuning that comes closest to lwIP's on ESP32: the SDK's sdkconfig of plain `esp32`. */
export const LWIP_TUNING: Partial<TcpTuning> = Object.freeze({
  sendBuffer: SEND_BUFFER,
  receiveBuffer: 8192,
  maxConnections: 8,
  windowScaling: false,
  timestamps: false,
  sack: false,
});

/** Bytes of the largest packet on ESP32: a segment and the headers of IPv4 and TCP. */
export const LWIP_MTU = MSS + 40;

/** Moddable's classes as they are on ESP32. */
export function createLwipIo(machine: Machine): NativeIo {
  const listeners = new Set<LwipListener>();
  return {
    TCP: class TCP extends LwipTcp {
      constructor(options: NativeTcpOptions) {
        super(machine, options);
      }
    },
    Listener: class Listener extends LwipListener {
      constructor(options: NativeListenerOptions) {
        super(machine, listeners, options);
      }
    },
    UDP: class UDP extends LwipUdp {
      constructor(options: NativeUdpOptions) {
        super(machine, options);
      }
    },
  };
}

/** Moddable's classes as they are in the desktop simulator on Linux. */
export function createDesktopIo(machine: Machine): NativeIo {
  return {
    TCP: class TCP extends DesktopTcp {
      constructor(options: NativeTcpOptions) {
        super(machine, options);
      }
    },
    Listener: class Listener extends DesktopListener {
      constructor(options: NativeListenerOptions) {
        super(machine, options);
      }
    },
    UDP: class UDP extends DesktopUdp {
      constructor(options: NativeUdpOptions) {
        super(machine, options);
      }
    },
  };
}
