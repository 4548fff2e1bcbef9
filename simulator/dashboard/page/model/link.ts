import type { Request, ServerMessage } from "../../protocol/index.js";
import type { Model } from "./model.js";

/** In ms: how long it waits before it tries again, the first time and at most. */
const FIRST_RETRY = 500;
const LAST_RETRY = 5_000;

interface Waiting {
  readonly resolve: (value: string) => void;
  readonly reject: (error: Error) => void;
}

/** The WebSocket to the simulator. It is made again whenever it is lost. */
export class Link {
  readonly #model: Model;
  readonly #changed: () => void;
  #socket: WebSocket | undefined;
  #retry = FIRST_RETRY;
  #id = 0;
  #watched: string | null = null;
  readonly #waiting = new Map<number, Waiting>();

  /** @param changed is called when the model has changed */
  constructor(model: Model, changed: () => void) {
    this.#model = model;
    this.#changed = changed;
    this.#connect();
  }

  /** Asks the server for something. @returns what it answers; rejects with what it says against it */
  ask(request: Request): Promise<string> {
    if (request.ask === "watch") this.#watched = request.host;
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN)
      return Promise.reject(new Error("The simulator cannot be reached."));
    const id = ++this.#id;
    socket.send(JSON.stringify({ ...request, id }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #connect(): void {
    const socket = new WebSocket(`ws://${location.host}/live`);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => {
      this.#retry = FIRST_RETRY;
      this.#model.link = "open";
      if (this.#watched !== null) this.ask({ ask: "watch", host: this.#watched }).catch(() => undefined);
      this.#changed();
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === "string") this.#take(JSON.parse(data) as ServerMessage);
      else this.#model.takeBatch(new Uint8Array(data));
      this.#changed();
    };
    socket.onclose = () => {
      this.#model.link = "lost";
      for (const { reject } of this.#waiting.values()) reject(new Error("The simulator was lost."));
      this.#waiting.clear();
      setTimeout(() => this.#connect(), this.#retry);
      this.#retry = Math.min(LAST_RETRY, 2 * this.#retry);
      this.#changed();
    };
  }

  #take(message: ServerMessage): void {
    if (message.type !== "answer") return this.#model.take(message);
    const waiting = this.#waiting.get(message.to);
    this.#waiting.delete(message.to);
    if (message.error === undefined) waiting?.resolve(message.value ?? "");
    else waiting?.reject(new Error(message.error));
  }
}
