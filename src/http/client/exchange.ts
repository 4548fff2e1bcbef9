import { NetworkError } from "../../error/index.js";
import type { Fields } from "../message/fields.js";
import type { Caller, ClientConnection } from "./connection.js";
import type { ClientLimits } from "./limits.js";
import type { Pool, Ticket } from "./pool.js";
import type { OutgoingBody } from "./request-body.js";
import { HttpClientResponse } from "./response.js";
import { ResponseBody } from "./response-body.js";
import type { ResponseHead } from "./response-head.js";
import type { Route } from "./route.js";

/** Nobody has asked for that (RFC 9110 §7.8). */
const SWITCHING_PROTOCOLS = 101;

/** One request as it goes out, once. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly route: Route;
  readonly head: Uint8Array;
  readonly body: OutgoingBody | undefined;
  readonly awaitsContinue: boolean;
}

/** A request, from the wait for a connection to the last byte of its response. */
export class Exchange implements Ticket, Caller {
  readonly answered: Promise<HttpClientResponse>;
  readonly request: WireRequest;
  readonly isFresh: boolean;
  /** True if it failed only because a kept connection had been ended: the server has not seen it. */
  isStale = false;
  readonly #pool: Pool;
  readonly #limits: ClientLimits;
  readonly #onOver: () => void;
  #resolve!: (response: HttpClientResponse) => void;
  #reject!: (error: unknown) => void;
  #connection: ClientConnection | undefined;
  #body: ResponseBody | undefined;

  /**
   * @param isFresh true if a kept connection will not do
   * @param onOver called once, when the body has come or never will
   */
  constructor(pool: Pool, request: WireRequest, limits: ClientLimits, isFresh: boolean, onOver: () => void) {
    this.#pool = pool;
    this.request = request;
    this.#limits = limits;
    this.isFresh = isFresh;
    this.#onOver = onOver;
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get route(): Route {
    return this.request.route;
  }

  get method(): string {
    return this.request.method;
  }

  get subject(): string {
    return this.request.url;
  }

  get head(): Uint8Array {
    return this.request.head;
  }

  get body(): OutgoingBody | undefined {
    return this.request.body;
  }

  get awaitsContinue(): boolean {
    return this.request.awaitsContinue;
  }

  get wantsMore(): boolean {
    return this.#body?.wantsMore !== false;
  }

  start(): this {
    this.#pool.request(this);
    return this;
  }

  /** Ends it, wherever it is. */
  cancel(error: unknown): void {
    if (this.#body !== undefined) this.#body.cancel(error);
    else {
      this.abandon();
      this.fail(error);
    }
  }

  take(connection: ClientConnection): void {
    this.#connection = connection;
    connection.start(this);
  }

  refuse(error: unknown): void {
    this.fail(error);
  }

  onHead(head: ResponseHead): void {
    if (head.status === SWITCHING_PROTOCOLS) {
      this.cancel(new NetworkError("EPROTO", this.method, this.subject, "it changes to another protocol"));
      return;
    }
    const origin = {
      resume: () => this.#connection?.resume(),
      abandon: () => {
        this.abandon();
        this.#onOver();
      },
    };
    this.#body = new ResponseBody(origin, this.#limits.readAhead);
    this.#resolve(new HttpClientResponse(head, this.#body, this.request, this.#limits.body));
  }

  onBody(bytes: Uint8Array, start: number, end: number): void {
    this.#body?.push(bytes, start, end);
  }

  onComplete(trailers: Fields | undefined): void {
    this.#connection = undefined;
    this.#onOver();
    this.#body?.complete(trailers);
  }

  onError(error: unknown, isStale: boolean): void {
    this.isStale = isStale;
    this.#connection = undefined;
    this.fail(error);
  }

  private abandon(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) this.#pool.withdraw(this);
    else connection.drop(this);
  }

  private fail(error: unknown): void {
    if (this.#body === undefined) {
      this.#reject(error);
      return;
    }
    this.#onOver();
    this.#body.fail(error as NetworkError);
  }
}
