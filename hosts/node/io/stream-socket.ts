import type { Socket } from "node:net";
import type { NetworkError } from "../../../src/error/index.js";
import { plainAddress } from "./endpoint.js";
import { networkError } from "./errors.js";

/** Where a connection leads from and to, as far as it is known. */
export interface Endpoints {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
}

/** A stream socket of Node's, and what differs between a plain one and one that speaks TLS. */
export interface StreamSocket {
  readonly socket: Socket;
  /** Whether it can be used already. */
  readonly ready: boolean;
  /** Whether what is written goes to the kernel before `write` returns, if it has room. */
  readonly writesAtOnce: boolean;
  /** The event of `socket` that tells when it can. */
  readonly readyEvent: "connect" | "secureConnect";
  /** To be kept: a socket forgets them when it is destroyed. */
  readonly endpoints: Endpoints;
  /** Ends the connection at once, with a reset where that can be. */
  reset(): void;
  /** Destroys it if it has not come to its end in so many ms. */
  limitClose(milliseconds: number): void;
  explain(error: Error, operation: string, subject: string): NetworkError;
}

/** One of node:net's own. */
export class PlainSocket implements StreamSocket {
  readonly readyEvent = "connect";
  readonly writesAtOnce = true;
  readonly socket: Socket;
  readonly #remote: { readonly address: string; readonly port: number } | undefined;

  /** @param remote the other end, where it is known before the connection is */
  constructor(socket: Socket, remote?: { readonly address: string; readonly port: number }) {
    this.socket = socket;
    this.#remote = remote;
  }

  get ready(): boolean {
    return !this.socket.connecting;
  }

  get endpoints(): Endpoints {
    const { remoteAddress, remotePort, localAddress, localPort } = this.socket;
    return {
      remoteAddress: plainAddress(remoteAddress) ?? this.#remote?.address,
      remotePort: remotePort ?? this.#remote?.port,
      localAddress: plainAddress(localAddress),
      localPort,
    };
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  limitClose(milliseconds: number): void {
    this.socket.setTimeout(milliseconds, () => this.socket.destroy());
  }

  explain(error: NodeJS.ErrnoException, operation: string, subject: string): NetworkError {
    return networkError(error, operation, subject);
  }
}
