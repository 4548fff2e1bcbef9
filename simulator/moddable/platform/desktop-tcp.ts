import type { NativeTcp } from "../../../hosts/xs/io/native.js";
import { bytesOf, type ByteBuffer } from "../../../src/host/index.js";
import { Descriptor } from "./descriptor.js";
import type { Machine } from "./machine.js";
import {
  addressOf,
  callbackOf,
  closedError,
  formatOf,
  portOf,
  readBytes,
  type Format,
  type TcpOptions,
} from "./options.js";

/** How often the classes look at their sockets, in ms. */
export const POLL_INTERVAL = 20;

/** Bytes that one look reads at most, and that may be written until the next. */
export const BUFFER_SIZE = 1536;

const READABLE = 1;
const WRITABLE = 2;
const FAILED = 4;

let fill: (socket: DesktopTcp, descriptor: Descriptor) => void;

/** A bare socket, as `Listener.read` gives it. */
export function bareDesktopTcp(machine: Machine, descriptor: Descriptor): DesktopTcp {
  const socket = new DesktopTcp(machine, undefined);
  fill(socket, descriptor);
  return socket;
}

/**
 * Moddable's TCP in the Linux simulator, as read from and measured on SDK 8.2.3. Apps give it properties: it has none but
 * the module's.
 */
export class DesktopTcp implements NativeTcp {
  target: unknown;
  readonly #machine: Machine;
  readonly #options: TcpOptions;
  #format: Format = "buffer";
  /** Undefined in a bare one that no listener has filled, and in one that was given away. */
  #descriptor: Descriptor | undefined;
  #isClosed = false;
  #isConnected = false;
  #hasFailed = false;
  #triggered = 0;
  #room = 0;
  #received = new Uint8Array(0);
  #stop: (() => void) | undefined;

  static {
    fill = (socket, descriptor) => void (socket.#descriptor = descriptor);
  }

  constructor(machine: Machine, options: TcpOptions | undefined) {
    machine.check();
    this.#machine = machine;
    this.#options = options ?? {};
    // Nobody looks at a bare one.
    if (options === undefined) return;
    this.#format = formatOf(options.format, ["number", "buffer"], "buffer");
    callbackOf(options.onReadable);
    callbackOf(options.onWritable);
    callbackOf(options.onError);
    if (options.from === undefined) {
      const address = addressOf(options.address);
      const port = portOf(options.port);
      this.#descriptor = new Descriptor(machine, { address, port, noDelay: options.nodelay ?? false });
    } else {
      this.#takeOver(options.from as DesktopTcp);
    }
    this.#stop = machine.every(POLL_INTERVAL, () => this.#look());
    this.target = options.target;
  }

  get format(): Format {
    return this.#open().#format;
  }

  set format(format: Format) {
    this.#open().#format = formatOf(format, ["number", "buffer"], "buffer");
  }

  get remoteAddress(): string {
    return this.#open().#descriptor?.remoteAddress ?? "0.0.0.0";
  }

  get remotePort(): number {
    return this.#open().#descriptor?.remotePort ?? 0;
  }

  read(): ArrayBuffer | undefined;
  read(what: number | ByteBuffer): ArrayBuffer | number | undefined;
  read(what?: number | ByteBuffer): ArrayBuffer | number | undefined {
    this.#open();
    return readBytes(this.#received.length, this.#format, what, (target) => {
      target.set(this.#received.subarray(0, target.length));
      this.#received = this.#received.slice(target.length);
      // Meant to report the end now; but nobody looks at a socket that has failed any more.
      if (this.#received.length === 0 && this.#hasFailed) this.#triggered |= FAILED;
    });
  }

  write(data: ByteBuffer | number): number | undefined {
    this.#open();
    const bytes = this.#format === "number" ? Uint8Array.of(Number(data)) : bytesOf(data as ByteBuffer);
    if (bytes.length > this.#room) throw new Error("would block");
    this.#room -= bytes.length;
    if (this.#descriptor?.write(bytes) === true) return this.#room;
    // As above: onError never comes.
    this.#hasFailed = true;
    return undefined;
  }

  close(): void {
    this.#machine.check();
    this.#descriptor?.close();
    this.#forget();
  }

  #takeOver(from: DesktopTcp): void {
    from.#open();
    this.#descriptor = from.#descriptor;
    this.#room = from.#room;
    this.#received = from.#received;
    this.#hasFailed = from.#hasFailed;
    this.#triggered = from.#triggered;
    from.#forget();
    if (this.#room > 0) this.#triggered |= WRITABLE;
    if (this.#received.length > 0) this.#triggered |= READABLE;
  }

  #forget(): void {
    this.#isClosed = true;
    this.#descriptor = undefined;
    this.#stop?.();
  }

  #look(): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined || this.#hasFailed) return;
    if ((!this.#isConnected || this.#room < BUFFER_SIZE) && descriptor.isWritable(BUFFER_SIZE)) {
      this.#isConnected = true;
      if (this.#room < BUFFER_SIZE) this.#triggered |= WRITABLE;
      this.#room = BUFFER_SIZE;
    }
    if (this.#received.length < BUFFER_SIZE && descriptor.isReadable) this.#receive(descriptor);
    this.#report();
  }

  #receive(descriptor: Descriptor): void {
    const piece = descriptor.read(BUFFER_SIZE - this.#received.length);
    if (piece === undefined) {
      this.#hasFailed = true;
      if (this.#received.length === 0) this.#triggered |= FAILED;
      return;
    }
    const received = new Uint8Array(this.#received.length + piece.length);
    received.set(this.#received);
    received.set(piece, this.#received.length);
    this.#received = received;
    this.#triggered |= READABLE;
  }

  #report(): void {
    const triggered = this.#triggered;
    const { onReadable, onWritable, onError } = this.#options;
    this.#triggered = 0;
    if ((triggered & WRITABLE) !== 0 && this.#room > 0 && !this.#hasFailed) {
      this.#machine.call(() => onWritable?.call(this, this.#room));
    }
    // One that closes it, or gives the connection away, does not keep the next from being called.
    if ((triggered & READABLE) !== 0 && this.#received.length > 0) {
      this.#machine.call(() => onReadable?.call(this, this.#received.length));
    }
    if ((triggered & FAILED) !== 0) this.#machine.call(() => onError?.call(this));
  }

  #open(): this {
    this.#machine.check();
    if (this.#isClosed) throw closedError();
    return this;
  }
}
