import { NetworkError } from "../../error/index.js";
import { Deadline, type Clock, type Tcp, type Timers } from "../../host/index.js";
import type { Fields } from "../message/fields.js";
import type { ClientLimits } from "./limits.js";
import type { OutgoingBody } from "./request-body.js";
import { RequestSender, type SenderUser } from "./request-sender.js";
import { ResponseParser, type ResponseEvents } from "./response-parser.js";
import type { ResponseFault, ResponseHead } from "./response-head.js";
import type { TcpUser } from "./tcp-user.js";

/** A request on a connection, and who hears of its response. */
export interface Caller {
  readonly method: string;
  /** What it is about, for errors: "http://device.local/". */
  readonly subject: string;
  readonly head: Uint8Array;
  readonly body: OutgoingBody | undefined;
  /** True if the body waits for "100 Continue". */
  readonly awaitsContinue: boolean;
  /** False while the body's reader wants no more: what comes stays in the socket. */
  readonly wantsMore: boolean;
  onHead(head: ResponseHead): void;
  /** Takes bytes[start..end), which are borrowed. */
  onBody(bytes: Uint8Array, start: number, end: number): void;
  onComplete(trailers: Fields | undefined): void;
  /** @param isStale true if the connection was a kept one that the server had ended before it heard of the request */
  onError(error: unknown, isStale: boolean): void;
  /** CONNECT has succeeded: the socket, and what has come behind the head, are the caller's. */
  onTunnel?(tcp: Tcp, early: Uint8Array): void;
}

/** What connections share, and whom they report to. */
export interface ConnectionOwner {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly limits: ClientLimits;
  /** Memory to read into; nobody keeps anything in it. */
  readonly scratch: Uint8Array;
  /** The same, where small pieces are put together for one write. */
  readonly sendMemory: Uint8Array;
  /** Calls `connection.receive()`, now or when another connection has done so. */
  read(connection: ClientConnection): void;
  /** It can take another request. */
  released(connection: ClientConnection): void;
  closed(connection: ClientConnection): void;
}

/** One connection: a request out, its response in, then the next one; each phase with a time limit. */
export class ClientConnection implements TcpUser, ResponseEvents, SenderUser {
  /** Of its route: whose requests it can take. */
  readonly key: string;
  readonly #owner: ConnectionOwner;
  readonly #tcp: Tcp;
  readonly #parser: ResponseParser;
  readonly #sender: RequestSender;
  readonly #deadline: Deadline;
  /** When the phase has lasted too long; the deadline itself may be set to an earlier time. */
  #due = Infinity;
  #wakesAt = Infinity;
  #caller: Caller | undefined;
  #head: ResponseHead | undefined;
  #requests = 0;
  #hasHeard = false;
  #mayRead = true;
  /** The end of the connection, once the provider has told of it. */
  #over: "end" | NetworkError | undefined;
  #isSpoiled = false;
  #isComplete = false;
  /** True while it can take a request: at first, and once no more than the response to the one before has come. */
  #isFree = true;
  #isClosed = false;

  /** @param room bytes that the socket, which is connected, takes now */
  constructor(owner: ConnectionOwner, key: string, tcp: Tcp, room: number) {
    this.#owner = owner;
    this.key = key;
    this.#tcp = tcp;
    this.#sender = new RequestSender(tcp, owner.sendMemory, this);
    this.#sender.room = room;
    this.#parser = new ResponseParser(owner.limits, this);
    this.#deadline = new Deadline(owner.clock, owner.timers, () => this.onDue());
    tcp.target = this;
    this.limitTime();
  }

  get isIdle(): boolean {
    return this.#isFree && !this.#isClosed;
  }

  /** Sends a request; the connection is idle. */
  start(caller: Caller): void {
    const { head, body, awaitsContinue, method } = caller;
    this.#caller = caller;
    this.#isFree = false;
    this.#requests++;
    this.#hasHeard = false;
    this.#head = undefined;
    this.#isComplete = false;
    this.#parser.expect(method);
    this.#sender.start(head, body, awaitsContinue);
    this.flush();
    this.limitTime();
  }

  /** The caller wants no more of its response. */
  drop(caller: Caller): void {
    if (this.#caller === caller) this.close();
  }

  /** The caller wants more of its body. */
  resume(): void {
    if (this.#isClosed) return;
    this.limitTime();
    this.#owner.read(this);
  }

  /** Ends the connection, and tells the caller why. */
  abort(error: unknown): void {
    const caller = this.#caller;
    const isStale = this.#requests > 1 && !this.#hasHeard && this.#over !== undefined;
    this.#caller = undefined;
    this.close();
    caller?.onError(error, isStale);
  }

  close(): void {
    if (this.#isClosed) return;
    this.detach();
    this.#tcp.close();
  }

  onReadable(): void {
    this.#mayRead = true;
    this.#owner.read(this);
  }

  onWritable(room: number): void {
    if (this.#isClosed) return;
    this.#sender.room = room;
    this.flush();
  }

  onEnd(): void {
    this.#over ??= "end";
    this.onReadable();
  }

  onError(error: Error | undefined): void {
    this.#over = networkError(error, this.#caller?.subject);
    // A provider need not have told of what came before.
    this.onReadable();
  }

  /** Reads as long as there is something and somebody wants it. */
  receive(): void {
    const { scratch } = this.#owner;
    while (this.#mayRead && !this.#isClosed && this.#caller?.wantsMore !== false) {
      const count = this.#tcp.read(scratch) ?? 0;
      if (count > 0) this.take(scratch, count);
      else this.#mayRead = false;
    }
    if (this.#mayRead || this.#isClosed) return;
    if (this.#over !== undefined) this.onOver(this.#over);
    // Only now: what has come with the response and is no part of it must not be taken for the next one.
    else if (this.#caller === undefined && !this.#isFree) this.release();
  }

  onInformational({ status }: ResponseHead): void {
    this.limitTime();
    if (status === 100) this.sendHeld();
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
    // RFC 9110 §10.1.1 and RFC 9112 §9.5: an answer that comes first says that the body is not wanted.
    const { isHeld, isSent } = this.#sender;
    if (isHeld || (!isSent && head.status >= 300)) this.stopSending();
    this.#caller!.onHead(head);
  }

  onBody(bytes: Uint8Array, start: number, end: number): void {
    this.#caller?.onBody(bytes, start, end);
  }

  onComplete(trailers: Fields | undefined): void {
    this.#isComplete = true;
    if (this.isTunnel) return;
    const caller = this.#caller;
    if (!this.#sender.isSent) this.stopSending();
    this.#caller = undefined;
    caller?.onComplete(trailers);
  }

  onFault({ code, detail }: ResponseFault): void {
    this.fail(code, detail);
  }

  onBodyError(error: unknown): void {
    this.abort(error);
  }

  onBodyFault(code: NetworkError["code"], detail: string): void {
    this.fail(code, detail);
  }

  onBodyReady(): void {
    this.flush();
  }

  private get isTunnel(): boolean {
    const status = this.#head?.status ?? 0;
    return this.#caller?.method === "CONNECT" && status >= 200 && status < 300;
  }

  private take(bytes: Uint8Array, count: number): void {
    if (this.#caller === undefined) {
      // Nobody has asked: RFC 9112 §9.2 takes that for no answer to what is asked later.
      this.close();
      return;
    }
    this.#hasHeard = true;
    const stop = this.#parser.push(bytes, 0, count);
    if (this.#isClosed) return;
    if (!this.#isComplete) {
      // A head has its time as a whole: it could come byte by byte for ever.
      if (this.#head !== undefined) this.limitTime();
    } else if (this.isTunnel) this.openTunnel(bytes.slice(stop, count));
    else if (stop < count || this.#isSpoiled || this.#over !== undefined || !this.#head!.keepAlive)
      this.close();
  }

  private openTunnel(early: Uint8Array): void {
    const caller = this.#caller!;
    this.#caller = undefined;
    this.detach();
    caller.onTunnel?.(this.#tcp, early);
  }

  private release(): void {
    this.#isFree = true;
    this.limitTime();
    this.#owner.released(this);
  }

  /** All was read, and nothing more will come. */
  private onOver(over: "end" | NetworkError): void {
    if (this.#caller === undefined) this.close();
    else if (over !== "end") this.abort(over);
    else {
      this.#parser.end();
      this.close();
    }
  }

  private fail(code: NetworkError["code"], detail: string): void {
    const { method = "", subject } = this.#caller ?? {};
    this.abort(new NetworkError(code, method, subject, detail));
  }

  /** Lets go of the socket, which somebody else has or which is closed. */
  private detach(): void {
    this.#isClosed = true;
    this.#deadline.set(Infinity);
    this.#sender.stop();
    this.#owner.closed(this);
  }

  private sendHeld(): void {
    if (!this.#sender.isHeld) return;
    this.#sender.release();
    this.flush();
    this.limitTime();
  }

  /** What is left of the request will not be sent: the connection can't be used for another one. */
  private stopSending(): void {
    this.#isSpoiled = true;
    this.#sender.stop();
  }

  /** Sends as much as there is room for. */
  private flush(): void {
    if (this.#isClosed || this.#isSpoiled) return;
    const wasSent = this.#sender.isSent;
    try {
      const progress = this.#sender.flush();
      if (!wasSent && (progress || this.#due === Infinity)) this.limitTime();
    } catch (error) {
      // The server may have answered before it ended the connection: that is read first.
      this.stopSending();
      this.#over ??= networkError(error as Error, this.#caller?.subject);
      this.onReadable();
    }
  }

  /** Starts the time of the phase that the connection is in. */
  private limitTime(): void {
    const { clock } = this.#owner;
    this.#due = clock.now() + this.timeOfPhase();
    if (this.#due >= this.#wakesAt || this.#isClosed) return;
    this.#wakesAt = this.#due;
    this.#deadline.set(this.#due);
  }

  private timeOfPhase(): number {
    const { keepTime, continueTime, stallTime, headTime } = this.#owner.limits;
    if (this.#caller === undefined) return keepTime;
    const { isHeld, isSent, awaitsBody } = this.#sender;
    if (isHeld) return continueTime;
    if (this.#head !== undefined) return this.#caller.wantsMore ? stallTime : Infinity;
    if (isSent) return headTime;
    return awaitsBody ? Infinity : stallTime;
  }

  private onDue(): void {
    this.#wakesAt = Infinity;
    if (this.#owner.clock.now() < this.#due) {
      this.#wakesAt = this.#due;
      this.#deadline.set(this.#due);
      return;
    }
    const time = this.timeOfPhase();
    if (this.#caller === undefined) this.close();
    else if (this.#sender.isHeld) this.sendHeld();
    else if (this.#head !== undefined) this.fail("ETIMEDOUT", `nothing of the body came for ${time} ms`);
    else if (this.#sender.isSent) this.fail("ETIMEDOUT", `no answer came within ${time} ms`);
    else this.fail("ETIMEDOUT", `the server took nothing of the request for ${time} ms`);
  }
}

function networkError(error: Error | undefined, subject: string | undefined): NetworkError {
  if (error instanceof NetworkError) return error;
  const detail = error?.message ?? "it ended, and the platform does not say why";
  return new NetworkError("ECONNABORTED", "connection to", subject, detail);
}
