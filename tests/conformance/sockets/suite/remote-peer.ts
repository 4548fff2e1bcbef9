import { decodeBase64, encodeBase64 } from "./base64.js";
import type { Peer, PeerDatagram, PeerError, PeerListener, PeerTcp, PeerUdp } from "./peer.js";

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Pending {
  readonly call: string;
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

interface Connection {
  readonly socket: number;
  readonly port: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** A peer in another program, which is sent a line of JSON for each call and answers with another: see linux-peer.py. */
export class RemotePeer implements Peer {
  readonly #send: (line: string) => void;
  readonly #pending = new Map<number, Pending>();
  #count = 0;

  /** @param send takes a line to the program, without its end */
  constructor(send: (line: string) => void) {
    this.#send = send;
  }

  async listen({ port = 0, backlog = 16 } = {}): Promise<PeerListener> {
    const listener = await this.call<{ socket: number; port: number }>("listen", { port, backlog });
    const { socket } = listener;
    return {
      port: listener.port,
      accept: async () => this.#connection(await this.call("accept", { socket })),
      close: () => this.call("close", { socket }),
    };
  }

  async connect(address: string, port: number): Promise<PeerTcp> {
    return this.#connection(await this.call("connect", { address, port }));
  }

  async udp(
    options: { readonly port?: number; readonly group?: string; readonly broadcast?: boolean } = {},
  ): Promise<PeerUdp> {
    const { port: wanted = 0, group = null, broadcast = false } = options;
    const made = { port: wanted, group, broadcast };
    const { socket, port } = await this.call<{ socket: number; port: number }>("udp", made);
    return {
      port,
      send: (bytes, address, to) => {
        return this.call("sendTo", { socket, data: encodeBase64(bytes), address, port: to });
      },
      recv: async () => {
        const got = await this.call<PeerDatagram & { readonly data: string }>("recvFrom", { socket });
        return { ...got, data: decodeBase64(got.data) };
      },
      close: () => this.call("close", { socket }),
    };
  }

  close(): Promise<void> {
    return this.call("closeAll", {});
  }

  call<T>(call: string, parameters: object): Promise<T> {
    const id = ++this.#count;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { call, resolve: resolve as (value: unknown) => void, reject });
      this.#send(JSON.stringify({ id, call, ...parameters }));
    });
  }

  /** A line from the program. */
  take(line: string): void {
    const { id, value, error } = JSON.parse(line) as Reply;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(failure(pending.call, error));
  }

  /** The program answers no more. @param reason what it said last */
  fail(reason: string): void {
    for (const { call, reject } of this.#pending.values()) reject(failure(call, reason));
    this.#pending.clear();
  }

  #connection({ socket, ...ends }: Connection): PeerTcp {
    return {
      ...ends,
      send: (bytes) => this.call("send", { socket, data: encodeBase64(bytes) }),
      recv: async (max) => decodeBase64(await this.call("recv", { socket, max })),
      shutdown: () => this.call("shutdown", { socket }),
      reset: () => this.call("reset", { socket }),
      close: () => this.call("close", { socket }),
    };
  }
}

function failure(call: string, code: string): PeerError {
  return Object.assign(new Error(`the peer's ${call}: ${code}`), { code });
}
