import { NetworkError, type ErrorCode } from "../../error/index.js";
import { BodyCollector } from "../message/body-collector.js";
import type { Fields } from "../message/fields.js";
import { badRequest, Refusal } from "../message/refusal.js";
import type { RequestHead } from "../message/request-head.js";
import type { RequestEvents } from "../message/request-events.js";
import { RequestParser } from "../message/request-parser.js";
import type { BodyReader } from "../message/body-stream.js";
import type { Connection } from "./connection.js";
import { GuardedReader } from "./guarded-reader.js";
import type { Match } from "./handler.js";
import { HttpRequest, type RequestSource } from "./request.js";
import { RequestTimer } from "./request-timer.js";

/**
 * "head": before a request, or in its head. "collecting": in a body that is wanted whole. "held": in one that nobody reads
 * yet. "streaming": in one that a handler reads. "dropping": in one that nobody wants any more. "complete": behind the
 * request. "discarding": no request is served any more, and what comes is read and dropped. "over": nothing is read.
 */
type State = "head" | "collecting" | "held" | "streaming" | "dropping" | "complete" | "discarding" | "over";

const NOTHING = new Uint8Array(0);

/** One connection's requests: read from the socket one after another, as fast as they are wanted. */
export class Receiver implements RequestEvents, RequestSource {
  readonly timer: RequestTimer;
  /** Of the request under way, once it is there. */
  head: RequestHead | undefined;
  /** The same, and of one that was refused for its head. */
  method: string | undefined;
  readonly #connection: Connection;
  readonly #parser: RequestParser;
  #state: State = "head";
  /** Bytes that were read from the socket and not taken yet. */
  #rest: Uint8Array | undefined;
  #isRunning = false;
  #match: Match | Refusal | undefined;
  #request: HttpRequest | undefined;
  #body: BodyCollector | undefined;
  #reader: GuardedReader | undefined;
  #isPaused = false;
  /** True while the client holds its body back until it hears whether it is wanted (RFC 9110 §10.1.1). */
  #owesContinue = false;
  /** Bytes that were dropped. */
  #dropped = 0;

  constructor(connection: Connection) {
    const { owner } = connection;
    this.#connection = connection;
    this.timer = new RequestTimer(owner);
    this.#parser = new RequestParser(owner.limits, this, owner.decode);
  }

  get remoteAddress(): string | undefined {
    return this.#connection.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#connection.remotePort;
  }

  get secure(): boolean {
    return this.#connection.owner.secure;
  }

  /** True while no byte of a request has come. */
  get isIdle(): boolean {
    return this.#state === "head" && (this.#parser.idle || this.#parser.state === "complete");
  }

  /** True behind the request: the next one is not looked at before `next`. */
  get isComplete(): boolean {
    return this.#state === "complete";
  }

  /** True while a handler waits for more of the body. */
  get isStreaming(): boolean {
    return this.#state === "streaming" && !this.#isPaused;
  }

  /** True once the connection serves no request any more. */
  get isDiscarding(): boolean {
    return this.#state === "discarding";
  }

  /** True while bytes that were read are being taken. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** True if the next request will be found, behind what is still to come of this one. */
  get canGoOn(): boolean {
    if (this.#state === "complete") return true;
    if (this.#state === "discarding" || this.#owesContinue || this.head === undefined) return false;
    const { framing } = this.head;
    return (
      this.#state === "streaming" ||
      framing === "chunked" ||
      framing <= this.#connection.owner.limits.lingerBytes
    );
  }

  /** Reads what is wanted, and has it dealt with. The pool calls it, for one connection at a time. */
  run(): void {
    this.#isRunning = true;
    if (this.#state === "complete") this.deliverWhole();
    while (this.wantsBytes && this.receive());
    this.#isRunning = false;
    if (this.#state === "complete") this.#connection.advance();
  }

  /** Makes ready for the next request. */
  next(): void {
    this.#state = "head";
    this.head = undefined;
    this.method = undefined;
    this.#match = undefined;
    this.#request = undefined;
    this.#body = undefined;
    this.#reader = undefined;
    this.#isPaused = false;
    this.#dropped = 0;
    if (!this.#isRunning) this.#connection.owner.pumpSoon(this);
  }

  /** The answer has ended. What nobody reads of the request is read and dropped, if there is an end to it. */
  finish(): void {
    if (this.#state === "complete" || this.#state === "discarding") return;
    if (!this.canGoOn) this.discard();
    else if (this.#state !== "streaming") {
      this.#state = "dropping";
      this.timer.start(this.#connection.owner.limits.lingerTime);
      this.#connection.owner.pumpSoon(this);
    }
  }

  /** From now on all that comes is read and dropped. */
  discard(): void {
    this.#state = "discarding";
    this.timer.stop();
    this.#rest = undefined;
    this.#connection.owner.pumpSoon(this);
  }

  /** Nothing is read any more. @param error why, for who reads the body */
  stop(error: NetworkError): void {
    this.#state = "over";
    this.timer.stop();
    this.#reader?.fail(error);
  }

  /** Nothing is read any more. @returns what was read and not taken */
  takeRest(): Uint8Array {
    this.#state = "over";
    return this.#rest ?? NOTHING;
  }

  /** The request takes too long. */
  expire(): void {
    if (this.#state === "dropping") this.#connection.close();
    else this.fail(new Refusal(408, "the request took too long"), "ETIMEDOUT");
  }

  readBody(request: HttpRequest, reader: BodyReader): void {
    const isCurrent = request === this.#request;
    if (isCurrent && this.#reader !== undefined)
      throw new NetworkError("EINVAL", "read body", undefined, "it is read already");
    if (!isCurrent || (this.#state !== "held" && this.#state !== "complete")) {
      reader.onError?.(new NetworkError("ECONNABORTED", "read body", undefined, "nobody sends it any more"));
      return;
    }
    this.#reader = new GuardedReader(reader, this.#connection);
    if (this.#state === "held") {
      this.#state = "streaming";
      if (!this.#isPaused) this.resume();
    } else this.#connection.owner.pumpSoon(this);
  }

  setPaused(request: HttpRequest, paused: boolean): void {
    if (request !== this.#request || paused === this.#isPaused) return;
    this.#isPaused = paused;
    if (this.#state !== "streaming") return;
    if (paused) {
      this.timer.hold();
      this.#connection.awaitHandler();
    } else this.resume();
  }

  onHead(head: RequestHead): void {
    const match = this.#connection.find(head);
    const framing = head.framing;
    this.head = head;
    this.method = head.method;
    this.#match = match;
    this.#owesContinue = head.expectsContinue;
    // What is complete is dealt with when the parser says so, which is next.
    if (framing === 0) return;
    if (match instanceof Refusal) {
      this.#parser.bodyLimit = Infinity;
      this.#connection.refuse(match);
      return;
    }
    const { body = "whole", maxBody = body === "whole" ? this.#connection.owner.limits.body : Infinity } =
      match.options;
    this.#parser.bodyLimit = maxBody;
    // The parser refuses a body that is too long when this returns, before any of it is read.
    if (framing !== "chunked" && framing > maxBody) return;
    this.#state = "collecting";
    this.timer.startBody();
    this.#connection.awaitClient();
    if (body === "whole") return;
    this.#state = "held";
    this.timer.hold();
    this.#request = new HttpRequest(head, match.params, this);
    this.#connection.run(match, this.#request);
    if (!this.wantsBytes) this.#parser.hold();
  }

  onBody(bytes: Uint8Array, start: number, end: number): void {
    this.#owesContinue = false;
    this.timer.count(end - start);
    if (this.#state === "collecting") {
      this.#body ??= new BodyCollector();
      this.#body.append(bytes, start, end);
    } else if (this.#state === "streaming") {
      this.#reader!.data(bytes.subarray(start, end));
    } else {
      this.drop(end - start);
    }
    if (!this.wantsBytes) this.#parser.hold();
  }

  onComplete(trailers: Fields | undefined): void {
    const state = this.#state;
    const match = this.#match!;
    this.#state = "complete";
    this.#owesContinue = false;
    if (state !== "head" || this.timer.deadline !== Infinity) this.timer.stop();
    if (state === "dropping") {
      this.#connection.advance();
    } else if (match instanceof Refusal) {
      this.#connection.refuse(match);
    } else if (state === "streaming") {
      this.#connection.awaitHandler();
      this.#request!.trailers = trailers;
      this.#reader!.end(trailers);
      this.#connection.advance();
    } else {
      this.#request = new HttpRequest(this.head!, match.params, this);
      if (this.#body !== undefined) this.#request.body = this.#body.take();
      this.#request.trailers = trailers;
      this.#connection.run(match, this.#request);
    }
  }

  onRefusal(refusal: Refusal, method?: string): void {
    this.method ??= method;
    if (this.#state === "dropping") this.loseTrack();
    else this.fail(refusal, "ECONNABORTED");
  }

  private get wantsBytes(): boolean {
    const state = this.#state;
    if (state === "streaming") return !this.#isPaused;
    return state === "head" || state === "collecting" || state === "dropping" || state === "discarding";
  }

  private resume(): void {
    this.timer.resume();
    this.#connection.awaitClient();
    this.#connection.owner.pumpSoon(this);
  }

  /** Takes bytes that are there. @returns false if there are none left */
  private receive(): boolean {
    const inMemory = this.#connection.owner.inMemory;
    // Measured on XS: to copy a byte takes two instructions.
    const rest = this.#rest ?? this.#connection.readPiece();
    const bytes = rest ?? inMemory;
    const end = rest?.length ?? this.#connection.read(inMemory);
    let at = 0;
    this.#rest = undefined;
    while (at < end && this.wantsBytes) {
      if (this.#state === "discarding") {
        this.drop(end - at);
        at = end;
      } else {
        // Not in `next`: that may be called from the middle of `push`.
        if (this.#parser.state === "complete") this.#parser.reset();
        at = this.#parser.push(bytes, at, end);
      }
    }
    // The memory is everybody's, and somebody else may read next.
    if (at < end && this.#state !== "over") this.#rest = rest?.subarray(at) ?? bytes.slice(at, end);
    if (this.#state === "head" && this.timer.deadline === Infinity && !this.isIdle) {
      this.timer.start(this.#connection.owner.limits.headTime);
      this.#connection.awaitClient();
    }
    if (rest !== undefined || end === inMemory.length) return true;
    this.onDry();
    return false;
  }

  /** All that has come was read. */
  private onDry(): void {
    if (!this.wantsBytes) return;
    if (this.#connection.hasPeerEnded) this.onCut();
    else if (this.#owesContinue) {
      this.#owesContinue = false;
      this.#connection.sayContinue();
    }
  }

  /** The client has sent its last byte. */
  private onCut(): void {
    if (this.isIdle) this.#connection.close();
    else if (this.#state === "discarding") this.#connection.onDiscarded();
    else if (this.#state === "dropping") this.loseTrack();
    else this.fail(badRequest("a request cut short"), "ECONNABORTED");
  }

  private fail(refusal: Refusal, code: ErrorCode): void {
    this.discard();
    this.#reader?.fail(new NetworkError(code, "read body", undefined, refusal.detail));
    this.#connection.refuse(refusal);
  }

  /** Where the next request begins will never be known. */
  private loseTrack(): void {
    this.discard();
    this.#connection.advance();
  }

  private drop(count: number): void {
    this.#dropped += count;
    if (this.#dropped > this.#connection.owner.limits.lingerBytes) this.#connection.close();
  }

  /** Delivers a body that was there before somebody read it. */
  private deliverWhole(): void {
    const request = this.#request;
    const reader = this.#reader;
    if (request === undefined || reader === undefined || reader.isOver) return;
    if (request.body.length > 0) reader.data(request.body);
    reader.end(request.trailers);
  }
}
