import { NetworkError } from "../../../src/error/index.js";
import {
  bytesOf,
  type ByteBuffer,
  type Datagram,
  type Listener as StackListener,
  type Tcp,
  type Udp,
} from "../../../src/host/index.js";
import type { NativeClass } from "../engine/expose.js";
import { MSS } from "../platform/lwip-pcb.js";
import { addressOf, closedError, portOf } from "../platform/options.js";
import { Messages } from "./messages.js";
import { resolveLater, type ModuleHost } from "./module-host.js";

/** What `callback` is told. */
const CONNECTED = 1;
const READABLE = 2;
const WRITABLE = 3;
const DISCONNECTED = -1;
const FAILED = -2;

/** In the order in which they are told, which is that of the bits. */
const MESSAGES: readonly number[] = Object.freeze([CONNECTED, READABLE, WRITABLE, DISCONNECTED, FAILED]);

/** Bytes that may be written and not acknowledged: lwIP's buffer, and that of the desktop simulator's module. */
const ROOM = Object.freeze({ esp32: 8192, simulator: 1024 });

/** Connections that wait at a listener; those beyond are closed. */
const LISTENER_QUEUE = 4;

/** Datagrams that wait to be read; then the oldest goes. */
const DATAGRAM_QUEUE = 6;

interface Options {
  readonly kind?: string;
  readonly host?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly noDelay?: unknown;
  readonly multicast?: unknown;
  readonly listener?: object;
}

/** What is to be read before more is told of. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly from?: readonly [address: string, port: number];
}

/** The legacy module `socket`, as read from SDK 8.2.3. */
export function createSocket(moduleHost: ModuleHost): Readonly<Record<"Socket" | "Listener", NativeClass>> {
  const { machine, platform, realm } = moduleHost;
  const { stack } = machine;
  const { intrinsics } = realm;

  let nextOf: (listener: object) => Tcp | undefined;

  class Socket {
    static readonly connected = CONNECTED;
    static readonly readable = READABLE;
    static readonly writable = WRITABLE;
    static readonly error = FAILED;
    static readonly disconnected = DISCONNECTED;
    /** Set by the app, or a method of its class. */
    declare callback: (message: number, ...values: unknown[]) => void;
    readonly #messages = new Messages(machine, MESSAGES, (message) => this.#tell(message));
    #isClosed = false;
    #tcp: Tcp | undefined;
    #udp: Udp | undefined;
    readonly #datagrams: Datagram[] = [];
    #piece: Piece | undefined;
    #position = 0;
    #arrived = 0;
    #hasEnded = false;
    #room = 0;
    #isConnecting = true;

    constructor(options: Options) {
      machine.check();
      if (!machine.hasNetwork) throw new Error("no network");
      const { kind = "TCP", listener } = options;
      if (listener !== undefined) this.#takeFrom(listener);
      else if (kind === "UDP") this.#openUdp(options);
      else if (kind === "TCP") this.#connect(options);
      else throw new Error("invalid socket kind");
    }

    /**
     * Without arguments: how many bytes there are.
     * @param type String, Number or ArrayBuffer; null skips them
     * @param limit bytes, or the character after which to end
     */
    read(type?: unknown, limit?: number | string): unknown {
      this.#open();
      const left = this.#piece?.bytes.subarray(this.#position) ?? new Uint8Array(0);
      if (type === undefined) return left.length;
      if (left.length === 0) throw new Error("nothing to read");
      const bytes =
        type === intrinsics.Number ? left.subarray(0, 1) : left.subarray(0, lengthOf(left, limit));
      const result = this.#convert(bytes, type);
      this.#position += bytes.length;
      if (this.#position === this.#piece?.bytes.length) this.#finishPiece();
      return result;
    }

    /**
     * TCP: strings, bytes and buffers, or how much room there is. UDP: an address, a port, and a buffer.
     * @throws Error if there is no room for all
     */
    write(...values: unknown[]): number | undefined {
      this.#open();
      if (this.#messages.isHeld) throw new Error("suspended");
      if (this.#udp !== undefined) return this.#send(values);
      const isOver =
        this.#messages.isPending(FAILED) || this.#messages.isPending(DISCONNECTED) || this.#tcp === undefined;
      const room = isOver ? 0 : Math.min(this.#room, ROOM[platform]);
      if (values.length === 0) return room;
      if (isOver) return undefined;
      const bytes = values.map(bytesToWrite);
      if (bytes.reduce((sum, { length }) => sum + length, 0) > room) throw new Error("can't write all data");
      for (const each of bytes) this.#room = this.#tcp!.write(each);
      return undefined;
    }

    close(): void {
      machine.check();
      this.#isClosed = true;
      this.#messages.close();
      this.#tcp?.close();
      this.#udp?.close();
    }

    get(name: string): string | undefined {
      this.#open();
      return name === "REMOTE_IP" ? this.#tcp?.remoteAddress : undefined;
    }

    suspend(isSuspended?: boolean): boolean {
      this.#open();
      if (isSuspended !== undefined) this.#messages.isHeld = Boolean(isSuspended);
      return this.#messages.isHeld;
    }

    #tell(message: number): void {
      let values: unknown[] = [];
      if (message === WRITABLE) values = [Math.min(this.#room, ROOM[platform])];
      if (message === READABLE) {
        // What was told of last is to be read first.
        if (this.#piece !== undefined) return;
        const piece = this.#nextPiece();
        if (piece === undefined) return;
        values = [piece.bytes.length, ...(piece.from ?? [])];
      }
      machine.call(() => this.callback(message, ...values));
    }

    #takeFrom(listener: object): void {
      const from = nextOf(listener);
      if (from === undefined) throw new Error("no socket available from listener");
      this.#room = ROOM[platform];
      this.#isConnecting = false;
      this.#tcp = this.#makeTcp({ from });
      this.#messages.happened(CONNECTED);
    }

    #connect({ host, address, port, noDelay }: Options): void {
      const remote = { port: portOf(port ?? 0), noDelay: Boolean(noDelay) };
      if (host !== undefined) {
        resolveLater(moduleHost, String(host), (found) => {
          if (this.#isClosed) return;
          if (found === undefined) this.#messages.happened(FAILED);
          else this.#tcp = this.#makeTcp({ address: found, ...remote });
        });
      } else if (address !== undefined) {
        this.#tcp = this.#makeTcp({ address: addressOf(address), ...remote });
      } else {
        throw new Error("invalid dictionary");
      }
    }

    #makeTcp(options: object): Tcp | undefined {
      try {
        return new stack.io.TCP({
          ...options,
          onReadable: (bytes) => {
            this.#arrived = bytes;
            this.#messages.happened(READABLE);
          },
          onWritable: (room) => {
            this.#room = room;
            this.#messages.happened(this.#isConnecting ? CONNECTED : WRITABLE);
            this.#isConnecting = false;
          },
          onEnd: () => {
            this.#hasEnded = true;
            if (this.#arrived === 0 && this.#piece === undefined) this.#messages.happened(DISCONNECTED);
          },
          onError: () => this.#messages.happened(FAILED),
        });
      } catch (error) {
        if (error instanceof NetworkError && error.code === "ENOBUFS")
          throw new Error("failed to allocate socket", { cause: error });
        // There is no way to it: what lwIP says of that comes later.
        this.#messages.happened(FAILED);
        return undefined;
      }
    }

    #openUdp({ port, multicast }: Options): void {
      try {
        this.#udp = new stack.io.UDP({
          port: portOf(port ?? 0),
          broadcast: true,
          multicastLoop: false,
          onReadable: () => this.#receive(),
        });
      } catch {
        throw new Error("socket bind failed");
      }
      if (multicast !== undefined && multicast !== "255.255.255.255") this.#udp.join?.(addressOf(multicast));
    }

    #receive(): void {
      for (let packet = this.#udp?.read(); packet !== undefined; packet = this.#udp?.read()) {
        this.#datagrams.push(packet as Datagram);
        if (this.#datagrams.length > DATAGRAM_QUEUE) this.#datagrams.shift();
      }
      this.#messages.happened(READABLE);
    }

    #send([address, port, data]: unknown[]): undefined {
      try {
        this.#udp!.write(bytesOf(data as ByteBuffer), addressOf(address), portOf(port));
      } catch (error) {
        throw error instanceof NetworkError ? new Error("UDP send failed", { cause: error }) : error;
      }
    }

    #nextPiece(): Piece | undefined {
      this.#position = 0;
      const datagram = this.#datagrams.shift();
      if (datagram !== undefined) {
        this.#piece = { bytes: new Uint8Array(datagram), from: [datagram.address, datagram.port] };
      } else if (this.#arrived > 0) {
        const bytes = new Uint8Array(Math.min(this.#arrived, MSS));
        this.#tcp!.read(bytes);
        this.#arrived -= bytes.length;
        this.#piece = { bytes };
      }
      return this.#piece;
    }

    #finishPiece(): void {
      this.#piece = undefined;
      if (this.#arrived > 0 || this.#datagrams.length > 0) this.#messages.happened(READABLE);
      else if (this.#hasEnded) this.#messages.happened(DISCONNECTED);
    }

    #convert(bytes: Uint8Array, type: unknown): unknown {
      if (type === null) return bytes.length;
      if (type === intrinsics.Number) return bytes[0];
      if (type === intrinsics.String) return new TextDecoder().decode(bytes);
      if (type === intrinsics.ArrayBuffer) return bytes.slice().buffer;
      throw new Error("unsupported output type");
    }

    #open(): void {
      machine.check();
      if (this.#isClosed) throw closedError();
    }
  }

  class Listener {
    declare callback: (message: number) => void;
    readonly #messages = new Messages(machine, [CONNECTED], () => this.#tell());
    readonly #waiting: Tcp[] = [];
    readonly #listener: StackListener;

    static {
      nextOf = (listener) => (#waiting in listener ? listener.#waiting.shift() : undefined);
    }

    constructor(options: Options = {}) {
      machine.check();
      if (!machine.hasNetwork) throw new Error("no network");
      try {
        this.#listener = new stack.io.Listener({
          port: portOf(options.port ?? 0),
          onReadable: (count) => this.#accept(count),
        });
      } catch {
        throw new Error("socket bind");
      }
    }

    close(): void {
      machine.check();
      this.#messages.close();
      this.#listener.close();
      for (const socket of this.#waiting.splice(0)) socket.close();
    }

    /** Once for each that waits. */
    #tell(): void {
      for (let left = this.#waiting.length; left > 0 && this.#waiting.length > 0; left--)
        machine.call(() => this.callback(CONNECTED));
    }

    #accept(count: number): void {
      for (let left = count; left > 0; left--) {
        const socket = this.#listener.read();
        if (socket === undefined) break;
        if (this.#waiting.length < LISTENER_QUEUE) this.#waiting.push(socket);
        else new stack.io.TCP({ from: socket }).close();
      }
      this.#messages.happened(CONNECTED);
    }
  }

  return { Socket, Listener };
}

function lengthOf(bytes: Uint8Array, limit: number | string | undefined): number {
  if (typeof limit === "number") return Math.min(limit, bytes.length);
  const end = typeof limit === "string" ? bytes.indexOf(limit.charCodeAt(0)) : -1;
  return end < 0 ? bytes.length : end + 1;
}

function bytesToWrite(value: unknown): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (typeof value === "number") return Uint8Array.of(value);
  if (typeof value !== "object" || value === null) throw new Error("unsupported type for write");
  return bytesOf(value as ByteBuffer);
}
