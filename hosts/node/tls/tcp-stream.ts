import { Duplex } from "node:stream";
import { NetworkError } from "../../../src/error/index.js";
import type { Io, Tcp, TcpOptions } from "../../../src/host/index.js";
import type { Endpoints } from "../io/stream-socket.js";
import { Busy, type Task } from "./busy.js";

/** Bytes taken from the socket at a time, which is also what waits here at most: the longest record of TLS. */
const READ_SIZE = 16 * 1024;

/**
 * A stream of Node's over a TCP of ECMA-419's, with backpressure and ends both ways, for node:tls. Its event "connect" is that of
 * net.Socket, its failure the TCP's NetworkError.
 */
export class TcpStream extends Duplex {
  readonly #tcp: Tcp;
  readonly #busy: Busy | undefined;
  /** Told of the peer's end, in place of the stream's reader. */
  onPeerEnd: (() => void) | undefined;
  #endpoints: Endpoints;
  #isConnected = false;
  /** Node wants more, and the socket has no more. */
  #isWanted = false;
  #room = 0;
  /** What is being written, and whom to tell when the socket has it. */
  #rest: Uint8Array | undefined;
  #written: (error?: Error) => void = () => undefined;

  /**
   * @param options what the TCP is made with; its callbacks are the stream's
   * @param task told of what TLS does meanwhile
   * @throws NetworkError as the TCP's constructor
   */
  constructor(io: Pick<Io, "TCP">, options: TcpOptions, task: Task | undefined) {
    super({ allowHalfOpen: true, readableHighWaterMark: READ_SIZE, writableHighWaterMark: READ_SIZE });
    this.#busy = task && new Busy(task);
    this.#tcp = new io.TCP({
      // TLS writes whole records.
      noDelay: true,
      ...options,
      format: "buffer",
      target: undefined,
      onReadable: () => this.#pull(),
      onWritable: (room) => this.#onWritable(room),
      onEnd: () => this.#onEnd(),
      onError: (error) => this.destroy(error ?? new NetworkError("ECONNRESET", "TCP connection")),
      onUrgent: null,
    });
    const { address, port } = options;
    this.#endpoints = this.#ask({ address, port });
    this.#busy?.more();
  }

  /** As they are known; kept when the TCP is gone. */
  get endpoints(): Endpoints {
    return this.#endpoints;
  }

  override _read(): void {
    this.#isWanted = true;
    this.#pull();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#rest = chunk;
    this.#written = done;
    this.#push();
  }

  override _final(done: (error?: Error | null) => void): void {
    try {
      // A provider without half-close ends with `close`, and TLS has said itself that it is the end.
      this.#tcp.shutdown?.();
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#tcp.close();
    this.#busy?.more();
    done(error);
  }

  #onWritable(room: number): void {
    this.#room = room;
    if (!this.#isConnected) {
      this.#isConnected = true;
      this.#endpoints = this.#ask({});
      this.emit("connect");
    }
    this.#push();
  }

  #onEnd(): void {
    this.#busy?.more();
    if (this.onPeerEnd === undefined) this.push(null);
    else this.onPeerEnd();
  }

  #pull(): void {
    while (this.#isWanted && !this.destroyed) {
      const bytes = this.#tcp.read(READ_SIZE);
      if (!(bytes instanceof ArrayBuffer)) break;
      this.#busy?.more();
      this.#isWanted = this.push(new Uint8Array(bytes));
    }
  }

  #push(): void {
    const rest = this.#rest;
    if (rest === undefined || this.#room === 0) return;
    this.#busy?.more();
    const length = Math.min(rest.length, this.#room);
    try {
      this.#room = this.#tcp.write(rest.subarray(0, length));
    } catch (error) {
      this.#rest = undefined;
      this.#written(error as Error);
      return;
    }
    this.#rest = length < rest.length ? rest.subarray(length) : undefined;
    if (this.#rest === undefined) this.#written();
  }

  #ask(otherwise: { address?: string | undefined; port?: number | undefined }): Endpoints {
    const { remoteAddress, remotePort, localAddress, localPort } = this.#tcp;
    return {
      remoteAddress: remoteAddress ?? otherwise.address,
      remotePort: remotePort ?? otherwise.port,
      localAddress,
      localPort,
    };
  }
}
