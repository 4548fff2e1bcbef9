import type { NativeUdp } from "../../../hosts/xs/io/native.js";
import { parseIpAddress } from "../../../src/address/index.js";
import { bytesOf, type ByteBuffer, type Datagram, type Udp } from "../../../src/host/index.js";
import type { Machine } from "./machine.js";
import { callbackOf, closedError, formatOf, type UdpOptions } from "./options.js";

/** Bytes of data in one packet on Wi-Fi. What comes in several is dropped: CONFIG_LWIP_IP4_REASSEMBLY is off. */
const MAX_UNFRAGMENTED = 1472;

/** Moddable's UDP over lwIP's raw API, as read from SDK 8.2.3. */
export class LwipUdp implements NativeUdp {
  target: unknown;
  readonly #machine: Machine;
  readonly #options: UdpOptions;
  readonly #packets: Datagram[] = [];
  #socket: Udp | undefined;
  #isPosted = false;

  constructor(machine: Machine, options: UdpOptions) {
    machine.check();
    this.#machine = machine;
    this.#options = options;
    callbackOf(options.onReadable);
    if (!machine.hasNetwork) throw new Error("no network");
    const port = "port" in options ? Math.trunc(Number(options.port)) || 0 : 0;
    if (port < 0 || port > 65_535) throw new RangeError("invalid port");
    const { timeToLive } = options;
    if ("timeToLive" in options && !(timeToLive! > 0 && timeToLive! <= 255)) {
      throw new RangeError("invalid timeToLive");
    }
    this.target = options.target;
    formatOf(options.format, ["buffer"], "buffer");
    try {
      this.#socket = new machine.stack.io.UDP({
        port,
        // lwIP keeps another one for groups, which Moddable does not set.
        ...(timeToLive !== undefined && { unicastTimeToLive: timeToLive }),
        broadcast: true,
        multicastLoop: false,
        onReadable: () => this.#take(),
      });
    } catch {
      throw new Error("bind failed");
    }
  }

  get format(): "buffer" {
    return "buffer";
  }

  read(): Datagram | undefined {
    this.#open();
    return this.#packets.shift();
  }

  write(data: ByteBuffer, address: string, port: number): void {
    const socket = this.#open();
    checkAddress(address);
    try {
      socket.write(bytesOf(data), address, port);
    } catch {
      throw new Error("UDP send failed");
    }
  }

  /** Joins on all interfaces; what goes wrong is not told, and twice counts twice. */
  add(group: string): void {
    const socket = this.#open();
    checkAddress(group);
    if (group === "255.255.255.255") throw new Error("broadcast is not multicast");
    ignoreFailure(() => socket.join?.(group));
  }

  remove(group: string): void {
    const socket = this.#open();
    checkAddress(group);
    ignoreFailure(() => socket.leave?.(group));
  }

  close(): void {
    this.#machine.check();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #take(): void {
    for (let packet = this.#socket?.read(); packet !== undefined; packet = this.#socket?.read()) {
      if (packet.byteLength <= MAX_UNFRAGMENTED) this.#packets.push(packet);
    }
    if (this.#isPosted) return;
    this.#isPosted = true;
    this.#machine.post(() => {
      this.#isPosted = false;
      const { length } = this.#packets;
      if (this.#socket !== undefined && length > 0) {
        this.#machine.call(() => this.#options.onReadable?.call(this, length));
      }
    });
  }

  #open(): Udp {
    this.#machine.check();
    if (this.#socket === undefined) throw closedError();
    return this.#socket;
  }
}

function checkAddress(address: string): void {
  try {
    parseIpAddress(address);
  } catch {
    throw new RangeError("invalid IP address");
  }
}

function ignoreFailure(action: () => void): void {
  try {
    action();
  } catch {
    // igmp_joingroup's result is not looked at.
  }
}
