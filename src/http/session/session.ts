import { NetworkError } from "../../error/index.js";
import type { HttpRequest } from "../server/request.js";
import type { HttpResponse } from "../server/response.js";
import type { SessionKeeper } from "./session-keeper.js";
import type { SessionRecord } from "./session-store.js";

/** Values in a session at most: what grows with each request of a client has to end somewhere. */
export const MAX_SESSION_VALUES = 16;

/**
 * What the server remembers of a client, from one request to the next. It begins when the first value is set: until then
 * the client gets no cookie. A cookie goes into the head of the response, so a session has to begin, end or change its id
 * before that is sent.
 */
export class Session {
  readonly #keeper: SessionKeeper;
  readonly #request: HttpRequest;
  readonly #response: HttpResponse;
  /** Undefined if there is none. */
  #id: string | undefined;
  #isOpened = false;

  /** Made by the middleware `sessions`. The request's cookie is not looked at before somebody asks. */
  constructor(keeper: SessionKeeper, request: HttpRequest, response: HttpResponse) {
    this.#keeper = keeper;
    this.#request = request;
    this.#response = response;
  }

  /** True until something is stored for this client, and when its session has ended. */
  get isNew(): boolean {
    return this.record === undefined;
  }

  get(name: string): unknown {
    return this.record?.values.get(name);
  }

  /**
   * @throws NetworkError ENOBUFS beyond `MAX_SESSION_VALUES`; EINVAL if the session would begin with it and the response
   * was sent already
   */
  set(name: string, value: unknown): void {
    const record = this.record ?? this.#keeper.begin();
    const values = new Map(record.values).set(name, value);
    if (values.size > MAX_SESSION_VALUES) throw new NetworkError("ENOBUFS", "set session value", name);
    this.#id ??= this.newId("begin session");
    this.#keeper.save(this.#id, { ...record, values });
  }

  /** What is not there is not deleted. */
  delete(name: string): void {
    const record = this.record;
    if (record === undefined || !record.values.has(name)) return;
    const values = new Map(record.values);
    values.delete(name);
    this.#keeper.save(this.#id!, { ...record, values });
  }

  /** Forgets all of it, as at a logout. */
  destroy(): void {
    if (this.record === undefined) return;
    this.#keeper.end(this.#id!, this.#request, this.#response);
    this.#id = undefined;
  }

  /**
   * Gives the session another id, as has to be done at a login: whoever knew the old one, or gave it to the client, is not
   * logged in by it. Where there is no session yet nothing has to be done.
   *
   * @throws NetworkError EINVAL if the response was sent already
   */
  regenerate(): void {
    const record = this.record;
    if (record === undefined) return;
    const id = this.newId("regenerate session");
    this.#keeper.drop(this.#id!);
    this.#id = id;
    this.#keeper.save(id, record);
  }

  /** As it is now: another request may have ended it. */
  private get record(): SessionRecord | undefined {
    if (!this.#isOpened) {
      this.#isOpened = true;
      this.#id = this.#keeper.open(this.#request);
    }
    const record = this.#id === undefined ? undefined : this.#keeper.find(this.#id);
    if (record === undefined) this.#id = undefined;
    return record;
  }

  private newId(operation: string): string {
    if (this.#response.sent) throw new NetworkError("EINVAL", operation, undefined, "its cookie is too late");
    return this.#keeper.issue(this.#request, this.#response);
  }
}
