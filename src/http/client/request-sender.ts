import type { NetworkError } from "../../error/index.js";
import type { Tcp } from "../../host/index.js";
import { Outbox } from "../message/outbox.js";
import type { OutgoingBody } from "./request-body.js";

/** Who hears that a request's body is not what it was to be. */
export interface SenderUser {
  /** The body has thrown, and will not be sent. */
  onBodyError(error: unknown): void;
  onBodyFault(code: NetworkError["code"], detail: string): void;
  /** The body has more to give. */
  onBodyReady(): void;
}

const CR = 0x0d;
const LF = 0x0a;
const ZERO = 0x30;

/** One request after another on its way out, as the socket has room: the head, then the body, framed. */
export class RequestSender {
  readonly #tcp: Tcp;
  readonly #memory: Uint8Array;
  readonly #user: SenderUser;
  readonly #outbox = new Outbox();
  /** What is left of the body. */
  #body: OutgoingBody | undefined;
  /** Bytes of the body to come, where its length was announced. */
  #remaining = 0;
  #isHeld = false;
  #awaitsBody = false;

  /** @param memory where small pieces are put together for one write */
  constructor(tcp: Tcp, memory: Uint8Array, user: SenderUser) {
    this.#tcp = tcp;
    this.#memory = memory;
    this.#user = user;
  }

  /** How many bytes the socket takes now. */
  set room(bytes: number) {
    this.#outbox.room = bytes;
  }

  get isSent(): boolean {
    return this.#body === undefined && this.#outbox.size === 0;
  }

  /** True while the body waits to be asked for. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** True while the body itself has nothing to give. */
  get awaitsBody(): boolean {
    return this.#awaitsBody;
  }

  /** Takes a request; `flush` sends it. @param isHeld true if the body waits for `release` */
  start(head: Uint8Array, body: OutgoingBody | undefined, isHeld: boolean): void {
    this.#body = body?.length === 0 ? undefined : body;
    this.#remaining = body?.length ?? 0;
    this.#isHeld = isHeld && this.#body !== undefined;
    this.#outbox.push(head);
    // Taken before anything goes out: a head and a small body leave in one segment.
    if (!this.#isHeld) this.pushNext();
  }

  /** The body may follow. */
  release(): void {
    this.#isHeld = false;
  }

  /** What is left of the request will not be sent. */
  stop(): void {
    this.#isHeld = false;
    this.#body?.close();
    this.#body = undefined;
  }

  /**
   * Sends what there is room for.
   *
   * @returns whether it got on: bytes went out, or none wait
   * @throws what the socket throws, except that it has no room
   */
  flush(): boolean {
    let progress = false;
    do {
      const waiting = this.#outbox.size;
      this.#outbox.flush(this.#tcp, this.#memory);
      progress ||= this.#outbox.size < waiting;
      if (this.#outbox.size > 0 || this.#isHeld) return progress;
    } while (this.pushNext());
    return true;
  }

  /** @returns false if the body has nothing now, or nothing more */
  private pushNext(): boolean {
    const piece = this.pull();
    if (piece === undefined) return false;
    this.#outbox.push(piece);
    return true;
  }

  /** The next bytes of the body, framed. */
  private pull(): Uint8Array | undefined {
    this.#awaitsBody = false;
    for (;;) {
      const body = this.#body;
      if (body === undefined) return undefined;
      let piece;
      try {
        piece = body.pull((error) => this.onReady(body, error));
      } catch (error) {
        this.#user.onBodyError(error);
        return undefined;
      }
      if (piece === "later") {
        this.#awaitsBody = true;
        return undefined;
      }
      if (piece === "end") return this.end(body);
      // A chunk of no bytes would be the last one.
      if (piece.length > 0) return this.frame(body, piece);
    }
  }

  private frame(body: OutgoingBody, piece: Uint8Array): Uint8Array | undefined {
    if (body.length === undefined) return chunk(piece);
    this.#remaining -= piece.length;
    if (this.#remaining < 0) {
      const detail = `the request's body is longer than the ${body.length} bytes it was to have`;
      this.#user.onBodyFault("EINVAL", detail);
      return undefined;
    }
    if (this.#remaining === 0) this.finish(body);
    return piece;
  }

  private end(body: OutgoingBody): Uint8Array | undefined {
    if (body.length === undefined) {
      this.finish(body);
      return Uint8Array.of(ZERO, CR, LF, CR, LF);
    }
    const detail = `the request's body is ${this.#remaining} bytes shorter than it was to be`;
    this.#user.onBodyFault("EINVAL", detail);
    return undefined;
  }

  private finish(body: OutgoingBody): void {
    this.#body = undefined;
    body.close();
  }

  private onReady(body: OutgoingBody, error: unknown): void {
    if (this.#body !== body) return;
    if (error === undefined) this.#user.onBodyReady();
    else this.#user.onBodyError(error);
  }
}

/** RFC 9112 §7.1 */
function chunk(piece: Uint8Array): Uint8Array {
  const digits = [...piece.length.toString(16)];
  const start = digits.length + 2;
  const framed = new Uint8Array(start + piece.length + 2);
  framed.set([...digits.map((digit) => digit.charCodeAt(0)), CR, LF]);
  framed.set(piece, start);
  framed.set([CR, LF], start + piece.length);
  return framed;
}
