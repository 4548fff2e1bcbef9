import type { RequestHead } from "../message/request-head.js";

/** A request, whole, as a handler gets it. */
export class HttpRequest {
  readonly #head: RequestHead;
  /** The body's bytes; empty if there is none. */
  readonly body: Uint8Array;
  /** The client's IP address, where the platform knows it. */
  readonly remoteAddress: string | undefined;

  constructor(head: RequestHead, body: Uint8Array, remoteAddress: string | undefined) {
    this.#head = head;
    this.body = body;
    this.remoteAddress = remoteAddress;
  }

  get method(): string {
    return this.#head.method;
  }

  /** As it stands in the request line. */
  get rawTarget(): string {
    return this.#head.rawTarget;
  }

  /** "/api/status": the target without its query, percent-encoding left as it is. */
  get path(): string {
    return this.#head.target.path;
  }

  /** What follows "?"; undefined if there is none. */
  get query(): string | undefined {
    return this.#head.target.query;
  }

  /** Whom the client means: from the target, else from the Host field (RFC 9112 §3.2.2). */
  get host(): string | undefined {
    return this.#head.target.authority ?? this.#head.fields.get("host");
  }

  /** A field's value, undefined if there is none; values of a repeated one are joined by ", ". */
  header(name: string): string | undefined {
    return this.#head.fields.get(name.toLowerCase());
  }
}
