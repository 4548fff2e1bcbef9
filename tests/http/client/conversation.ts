import { setImmediate as turn } from "node:timers/promises";
import type { SecureSockets } from "../../../src/host/index.js";
import { HttpClient, type HttpClientOptions } from "../../../src/http/index.js";
import { VirtualTime } from "../../support/virtual-time.js";
import { MemoryNetwork, type MemoryPeer } from "./memory-network.js";

/** A client, a network in memory where the test plays the servers, and a clock. */
export class Conversation {
  readonly time = new VirtualTime(1_000_000);
  readonly network = new MemoryNetwork(this.time);
  /** What TLS was begun with, in order: "name http/1.1". */
  readonly secured: string[] = [];
  readonly client: HttpClient;

  constructor(options: Partial<HttpClientOptions> = {}) {
    const { io } = this.network;
    const secure = this.#pretendedTls();
    this.client = new HttpClient({ io, secure, clock: this.time, timers: this.time, ...options });
  }

  /** Lets everything happen that can happen now: promises settle, callbacks run. */
  async settle(): Promise<void> {
    for (let round = 0; round < 8; round++) {
      await turn();
      this.time.settle();
    }
    await turn();
  }

  async advance(milliseconds: number): Promise<void> {
    await this.settle();
    this.time.advance(milliseconds);
    await this.settle();
  }

  /** Says that it is TLS, and is not. */
  #pretendedTls(): SecureSockets {
    return {
      connect: (name, options) => {
        this.secured.push(`${name} ${options?.alpn?.join()}`);
        return this.network.io;
      },
    };
  }

  /** The newest connection, once it is there, and what was sent on it. */
  async heard(): Promise<{ readonly peer: MemoryPeer; readonly request: string }> {
    await this.settle();
    const peer = this.network.peers.at(-1);
    if (peer === undefined) throw new Error("nobody has connected");
    return { peer, request: peer.take() };
  }
}

/** A response "200 OK" with a length. */
export function ok(body = "", fields = ""): string {
  return `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}
