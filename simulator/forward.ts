import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { NetworkError } from "../src/error/index.js";
import type { SimulatedHost } from "./host.js";
import { joinStreams } from "./outside/join-streams.js";
import type { RealTime } from "./real-time.js";

export interface ForwardOptions {
  /** What `listenOnLoopback` gave. */
  readonly server: Server;
  /** The simulated host that makes the connections, asked for each of them anew: its power may have been off meanwhile. */
  readonly from: SimulatedHost | (() => SimulatedHost);
  /** Where to, asked for each connection anew. */
  readonly to: () => { readonly address: string; readonly port: number };
  readonly pace: Pick<RealTime, "now">;
}

/**
 * Takes a port of this machine's loopback. It is a step of its own so that a port in use comes to light before a
 * simulation is made for it.
 *
 * @param port 0 picks a free one
 * @param server what is to listen there; absent: one for `forward`
 * @throws NetworkError (as a rejection) EADDRINUSE, EACCES
 */
export function listenOnLoopback(port: number): Promise<Server>;
export function listenOnLoopback<T extends Server>(port: number, server: T): Promise<T>;
export function listenOnLoopback(
  port: number,
  server: Server = createServer({ allowHalfOpen: true }),
): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const code = error.code === "EADDRINUSE" || error.code === "EACCES" ? error.code : "EADDRNOTAVAIL";
      reject(new NetworkError(code, "listen on", `127.0.0.1:${port}`));
    });
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

/** The port of a listening server. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/**
 * Forwards TCP connections from outside into the simulation: bytes, ends and resets, with backpressure both ways.
 * @returns a function that ends it and closes the server
 */
export function forward(options: ForwardOptions): () => void {
  const { server, pace } = options;
  const sockets = new Set<Socket>();
  server.on("connection", (outside) => {
    sockets.add(outside);
    outside.on("close", () => sockets.delete(outside));
    pace.now(() => {
      joinStreams(outside, pace, (callbacks) => {
        const { from, to } = options;
        const host = typeof from === "function" ? from() : from;
        return new host.stack.io.TCP({ ...to(), ...callbacks });
      });
    });
  });
  return () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
}
