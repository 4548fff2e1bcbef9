import type { NativeTcp } from "../../../hosts/xs/io/native.js";
import { bytesOf, type ByteBuffer } from "../../../src/host/index.js";
import { Pcb, type PcbOwner } from "./lwip-pcb.js";
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

const READABLE = 1;
const WRITABLE = 2;
const FAILED = 4;
const OUTPUT = 8;

let fill: (socket: LwipTcp, pcb: Pcb) => void;

/** A bare socket, as `Listener.read` gives it. */
export function bareLwipTcp(machine: Machine, pcb: Pcb): LwipTcp {
  const socket = new LwipTcp(machine, undefined);
  fill(socket, pcb);
  return socket;
}

/** Moddable's TCP over lwIP's raw API, as read from SDK 8.2.3. Apps give it properties: it has none but the module's. */
export class LwipTcp implements NativeTcp {
  target: unknown;
  readonly #machine: Machine;
  readonly #options: TcpOptions;
  #format: Format = "buffer";
  /** Undefined in a bare one that no listener has filled, and in one that was given away. */
  #pcb: Pcb | undefined;
  #isClosed = false;
  #isReady = false;
  #hasFailed = false;
  #triggered = 0;
  /** A bare socket has no callbacks: what happens to it is lost. */
  readonly #isBare: boolean;
  readonly #owner: PcbOwner = {
    received: () => {
      if (!this.#isBare) this.#trigger(READABLE);
    },
    sent: () => {
      if (this.#options.onWritable !== undefined) this.#trigger(WRITABLE);
    },
    connected: () => {
      this.#isReady = true;
      this.#trigger(WRITABLE);
    },
    finished: () => {
      // It takes its callbacks away from lwIP, and keeps the connection.
      if (this.#pcb !== undefined) this.#pcb.owner = undefined;
      this.#trigger(FAILED);
    },
    failed: () => {
      if (this.#options.onError !== undefined) this.#trigger(FAILED);
    },
  };

  static {
    fill = (socket, pcb) => {
      socket.#pcb = pcb;
      socket.#isReady = true;
      pcb.adopt(socket.#owner);
    };
  }

  constructor(machine: Machine, options: TcpOptions | undefined) {
    machine.check();
    this.#machine = machine;
    this.#options = options ?? {};
    this.#isBare = options === undefined;
    if (options === undefined) return;
    if (!machine.hasNetwork) throw new Error("no network");
    this.#format = formatOf(options.format, ["number", "buffer"], "buffer");
    callbackOf(options.onReadable);
    callbackOf(options.onWritable);
    callbackOf(options.onError);
    if (options.from === undefined) this.#connect(options);
    else this.#takeOver(options.from as LwipTcp);
    this.target = options.target;
  }

  get format(): Format {
    return this.#open().#format;
  }

  set format(format: Format) {
    this.#open().#format = formatOf(format, ["number", "buffer"], "buffer");
  }

  get remoteAddress(): string {
    return this.#aliveBlock().remoteAddress;
  }

  get remotePort(): number {
    return this.#aliveBlock().remotePort;
  }

  read(): ArrayBuffer | undefined;
  read(what: number | ByteBuffer): ArrayBuffer | number | undefined;
  read(what?: number | ByteBuffer): ArrayBuffer | number | undefined {
    const pcb = this.#open().#pcb;
    if (pcb === undefined) return undefined;
    return readBytes(pcb.unread, this.#format, what, (target) => {
      pcb.read(target);
      if (pcb.unread === 0 && this.#hasFailed) this.#trigger(FAILED);
    });
  }

  write(data: ByteBuffer | number): number | undefined {
    const pcb = this.#open().#pcb;
    this.#noteEnd();
    if (!this.#isReady) throw new Error("not ready");
    if (this.#hasFailed || pcb === undefined || pcb.freed) return undefined;
    const bytes = this.#format === "number" ? Uint8Array.of(Number(data)) : bytesOf(data as ByteBuffer);
    if (bytes.length > pcb.room) throw new Error("would block");
    if (!pcb.write(bytes)) {
      this.#trigger(FAILED);
      return undefined;
    }
    this.#trigger(OUTPUT);
    return pcb.room;
  }

  close(): void {
    this.#machine.check();
    if (this.#isClosed) return;
    const pcb = this.#pcb;
    this.#forget();
    // After a FIN the class no longer hears of a reset, and closes what lwIP has freed.
    if (pcb?.freed === true && pcb.owner === undefined) {
      this.#machine.crash("TCP.close: lwIP has freed the connection after its FIN");
    }
    pcb?.close();
  }

  #connect(options: TcpOptions): void {
    const address = addressOf(options.address);
    const port = portOf(options.port);
    this.#pcb = new Pcb(this.#machine, { address, port, noDelay: options.nodelay ?? false });
    this.#pcb.owner = this.#owner;
  }

  #takeOver(from: LwipTcp): void {
    const pcb = from.#open().#pcb;
    if (pcb === undefined || pcb.freed) throw new Error("invalid from");
    this.#pcb = pcb;
    this.#isReady = from.#isReady;
    this.#triggered = 0;
    let triggered = from.#triggered;
    if (this.#options.onWritable !== undefined && pcb.room > 0) triggered |= WRITABLE;
    if (this.#options.onReadable !== undefined && pcb.unread > 0) triggered |= READABLE;
    from.#forget();
    pcb.owner = this.#owner;
    if (triggered !== 0) this.#trigger(triggered);
  }

  #forget(): void {
    this.#isClosed = true;
    this.#pcb = undefined;
    this.#triggered = 0;
    this.#isReady = false;
  }

  #trigger(event: number): void {
    const isPosted = this.#triggered !== 0;
    this.#triggered |= event;
    if (!isPosted) this.#machine.post(() => this.#deliver());
  }

  #deliver(): void {
    const triggered = this.#triggered;
    const { onReadable, onWritable, onError } = this.#options;
    this.#triggered = 0;
    if (this.#isClosed || this.#isBare) {
      this.#hasFailed ||= (triggered & FAILED) !== 0;
      this.#isReady &&= !this.#hasFailed;
      return;
    }
    if ((triggered & FAILED) !== 0) this.#fail();
    else if ((triggered & OUTPUT) !== 0) this.#pcb?.output();
    this.#noteEnd();
    const unread = this.#pcb?.unread ?? 0;
    if ((triggered & READABLE) !== 0 && unread > 0) this.#machine.call(() => onReadable?.call(this, unread));
    // A callback may have closed it.
    const pcb = this.#current;
    if (pcb === undefined) return;
    if (!this.#hasFailed) {
      if ((triggered & WRITABLE) !== 0) this.#machine.call(() => onWritable?.call(this, pcb.room));
    } else if (pcb.unread === 0) {
      this.#machine.call(() => onError?.call(this));
    }
  }

  get #current(): Pcb | undefined {
    return this.#isClosed ? undefined : this.#pcb;
  }

  /** A FIN makes it fail, though it says so only when all is read. */
  #noteEnd(): void {
    if (this.#pcb?.isFinished === true) this.#fail();
  }

  #fail(): void {
    this.#hasFailed = true;
    this.#isReady = false;
  }

  #open(): this {
    this.#machine.check();
    if (this.#isClosed) throw closedError();
    return this;
  }

  #aliveBlock(): Pcb {
    const pcb = this.#open().#pcb;
    if (pcb !== undefined && !pcb.freed) return pcb;
    return this.#machine.crash("TCP.remoteAddress: there is no connection behind it any more");
  }
}
