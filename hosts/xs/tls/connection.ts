import { NetworkError } from "wirelet/error/index";
import { ReceiveQueue, type TcpOptions, type TimerHandle, type Timers } from "wirelet/host/index";
import { RECEIVE_LIMIT, type ConnectionUser } from "../io/connection.js";
import type { XsConnection } from "../io/tcp.js";
import type { Carrier, CarrierUser } from "./carrier.js";
import { secureError } from "./errors.js";
import type { NativeTls, NativeTlsClass, NativeTlsOptions } from "./native.js";

/** How long connection and handshake may take, in ms: an ESP32 needs seconds for its arithmetic. */
export const HANDSHAKE_TIME_LIMIT = 30_000;

/** A record's longest content (RFC 8446 §5.1); the SDK's `write` throws at more. */
const MAX_RECORD = 16_384;

/** What a record needs besides its content at most (AES-CBC with SHA-256), less the 32 bytes for which the SDK's `write` leaves room. */
const OVERHEAD = 64;

const ENDED_EARLY = "the peer ended the handshake before it was done";

/** What connections need from their provider. */
export interface SecureHost {
  readonly Tls: NativeTlsClass;
  readonly Carrier: new (options: TcpOptions) => Carrier;
  readonly timers: Timers;
  readonly secure: NativeTlsOptions["secure"];
}

/** A connection with the SDK's TLS; it can change its user. */
export class SecureConnection implements XsConnection, CarrierUser {
  readonly #timers: Timers;
  readonly #received = new ReceiveQueue();
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  carrier: Carrier | undefined;
  isTaking = false;
  #native: NativeTls | undefined;
  #user: ConnectionUser | undefined;
  #room = 0;
  /** TLS may hold bytes for which there was no room. */
  #heldBack = false;
  #over = false;
  #overReported = false;
  #failure: NetworkError | undefined;
  /** A report that is still to come, and what is in it besides the end. */
  #report: TimerHandle;
  #readableUnreported = false;
  #writableUnreported = false;
  #limit: TimerHandle;
  /** When TLS is to look for the next record. */
  #next: TimerHandle;

  /** @throws NetworkError as the TCP's constructor */
  constructor(host: SecureHost, serverName: string, { from, address, port }: TcpOptions) {
    this.#timers = host.timers;
    this.remoteAddress = from?.remoteAddress ?? address;
    this.remotePort = from?.remotePort ?? port;
    try {
      this.#native = new host.Tls({
        ...(from === undefined ? { address, port } : { from }),
        host: serverName,
        secure: host.secure,
        TCP: { io: host.Carrier },
        target: this,
        onReadable: () => this.#onReadable(),
        onWritable: (room) => this.#onWritable(room),
        onError: () => this.#onClosed(),
      });
    } catch (error) {
      if (error instanceof NetworkError) throw error;
      this.#fail(secureError(error, this.#subject));
      return;
    }
    this.#limit = this.#timers.set(() => {
      this.#fail(new NetworkError("ETIMEDOUT", "TLS handshake with", this.#subject));
    }, HANDSHAKE_TIME_LIMIT);
  }

  get readable(): number {
    return this.#received.available;
  }

  get writable(): number {
    return this.#over ? 0 : Math.min(this.#room, MAX_RECORD);
  }

  set user(user: ConnectionUser | undefined) {
    this.#user = user;
    if (user === undefined) return;
    this.#readableUnreported = true;
    this.#writableUnreported = true;
    this.#reportLater();
  }

  read(target: Uint8Array): number {
    const length = this.#received.read(target);
    if (this.#over || (this.#heldBack && this.readable < RECEIVE_LIMIT)) this.#reportLater();
    return length;
  }

  write(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#over || this.#native === undefined) throw new NetworkError("EPIPE", "write", this.#subject);
    if (bytes.length === 0) return;
    if (bytes.length > this.writable) {
      const detail = `${bytes.length} bytes, and room for ${this.writable}`;
      throw new NetworkError("EWOULDBLOCK", "write", this.#subject, detail);
    }
    try {
      this.#room = Math.max(0, this.#native.write(bytes) - OVERHEAD);
    } catch (error) {
      throw this.#fail(secureError(error, this.#subject));
    }
  }

  close(): void {
    this.#user = undefined;
    this.#timers.clear(this.#report);
    this.#leave();
  }

  attempt(action: () => void): void {
    if (this.#native === undefined) return;
    try {
      action();
    } catch (error) {
      this.#fail(secureError(error, this.#subject));
    }
    // Not before: what the app throws is not TLS's.
    if (this.#readableUnreported || this.#writableUnreported) this.#reportNow();
  }

  carrierOver(error: NetworkError | undefined): void {
    if (this.#over || this.#native === undefined) return;
    const where =
      this.#limit === undefined ? "before the end of TLS: what it sent may be cut" : "in the TLS handshake";
    this.#take();
    this.#fail(
      error ?? new NetworkError("ECONNRESET", "connection to", this.#subject, `the peer left ${where}`),
    );
  }

  /** The peer has sent close_notify. */
  #onClosed(): void {
    if (this.#limit !== undefined) throw new Error(ENDED_EARLY);
    this.#over = true;
    this.#leave();
    this.#reportLater();
  }

  #onReadable(): void {
    if (this.readable >= RECEIVE_LIMIT) {
      this.#heldBack = true;
      return;
    }
    this.#take();
    this.#readableUnreported = true;
  }

  #onWritable(room: number): void {
    // The SDK takes a handshake that is ended by close_notify for one that is done, and would write in clear.
    if (this.carrier?.isEncrypted !== true) throw new Error(ENDED_EARLY);
    this.#timers.clear(this.#limit);
    this.#limit = undefined;
    this.#room = room;
    this.#writableUnreported = true;
  }

  /** Takes the record that has come. The next is looked at later: TLS may be on its way out of a callback. */
  #take(): void {
    this.#heldBack = false;
    this.isTaking = true;
    const piece = this.#native?.read();
    this.isTaking = false;
    if (piece !== undefined) this.#received.push(new Uint8Array(piece));
    this.#next ??= this.#timers.set(() => {
      this.#next = undefined;
      this.carrier?.poke();
    }, 0);
  }

  #fail(reason: NetworkError): NetworkError {
    this.#over = true;
    this.#failure ??= reason;
    this.#leave();
    this.#reportLater();
    return reason;
  }

  #leave(): void {
    const native = this.#native;
    this.#native = undefined;
    this.#timers.clear(this.#limit);
    this.#limit = undefined;
    this.#timers.clear(this.#next);
    native?.close();
  }

  #reportLater(): void {
    this.#report ??= this.#timers.set(() => this.#reportNow(), 0);
  }

  #reportNow(): void {
    this.#timers.clear(this.#report);
    this.#report = undefined;
    if (this.#heldBack && this.readable < RECEIVE_LIMIT) {
      this.#take();
      this.#readableUnreported = true;
    }
    const user = this.#user;
    if (user === undefined) return;
    const tellWritable = this.#writableUnreported && this.writable > 0;
    const tellReadable = this.#readableUnreported && this.readable > 0;
    this.#writableUnreported = false;
    this.#readableUnreported = false;
    // Each of these may close the connection or give it to somebody else.
    if (tellWritable) user.roomFreed(this.writable);
    if (tellReadable && this.#user === user) user.dataArrived(this.readable);
    if (this.#user !== user || !this.#over || this.readable > 0 || this.#overReported) return;
    this.#overReported = true;
    user.connectionOver(this.#failure);
  }

  get #subject(): string {
    return `${this.remoteAddress ?? "*"}:${this.remotePort ?? "*"}`;
  }
}
