import { createServer, type Server, type TlsOptions, type TLSSocket } from "node:tls";
import type { Duplex } from "node:stream";

/** What came of a handshake. */
export type Outcome = TLSSocket | Error;

/**
 * The server's side of handshakes, each in a `tls.Server` of its own, which is used again when it is over: Node does not tell for
 * which stream one has failed, and to make one takes a millisecond (measured).
 */
export class Handshakes {
  readonly #options: TlsOptions;
  readonly #contexts: readonly (readonly [name: string, context: TlsOptions])[];
  readonly #idle: Handshake[] = [];

  /** @throws Error for a key or certificate that is none */
  constructor(options: TlsOptions, contexts: readonly (readonly [name: string, context: TlsOptions])[]) {
    this.#options = options;
    this.#contexts = contexts;
    // One at once, so that a bad key comes to light before anybody connects.
    this.#idle.push(this.#make());
  }

  /** @param settled called once, later */
  begin(stream: Duplex, settled: (outcome: Outcome) => void): void {
    const handshake = this.#idle.pop() ?? this.#make();
    handshake.run(stream, (outcome) => {
      this.#idle.push(handshake);
      settled(outcome);
    });
  }

  #make(): Handshake {
    const server = createServer(this.#options);
    for (const [name, context] of this.#contexts) server.addContext(name, context);
    return new Handshake(server);
  }
}

class Handshake {
  readonly #server: Server;
  #settled: ((outcome: Outcome) => void) | undefined;

  constructor(server: Server) {
    this.#server = server;
    server.on("secureConnection", (socket) => this.#settle(socket));
    server.on("tlsClientError", (error) => this.#settle(error));
  }

  run(stream: Duplex, settled: (outcome: Outcome) => void): void {
    this.#settled = settled;
    this.#server.emit("connection", stream);
  }

  #settle(outcome: Outcome): void {
    const settled = this.#settled;
    this.#settled = undefined;
    settled?.(outcome);
  }
}
