import { NetworkError } from "../../error/index.js";
import type { Clock, EncodeUtf8, Io, Log, Tcp } from "../../host/index.js";
import { BodyCollector } from "../message/body-collector.js";
import { LINGER_TIME_LIMIT, MAX_LINGER, type HttpLimits } from "../message/limits.js";
import { Outbox } from "./outbox.js";
import { badRequest, Refusal } from "../message/refusal.js";
import { HttpRequest, type RequestSource } from "./request.js";
import type { RequestHead } from "../message/request-head.js";
import { RequestParser, type RequestEvents } from "../message/request-parser.js";
import { hasNoBody, HttpResponse, type ResponseSink } from "./response.js";
import type { HandlerFinder } from "./handler.js";
import { HttpError } from "./http-error.js";
import { reasonPhrase } from "../message/status.js";

/** What connections share, and whom they report to. */
export interface ConnectionOwner {
  readonly io: Io;
  readonly clock: Clock;
  readonly log: Log | undefined;
  readonly limits: HttpLimits;
  readonly router: HandlerFinder;
  readonly encode: EncodeUtf8;
  /** Memory to read into; nobody keeps anything in it. */
  readonly scratch: Uint8Array;
  /** True while others wait for a connection to be free. */
  readonly crowded: boolean;
  /** A connection's deadline was set; `expire` is to be called then. */
  watch(deadline: number): void;
  /** A connection is over. */
  closed(connection: Connection): void;
}

/**
 * "receiving": waiting for a request or in the middle of one. "responding": a handler has it. "sending": the response
 * waits for room. "lingering": the answer is out; what the client still sends is dropped. While it is not receiving,
 * what arrives stays in the socket, so that TCP slows the client down.
 */
type Phase = "receiving" | "responding" | "sending" | "lingering" | "closed";

const NOTHING = new Uint8Array(0);

/** One client's connection: requests in, responses out, in order, each with a time limit. */
export class Connection implements RequestSource, ResponseSink, RequestEvents {
  readonly #owner: ConnectionOwner;
  readonly #tcp: Tcp;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly #parser: RequestParser;
  readonly #body = new BodyCollector();
  #head: RequestHead | undefined;
  #refusal: Refusal | undefined;
  readonly #outbox = new Outbox();
  #phase: Phase = "receiving";
  #deadline = Infinity;
  /** Bytes behind the current request, from `#restStart`. */
  #rest: Uint8Array | undefined;
  #restStart = 0;
  #pumping = false;
  #peerEnded = false;
  /** The response that is awaited; one that comes after its time is not this one any more. */
  #response: HttpResponse | undefined;
  #keepAlive = true;
  #hasAnswered = false;
  #lingers = false;
  #lingered = 0;

  /** @param tcp as a listener's `read` gives it */
  constructor(owner: ConnectionOwner, tcp: Tcp) {
    this.#owner = owner;
    this.#parser = new RequestParser(owner.limits, this);
    // Kept at once: on ESP32 it can't be asked for after a reset.
    this.remoteAddress = tcp.remoteAddress;
    this.remotePort = tcp.remotePort;
    this.#tcp = new owner.io.TCP({ from: tcp, target: this, noDelay: true, nodelay: true, ...CALLBACKS });
    this.#limitIdleTime();
  }

  /** Monotonic milliseconds; Infinity once it is closed. */
  get deadline(): number {
    return this.#deadline;
  }

  /** The deadline has come. */
  expire(): void {
    if (this.#phase === "receiving" && !this.#parser.idle) {
      this.#refuse(new Refusal(408, "the request took too long"), true);
    } else if (this.#phase === "responding") {
      this.#refuse(new Refusal(503, "the answer took too long"), false);
    } else {
      this.close();
    }
  }

  /** True while the client has had an answer and asks for nothing more: it can make room. */
  get isSpare(): boolean {
    return this.#hasAnswered && this.#phase === "receiving" && this.#parser.idle;
  }

  /** Others wait: if no request is under way, one must come soon. */
  crowd(): void {
    if (this.#phase !== "receiving" || !this.#parser.idle) return;
    const deadline = this.#owner.clock.now() + this.#owner.limits.crowdedIdleTime;
    if (deadline < this.#deadline) this.#setDeadline(deadline);
  }

  /** Closes in order: what was written is still sent. */
  close(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#deadline = Infinity;
    this.#response = undefined;
    this.#tcp.close();
    this.#owner.closed(this);
  }

  onReadable(): void {
    if (this.#phase === "receiving") this.#pump();
    else if (this.#phase === "lingering") this.#discard();
  }

  onWritable(room: number): void {
    if (this.#phase === "closed") return;
    this.#outbox.room = room;
    this.#flush();
  }

  onEnd(): void {
    this.#peerEnded = true;
    if (this.#phase === "receiving") this.#pump();
    else if (this.#phase === "lingering") this.close();
  }

  get secure(): boolean {
    return false;
  }

  readBody(): void {
    throw new NetworkError("EINVAL", "read body", undefined, "the route takes bodies whole");
  }

  setPaused(): void {
    // A body that is taken whole does not wait.
  }

  onHead(head: RequestHead): void {
    this.#head = head;
  }

  onBody(bytes: Uint8Array, start: number, end: number): void {
    this.#body.append(bytes, start, end);
  }

  onComplete(): void {
    // The parser's state says it; the connection looks at that when it has put aside what follows.
  }

  onRefusal(refusal: Refusal): void {
    this.#refusal = refusal;
  }

  respond(response: HttpResponse, body: string | Uint8Array): void {
    if (response !== this.#response) return;
    this.#response = undefined;
    const { encode, limits, crowded } = this.#owner;
    const head = this.#head;
    this.#keepAlive = response.keepAlive && !crowded && head !== undefined && head.keepAlive;
    const option = this.#keepAlive ? (head?.minorVersion === 0 ? "keep-alive" : undefined) : "close";
    const bytes = typeof body === "string" ? encode(body) : body;
    const omitted = head?.method === "HEAD" || hasNoBody(response.status);
    this.#outbox.pushMessage(encode(response.head(bytes.length, option)), omitted ? NOTHING : bytes);
    this.#phase = "sending";
    this.#limitTime(limits.sendTime);
    this.#flush();
  }

  /** Feeds the parser until there is no more, or a response must go out first. */
  #pump(): void {
    // A response sent by the handler that this loop has called does not start a second loop.
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#phase === "receiving" && this.#receive());
    this.#pumping = false;
  }

  /** @returns false if nothing was there */
  #receive(): boolean {
    let bytes = this.#rest;
    let start = this.#restStart;
    let end = bytes?.length;
    if (bytes === undefined) {
      bytes = this.#owner.scratch;
      start = 0;
      end = this.#tcp.read(bytes);
    }
    if (end === undefined || end === start) {
      if (this.#peerEnded) this.#onRequestCut();
      return false;
    }
    const before = this.#parser.state;
    const wasIdle = this.#parser.idle;
    const stop = this.#parser.push(bytes, start, end);
    if (stop === end) this.#rest = undefined;
    else {
      // A handler may come to use the scratch memory for another connection, so what is left there is copied.
      this.#rest = this.#rest ?? bytes.slice(stop, end);
      this.#restStart = this.#rest === bytes ? stop : 0;
    }
    this.#onProgress(wasIdle, before === "head");
    return true;
  }

  #onProgress(wasIdle: boolean, wasHead: boolean): void {
    const parser = this.#parser;
    if (parser.state === "complete") this.#dispatch();
    else if (parser.state === "refused") this.#refuse(this.#refusal!, true);
    else if (parser.state === "body" && wasHead) {
      this.#limitTime(this.#owner.limits.bodyTime);
      if (this.#head!.expectsContinue && this.#rest === undefined) this.#answerExpectation();
    } else if (wasIdle && !parser.idle) this.#limitTime(this.#owner.limits.headTime);
  }

  /** RFC 9110 §10.1.1: the client holds its body back until it hears whether it is wanted. */
  #answerExpectation(): void {
    const { method, target } = this.#head!;
    const found = this.#owner.router.find(method, target.path);
    if (found instanceof Refusal) {
      this.#refuse(found, true);
      return;
    }
    this.#outbox.push(this.#owner.encode("HTTP/1.1 100 Continue\r\n\r\n"));
    this.#flush();
  }

  #dispatch(): void {
    const { limits, log, router } = this.#owner;
    const head = this.#head!;
    const match = router.find(head.method, head.target.path);
    if (match instanceof Refusal) {
      this.#refuse(match, false);
      return;
    }
    const request = new HttpRequest(head, match.params, this);
    request.body = this.#body.take();
    const response = new HttpResponse(this);
    this.#response = response;
    this.#phase = "responding";
    this.#limitTime(limits.responseTime);
    const fail = (error: unknown): void => {
      if (!(error instanceof HttpError))
        log?.("error", `${head.method} ${head.target.path}: ${String(error)}`);
      const { status, detail = "" } =
        error instanceof HttpError ? error : new HttpError(500, "the page failed");
      if (this.#response === response) this.#refuse(new Refusal(status, detail), false);
    };
    try {
      match.run(request, response)?.catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  /** @param early whether the request was not read to its end: then the connection can't be kept */
  #refuse(refusal: Refusal, early: boolean): void {
    const { status, detail, allow } = refusal;
    this.#lingers = early;
    const response = new HttpResponse(this);
    response.status = status;
    response.keepAlive = !early && status !== 503;
    if (allow !== undefined) response.header("Allow", allow);
    this.#response = response;
    response.send(`${status} ${reasonPhrase(status)}: ${detail}\n`);
  }

  #flush(): void {
    try {
      if (this.#outbox.flush(this.#tcp) && this.#phase === "sending")
        this.#limitTime(this.#owner.limits.sendTime);
    } catch {
      this.close();
      return;
    }
    if (this.#phase === "sending" && this.#outbox.empty) this.#onSent();
  }

  #onSent(): void {
    if (this.#keepAlive) {
      this.#hasAnswered = true;
      this.#parser.reset();
      this.#head = undefined;
      this.#body.take();
      this.#phase = "receiving";
      this.#limitIdleTime();
      this.#pump();
      return;
    }
    this.#phase = "lingering";
    this.#limitTime(LINGER_TIME_LIMIT);
    this.#discard();
    if (!this.#lingers || this.#peerEnded) this.close();
  }

  /** Reads and drops: a socket closed with data unread is reset, and the answer may be lost on its way. */
  #discard(): void {
    for (;;) {
      const count = this.#tcp.read(this.#owner.scratch);
      if (count === undefined || count === 0) return;
      this.#lingered += count;
      if (this.#lingered > MAX_LINGER) {
        this.close();
        return;
      }
    }
  }

  /** The client has ended, and all it sent was read. */
  #onRequestCut(): void {
    if (this.#parser.idle) this.close();
    else this.#refuse(badRequest("a request cut short"), true);
  }

  #limitIdleTime(): void {
    const { crowdedIdleTime, idleTime } = this.#owner.limits;
    this.#limitTime(this.#owner.crowded ? crowdedIdleTime : idleTime);
  }

  #limitTime(milliseconds: number): void {
    this.#setDeadline(this.#owner.clock.now() + milliseconds);
  }

  #setDeadline(deadline: number): void {
    this.#deadline = deadline;
    this.#owner.watch(deadline);
  }
}

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
  onError(this: Tcp): void {
    (this.target as Connection).close();
  },
});
