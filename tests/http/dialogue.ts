import { HttpServer, type HttpServerOptions } from "../../src/http/index.js";
import { MemoryIo, type MemoryClient } from "./memory-io.js";
import { VirtualTime } from "../support/virtual-time.js";

/** A server, a network in memory and a clock, to talk to. */
export class Dialogue {
  readonly time = new VirtualTime(1_000_000);
  readonly network = new MemoryIo(this.time);
  readonly logged: string[] = [];
  readonly server: HttpServer;

  constructor(options: Partial<HttpServerOptions> = {}) {
    this.server = new HttpServer({
      io: this.network.io,
      port: 80,
      clock: this.time,
      timers: this.time,
      log: (_, message) => this.logged.push(message),
      ...options,
    });
  }

  connect(room?: number): MemoryClient {
    const client = this.network.connect(80, room);
    this.time.settle();
    return client;
  }

  /** Sends on a new connection and gives what came back. */
  ask(request: string): { readonly client: MemoryClient; readonly answer: string } {
    const client = this.connect();
    return { client, answer: this.say(client, request) };
  }

  /** Sends, and gives what came back. */
  say(client: MemoryClient, request: string): string {
    client.send(request);
    this.time.settle();
    return client.take();
  }
}

/** "GET /path HTTP/1.1" with a Host and `fields`. */
export function request(line: string, fields = "", body = ""): string {
  return `${line} HTTP/1.1\r\nHost: device\r\n${fields}\r\n${body}`;
}

/** Cuts a response into its parts. */
export function parts(answer: string): {
  readonly status: number;
  readonly fields: string[];
  readonly body: string;
} {
  const end = answer.indexOf("\r\n\r\n");
  const [line, ...fields] = answer.slice(0, end).split("\r\n");
  return { status: Number(line!.split(" ")[1]), fields, body: answer.slice(end + 4) };
}
