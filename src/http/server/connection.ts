import { NetworkError } from "../../error/index.js";
import type { Tcp } from "../../host/index.js";
import type { Refusal } from "../message/refusal.js";
import type { RequestHead } from "../message/request-head.js";
import type { ConnectionOwner } from "./connection-owner.js";
import type { Match } from "./handler.js";
import { HttpError } from "./http-error.js";
import { Receiver } from "./receiver.js";
import type { HttpRequest } from "./request.js";
import { Responder } from "./responder.js";
import { HttpResponse, type TakeConnection } from "./response.js";
import { TRACE_MATCH } from "./trace.js";

/**
 * "receiving": waiting for a request, or in the middle of one. "responding": its answer is awaited, or being written.
 * "finishing": the answer has ended, and is on its way out. "lingering": it is out; what the client still sends is dropped.
 */
type Phase = "receiving" | "responding" | "finishing" | "lingering" | "closed";

/** After how many seconds a client that was sent away may try again. */
export const RETRY_AFTER = 5;

/** One client's connection: requests in, responses out, in order, each with a time limit. */
export class Connection {
  readonly owner: ConnectionOwner;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly tcp: Tcp;
  readonly receiver: Receiver;
  readonly #responder: Responder;
  #phase: Phase = "receiving";
  #deadline = Infinity;
  #requests = 0;
  #hasPeerEnded = false;
  #request: HttpRequest | undefined;

  /** @param tcp as a listener's `read` gives it */
  constructor(owner: ConnectionOwner, tcp: Tcp) {
    this.owner = owner;
    // Kept at once: on ESP32 they can't be asked for after a reset.
    this.remoteAddress = tcp.remoteAddress;
    this.remotePort = tcp.remotePort;
    this.tcp = new owner.io.TCP({ from: tcp, target: this, noDelay: true, nodelay: true, ...CALLBACKS });
    this.receiver = new Receiver(this);
    this.#responder = new Responder(this);
    this.limitIdleTime();
  }

  /** Monotonic milliseconds; Infinity if there is none. */
  get deadline(): number {
    return Math.min(this.#deadline, this.receiver.timer.deadline);
  }

  get hasPeerEnded(): boolean {
    return this.#hasPeerEnded;
  }

  /** True if the request under way is the last that the connection may bring. */
  get isUsedUp(): boolean {
    return this.owner.crowded || this.#requests >= this.owner.limits.requestsPerConnection;
  }

  /** True while the client has had an answer and asks for nothing more: it can make room. */
  get isSpare(): boolean {
    return this.#requests > 0 && this.#phase === "receiving" && this.receiver.isIdle;
  }

  /** Others wait: a client that has sent no request, or takes nothing of its answer, has little time left. */
  crowd(): void {
    this.receiver.timer.crowd();
    const isIdle = this.#phase === "receiving" && this.receiver.isIdle;
    if (!isIdle && this.#responder.isFlushed) return;
    const deadline = this.owner.clock.now() + this.owner.limits.crowdedTime;
    if (deadline < this.#deadline) this.setDeadline(deadline);
  }

  /** `deadline` has come. */
  expire(): void {
    const now = this.owner.clock.now();
    const { timer } = this.receiver;
    if (timer.deadline <= now && timer.expire()) this.receiver.expire();
    else if (this.#deadline > now) return;
    else if (this.#responder.isAwaited) this.answer(new HttpError(503, "the answer took too long"));
    else this.close();
  }

  /** There is no place for it: says so, without a look at what it asks for. */
  sendAway(): void {
    this.answer(new HttpError(503, "all connections are in use"));
  }

  /** Closes in order: what was written is still sent. @param error what happened to it */
  close(error?: Error): void {
    if (this.#phase === "closed") return;
    const isUnanswered = this.#phase === "responding" || this.#phase === "finishing";
    this.leave();
    this.tcp.close();
    const cause = error instanceof NetworkError ? error : new NetworkError("ECONNABORTED", "serve client");
    this.receiver.stop(cause);
    this.#responder.stop();
    if (isUnanswered) this.tellClosed();
  }

  /** Reads what has arrived. @returns how many bytes */
  read(memory: Uint8Array): number {
    return this.#phase === "closed" ? 0 : (this.tcp.read(memory) ?? 0);
  }

  /** Takes what has arrived, where it need not be copied. */
  readPiece(): Uint8Array | undefined {
    return this.#phase === "closed" ? undefined : this.tcp.readPiece?.();
  }

  /** Who answers the request. */
  find(head: RequestHead): Match | Refusal {
    this.#requests++;
    if (head.method === "TRACE" && this.owner.trace) return TRACE_MATCH;
    return this.owner.router.find(head.method, head.target.path);
  }

  run(match: Match, request: HttpRequest): void {
    const response = new HttpResponse(this.#responder);
    this.#request = request;
    this.#phase = "responding";
    this.#responder.expect(response);
    try {
      const result = match.run(request, response);
      if (result !== undefined)
        result.then(undefined, (error: unknown) => this.onFailure(error, request, response));
    } catch (error) {
      this.onFailure(error, request, response);
    }
    this.awaitHandler();
  }

  refuse({ status, detail, allow }: Refusal): void {
    this.answer(new HttpError(status, detail, allow === undefined ? undefined : { Allow: allow }));
  }

  /** What the handler has been given to read has thrown. */
  onHandlerError(error: unknown): void {
    this.onFailure(error, this.#request!, this.#responder.response!);
  }

  /** It is the handler's turn, unless it waits for the client. */
  awaitHandler(): void {
    if (this.hasNothingToSend && !this.receiver.isStreaming) this.limitTime(this.owner.limits.responseTime);
  }

  /** It is the client's turn, whose time the receiver knows. */
  awaitClient(): void {
    if (this.#phase === "receiving" || this.hasNothingToSend) this.#deadline = Infinity;
  }

  sayContinue(): void {
    this.#responder.inform(this.#responder.response, CONTINUE);
  }

  /** Something was written, or could not be. @param progress whether anything went out */
  onFlushed(progress: boolean): void {
    const { isAwaited, isBodiless, isFlushed } = this.#responder;
    if (this.#phase === "receiving" || isAwaited || isBodiless) return;
    if (isFlushed) this.#deadline = Infinity;
    else if (progress || this.#deadline === Infinity) this.limitSendTime();
  }

  onResponseBegun(): void {
    this.#deadline = Infinity;
    this.awaitHandler();
  }

  onResponseEnded(): void {
    if (this.#phase === "closed") return;
    this.#phase = "finishing";
    this.receiver.finish();
    this.#responder.flush();
    this.advance();
  }

  /** All that the client has sent was dropped, and no more will come. */
  onDiscarded(): void {
    if (this.#phase === "lingering") this.close();
  }

  /** Goes on to the next request, or to the end, if the answer is out. */
  advance(): void {
    if (this.#phase !== "finishing" || !this.#responder.isFlushed) return;
    if (this.#responder.take !== undefined) this.handOver(this.#responder.take);
    else if (!this.#responder.keepAlive || this.receiver.isDiscarding) this.linger();
    else if (this.receiver.isComplete) {
      this.#phase = "receiving";
      this.#request = undefined;
      this.#responder.response = undefined;
      this.limitIdleTime();
      this.receiver.next();
    } else if (this.#deadline === Infinity) this.awaitHandler();
  }

  onReadable(): void {
    if (this.#phase !== "closed") this.owner.pump(this.receiver);
  }

  onWritable(room: number): void {
    if (this.#phase === "closed") return;
    this.#responder.onRoom(room);
    if (this.#phase === "finishing") this.advance();
  }

  onEnd(): void {
    this.#hasPeerEnded = true;
    this.onReadable();
  }

  /** True while it is a handler's or the client's turn: nothing of an answer waits to be sent. */
  private get hasNothingToSend(): boolean {
    const { isAwaited, isBodiless, isFlushed } = this.#responder;
    return isAwaited || isBodiless || (this.#phase === "finishing" && isFlushed);
  }

  private answer(error: HttpError): void {
    if (this.#phase !== "receiving" && !this.#responder.isAwaited) {
      // What has begun can't be taken back, and without the rest of the request it will not be ended.
      if (this.#phase === "responding") this.close();
      else this.advance();
      return;
    }
    const response = new HttpResponse(this.#responder);
    this.#phase = "responding";
    this.#responder.expect(response);
    const { status, detail, fields = {} } = error;
    for (const name of Object.keys(fields)) response.header(name, fields[name]!);
    if (status === 503) {
      response.keepAlive = false;
      if (response.getHeader("Retry-After") === undefined)
        response.header("Retry-After", String(RETRY_AFTER));
    }
    response.problem(status, detail);
  }

  private onFailure(error: unknown, request: HttpRequest, response: HttpResponse): void {
    const isMeant = error instanceof HttpError && error.status >= 400 && error.status <= 599;
    if (!isMeant) this.owner.log?.("error", `${request.method} ${request.path}: ${String(error)}`);
    if (response !== this.#responder.response || this.#responder.hasEnded) return;
    this.answer(isMeant ? error : new HttpError(500, "the page failed"));
  }

  private linger(): void {
    this.#phase = "lingering";
    const { head, isComplete } = this.receiver;
    // Who has asked for the end sends no more; and others do not wait for who has had an answer to all.
    const isEnough = isComplete && (head?.keepAlive === false || this.owner.crowded);
    if (this.#hasPeerEnded || isEnough) {
      while (this.tcp.read(this.owner.outMemory) === this.owner.outMemory.length);
      this.close();
      return;
    }
    this.tcp.shutdown?.();
    this.limitTime(this.owner.limits.lingerTime);
    this.receiver.discard();
  }

  private handOver(take: TakeConnection): void {
    if (this.receiver.isRunning) return;
    const early = this.receiver.takeRest();
    this.leave();
    try {
      take(this.tcp, early);
    } catch (error) {
      this.owner.log?.("error", `handing a connection over: ${String(error)}`);
      this.tcp.close();
    }
  }

  private leave(): void {
    this.#phase = "closed";
    this.#deadline = Infinity;
    this.owner.closed(this);
  }

  private tellClosed(): void {
    try {
      this.#request?.onClose?.();
      this.#responder.response?.onClose?.();
    } catch (error) {
      this.owner.log?.("error", `onClose: ${String(error)}`);
    }
  }

  private limitIdleTime(): void {
    const limits = this.owner.limits;
    this.limitTime(this.owner.crowded ? limits.crowdedTime : limits.idleTime);
  }

  private limitSendTime(): void {
    const limits = this.owner.limits;
    this.limitTime(this.owner.crowded ? limits.crowdedTime : limits.sendTime);
  }

  private limitTime(milliseconds: number): void {
    this.setDeadline(this.owner.clock.now() + milliseconds);
  }

  private setDeadline(deadline: number): void {
    this.#deadline = deadline;
    this.owner.watch(deadline);
  }
}

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** The same functions for all connections; `target` says whose call it is. */
const CALLBACKS = Object.freeze({
  onReadable(this: Tcp): void {
    (this.target as Connection).onReadable();
  },
  onWritable(this: Tcp, room: number): void {
    (this.target as Connection).onWritable(room);
  },
  onEnd(this: Tcp): void {
    (this.target as Connection).onEnd();
  },
  onError(this: Tcp, error?: Error): void {
    (this.target as Connection).close(error);
  },
});
