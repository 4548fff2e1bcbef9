import type { NativeUdp } from "../../../hosts/xs/io/native.js";
import { bytesOf, type ByteBuffer, type Datagram, type Udp } from "../../../src/host/index.js";
import { POLL_INTERVAL } from "./desktop-tcp.js";
import type { Machine } from "./machine.js";
import { callbackOf, closedError, formatOf, type UdpOptions } from "./options.js";

/** Datagrams that wait to be read; then the oldest goes. */
export const MAX_PACKETS = 100;

/** What is longer is cut off. */
export const MAX_LENGTH = 2048;

/** Moddable's UDP in the Linux simulator, as read from and measured on SDK 8.2.3. It knows no groups and no time to live. */
export class DesktopUdp implements NativeUdp {
  target: unknown;
  readonly #machine: Machine;
  readonly #options: UdpOptions;
  readonly #packets: Datagram[] = [];
  /** With port 0 there is none before something is sent: Linux binds it then. */
  #socket: Udp | undefined;
  #isClosed = false;
  #stop: () => void;

  constructor(machine: Machine, options: UdpOptions) {
    machine.check();
    this.#machine = machine;
    this.#options = options;
    formatOf(options.format, ["buffer"], "buffer");
    callbackOf(options.onReadable);
    const port = "port" in options ? Math.trunc(Number(options.port)) || 0 : 0;
    if (port < 0 || port > 65_535) throw new RangeError("invalid port");
    try {
      if (port !== 0) this.#bind(port);
    } catch {
      throw new Error("bind failed");
    }
    this.#stop = machine.every(POLL_INTERVAL, () => this.#look());
    this.target = options.target;
  }

  get format(): "buffer" {
    return "buffer";
  }

  read(): Datagram | undefined {
    this.#check();
    return this.#packets.shift();
  }

  write(data: ByteBuffer, address: string, port: number): void {
    this.#check();
    try {
      (this.#socket ?? this.#bind(0)).write(bytesOf(data), address, port);
    } catch {
      throw new Error("sendto failed");
    }
  }

  close(): void {
    this.#machine.check();
    this.#isClosed = true;
    this.#socket?.close();
    this.#stop();
  }

  #bind(port: number): Udp {
    this.#socket = new this.#machine.stack.io.UDP({ port });
    return this.#socket;
  }

  /** One datagram at a time, however many there are. */
  #look(): void {
    const datagram = this.#socket?.read();
    // measured: an empty one is taken for none at all.
    if (datagram === undefined || datagram.byteLength === 0) return;
    const { address, port } = datagram;
    this.#packets.push(Object.assign(datagram.slice(0, MAX_LENGTH), { address, port }));
    if (this.#packets.length > MAX_PACKETS) this.#packets.shift();
    const { length } = this.#packets;
    this.#machine.call(() => this.#options.onReadable?.call(this, length));
  }

  #check(): void {
    this.#machine.check();
    if (this.#isClosed) throw closedError();
  }
}
