import { NetworkError } from "wirelet/error/index";
import type { Io, Listener, Tcp, Udp } from "wirelet/host/index";
import type { Closeable } from "./case.js";
import type { Peer, PeerDatagram, PeerListener, PeerTcp, PeerUdp } from "./peer.js";

export interface IoPeerOptions {
  readonly io: Io;
  /** Resets a connection, which ECMA-419 cannot; absent: such a peer cannot either. */
  readonly abort?: (tcp: Tcp) => void;
}

/** A peer on ECMA-419's classes, used as plainly as can be. */
export class IoPeer implements Peer {
  readonly #options: IoPeerOptions;
  readonly #opened: Closeable[] = [];

  constructor(options: IoPeerOptions) {
    this.#options = options;
  }

  async listen(options: { readonly port?: number; readonly backlog?: number } = {}): Promise<PeerListener> {
    const listener = new IoListener(this.#options, options, (tcp) => this.#keep(tcp));
    return Promise.resolve(this.#keep(listener));
  }

  async connect(address: string, port: number): Promise<PeerTcp> {
    const tcp = this.#keep(new IoTcp(this.#options, { address, port }));
    await tcp.connected();
    return tcp;
  }

  async udp(
    options: { readonly port?: number; readonly group?: string; readonly broadcast?: boolean } = {},
  ): Promise<PeerUdp> {
    return Promise.resolve(this.#keep(new IoUdp(this.#options.io, options)));
  }

  async close(): Promise<void> {
    for (const closeable of this.#opened.splice(0)) await closeable.close();
  }

  #keep<T extends Closeable>(closeable: T): T {
    this.#opened.push(closeable);
    return closeable;
  }
}

/** Wakes those who wait for something that callbacks bring about. */
class Waiting {
  #resolvers: (() => void)[] = [];

  /** Looks now, and after each `wake`, until it finds something. */
  async until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#resolvers.push(resolve));
    }
  }

  wake(): void {
    for (const resolve of this.#resolvers.splice(0)) resolve();
  }
}

class IoListener implements PeerListener {
  readonly #waiting = new Waiting();
  readonly #listener: Listener;

  constructor(
    private readonly options: IoPeerOptions,
    { port, backlog }: { readonly port?: number; readonly backlog?: number },
    private readonly keep: (tcp: IoTcp) => IoTcp,
  ) {
    this.#listener = new options.io.Listener({
      port: port ?? 0,
      ...(backlog !== undefined && { backlog }),
      onReadable: () => this.#waiting.wake(),
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  async accept(): Promise<PeerTcp> {
    const from = await this.#waiting.until(() => this.#listener.read());
    return this.keep(new IoTcp(this.options, { from }));
  }

  async close(): Promise<void> {
    return Promise.resolve(this.#listener.close());
  }
}

class IoTcp implements PeerTcp {
  readonly #waiting = new Waiting();
  readonly #tcp: Tcp;
  #room = 0;
  #isOpen = false;
  #isEnded = false;
  #isClosed = false;
  #error: Error | undefined;

  constructor(
    private readonly options: IoPeerOptions,
    to: { readonly address: string; readonly port: number } | { readonly from: Tcp },
  ) {
    this.#tcp = new options.io.TCP({
      ...to,
      onReadable: () => this.#waiting.wake(),
      onWritable: (room) => {
        this.#isOpen = true;
        this.#room = room;
        this.#waiting.wake();
      },
      onEnd: () => {
        this.#isEnded = true;
        this.#waiting.wake();
      },
      onError: (error) => {
        if (error === undefined) this.#isEnded = true;
        this.#error = error;
        this.#waiting.wake();
      },
    });
  }

  get port(): number {
    return this.#tcp.localPort ?? 0;
  }

  get remotePort(): number {
    return this.#tcp.remotePort ?? 0;
  }

  get remoteAddress(): string {
    return this.#tcp.remoteAddress ?? "";
  }

  async connected(): Promise<void> {
    await this.#waiting.until(() => (this.#isOpen || this.#hasFailed() ? true : undefined));
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const room = await this.#waiting.until(() =>
        this.#hasFailed() || this.#room > 0 ? this.#room : undefined,
      );
      const end = Math.min(bytes.length, at + room);
      this.#room = this.#tcp.write(bytes.subarray(at, end));
      at = end;
    }
  }

  recv(max: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(max);
    return this.#waiting.until(() => {
      if (this.#isClosed) throw new NetworkError("EBADF", "read");
      const count = this.#tcp.read(buffer) ?? 0;
      if (count > 0) return buffer.slice(0, count);
      return this.#isEnded || this.#hasFailed() ? new Uint8Array(0) : undefined;
    });
  }

  async shutdown(): Promise<void> {
    if (this.#tcp.shutdown === undefined) throw new NetworkError("ENOTSUP", "shutdown");
    return Promise.resolve(this.#tcp.shutdown());
  }

  async reset(): Promise<void> {
    const { abort } = this.options;
    if (abort === undefined) throw new NetworkError("ENOTSUP", "reset");
    return Promise.resolve(abort(this.#tcp));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting.wake();
    return Promise.resolve(this.#tcp.close());
  }

  /** @throws what has failed */
  #hasFailed(): false {
    if (this.#error !== undefined) throw this.#error;
    return false;
  }
}

class IoUdp implements PeerUdp {
  readonly #waiting = new Waiting();
  readonly #udp: Udp;

  constructor(
    io: Io,
    {
      port,
      group,
      broadcast,
    }: { readonly port?: number; readonly group?: string; readonly broadcast?: boolean },
  ) {
    this.#udp = new io.UDP({
      port: port ?? 0,
      ...(group !== undefined && { multicast: group }),
      ...(broadcast !== undefined && { broadcast }),
      onReadable: () => this.#waiting.wake(),
    });
  }

  get port(): number {
    return this.#udp.port ?? 0;
  }

  async send(bytes: Uint8Array, address: string, port: number): Promise<void> {
    return Promise.resolve(this.#udp.write(bytes, address, port));
  }

  recv(): Promise<PeerDatagram> {
    return this.#waiting.until(() => {
      const datagram = this.#udp.read();
      if (datagram === undefined) return undefined;
      return { data: new Uint8Array(datagram), address: datagram.address, port: datagram.port };
    });
  }

  async close(): Promise<void> {
    return Promise.resolve(this.#udp.close());
  }
}
