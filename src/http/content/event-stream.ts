import { Pattern } from "../../host/index.js";
import { NetworkError } from "../../error/index.js";
import type { HttpResponse } from "../server/response.js";

/** What a browser's EventSource gets (WHATWG HTML §9.2). */
export interface ServerSentEvent {
  readonly data: string;
  /** The type that a listener is for; "message" if absent. */
  readonly event?: string;
  /** What the client says in Last-Event-ID when it comes back; "" makes it forget the last. */
  readonly id?: string;
  /** How long the client is to wait before it comes back, in ms. */
  readonly retry?: number;
}

/** Ends a line of the stream. */
const LINE_END = new Pattern(() => /\r\n|\r|\n/);

/** What an id may not have: it would be ignored, or end its line. */
const NOT_ID = new Pattern(() => /[\0\r\n]/);

/** An answer that goes on: see `events`. */
export class EventStream {
  readonly #response: HttpResponse;

  constructor(response: HttpResponse) {
    this.#response = response;
  }

  /** Called once when the client has gone. */
  set onClose(callback: (() => void) | undefined) {
    this.#response.onClose = callback;
  }

  /** Called when less than the high-water mark waits again, after `send` has said false. */
  set onDrain(callback: (() => void) | undefined) {
    this.#response.onDrain = callback;
  }

  /**
   * Sends an event. Nothing is sent to a client that has gone.
   *
   * @returns false if more than the high-water mark waits: who goes on all the same fills the memory
   * @throws NetworkError EINVAL if the type or the id would end its line, the time is not a whole number of ms, or the stream
   * was closed
   */
  send({ data, event, id, retry }: ServerSentEvent): boolean {
    if (event !== undefined && LINE_END.regexp.test(event))
      throw new NetworkError("EINVAL", "send event", event);
    if (id !== undefined && NOT_ID.regexp.test(id))
      throw new NetworkError("EINVAL", "send event", id, "malformed id");
    if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0))
      throw new NetworkError("EINVAL", "send event", String(retry), "no time in ms");
    let text = event === undefined ? "" : `event: ${event}\n`;
    if (id !== undefined) text += `id: ${id}\n`;
    if (retry !== undefined) text += `retry: ${retry}\n`;
    for (const line of data.split(LINE_END.regexp)) text += `data: ${line}\n`;
    return this.#response.write(`${text}\n`);
  }

  /** Sends a comment, which no client shows: what keeps a quiet stream open where something in between closes those. */
  comment(text = ""): boolean {
    return this.#response.write(
      text
        .split(LINE_END.regexp)
        .map((line) => `: ${line}\n`)
        .join(""),
    );
  }

  /** Ends the stream. A browser comes back, unless the next answer is 204. */
  close(): void {
    this.#response.end();
  }
}

/**
 * Answers with a stream of events, whose head is sent at once.
 *
 * @throws NetworkError EINVAL if the response was sent already
 *
 * @example
 * server.get("/temperature", (request, response) => {
 *   const stream = events(response);
 *   const timer = setInterval(() => stream.send({ data: String(sensor.read()) }), 1000);
 *   stream.onClose = () => clearInterval(timer);
 * });
 */
export function events(response: HttpResponse): EventStream {
  response.setHeader("Content-Type", "text/event-stream").setHeader("Cache-Control", "no-store").write("");
  return new EventStream(response);
}
