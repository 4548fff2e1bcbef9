import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Peer, PeerDatagram, PeerError, PeerListener, PeerTcp, PeerUdp } from "./suite/peer.js";

/** What it runs on, and with which script. */
export const LINUX_PEER_PROGRAM = "python3";
export const LINUX_PEER_SCRIPT = join(__dirname, "linux-peer.py");

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

/** The kernel's sockets, used by a program of their own: see linux-peer.py. */
export class LinuxPeer implements Peer {
  readonly #process: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #count = 0;
  #errors = "";

  /** @param process of LINUX_PEER_PROGRAM with LINUX_PEER_SCRIPT and the peer's address, its ends piped */
  constructor(process: ChildProcess) {
    this.#process = process;
    createInterface({ input: process.stdout! }).on("line", (line) => this.#take(JSON.parse(line) as Reply));
    process.stderr!.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    process.on("close", () => this.#failAll());
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
      send: (bytes, address, to) => this.call("sendTo", { socket, data: encode(bytes), address, port: to }),
      recv: async () => {
        const got = await this.call<PeerDatagram & { readonly data: string }>("recvFrom", { socket });
        return { ...got, data: decode(got.data) };
      },
      close: () => this.call("close", { socket }),
    };
  }

  close(): Promise<void> {
    return this.call("closeAll", {});
  }

  /** Ends the process by ending its standard input. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#process.exitCode !== null) resolve();
      this.#process.once("close", () => resolve());
      this.#process.stdin!.end();
    });
  }

  call<T>(call: string, parameters: object): Promise<T> {
    const id = ++this.#count;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { call, resolve: resolve as (value: unknown) => void, reject });
      this.#process.stdin!.write(`${JSON.stringify({ id, call, ...parameters })}\n`);
    });
  }

  #connection({ socket, ...ends }: Connection): PeerTcp {
    return {
      ...ends,
      send: (bytes) => this.call("send", { socket, data: encode(bytes) }),
      recv: async (max) => decode(await this.call("recv", { socket, max })),
      shutdown: () => this.call("shutdown", { socket }),
      reset: () => this.call("reset", { socket }),
      close: () => this.call("close", { socket }),
    };
  }

  #take({ id, value, error }: Reply): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(failure(pending.call, error));
  }

  #failAll(): void {
    for (const { call, reject } of this.#pending.values()) reject(failure(call, `it ended: ${this.#errors}`));
    this.#pending.clear();
  }
}

function failure(call: string, code: string): PeerError {
  return Object.assign(new Error(`the peer's ${call}: ${code}`), { code });
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

function decode(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
