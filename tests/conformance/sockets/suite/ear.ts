import type { Listener, ListenerOptions, Tcp, TcpCallbacks, Udp, UdpOptions } from "wirelet/host/index";

export type ListenerCallbacks = Required<Pick<ListenerOptions, "onReadable" | "onError">>;
export type UdpCallbacks = Required<Pick<UdpOptions, "onReadable" | "onError">>;

interface Heard {
  readonly name: string;
  readonly value: unknown;
}

/** Hears the callbacks of one ECMA-419 socket. */
export class Ear<Callbacks> {
  /** What was called so far, in order. */
  readonly names: string[] = [];
  /** What `this` was in each call. */
  readonly selves: unknown[] = [];
  #unseen: Heard[] = [];
  #waiting: { readonly name: string; readonly resolve: (value: unknown) => void } | undefined;

  constructor(makeCallbacks: (hear: (name: string, value: unknown, self: unknown) => void) => Callbacks) {
    this.callbacks = makeCallbacks((name, value, self) => this.#hear(name, value, self));
  }

  readonly callbacks: Callbacks;

  /** The argument of the first call of this kind that was not asked for yet; waits for it. One may wait at a time. */
  next(name: string): Promise<unknown> {
    const heard = this.#unseen.find((each) => each.name === name);
    if (heard !== undefined) {
      this.#unseen = this.#unseen.filter((each) => each !== heard);
      return Promise.resolve(heard.value);
    }
    return new Promise((resolve) => (this.#waiting = { name, resolve }));
  }

  #hear(name: string, value: unknown, self: unknown): void {
    this.names.push(name);
    this.selves.push(self);
    if (this.#waiting?.name !== name) {
      this.#unseen.push({ name, value });
      return;
    }
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(value);
  }
}

export type TcpEar = Ear<Required<Omit<TcpCallbacks, "onUrgent">>>;

export function tcpEar(): TcpEar {
  return new Ear((hear) => ({
    onReadable(this: Tcp, bytes: number) {
      hear("readable", bytes, this);
    },
    onWritable(this: Tcp, bytes: number) {
      hear("writable", bytes, this);
    },
    onEnd(this: Tcp) {
      hear("end", undefined, this);
    },
    onError(this: Tcp, error?: Error) {
      hear("error", error, this);
    },
  }));
}

export function listenerEar(): Ear<ListenerCallbacks> {
  return new Ear((hear) => ({
    onReadable(this: Listener, count: number) {
      hear("readable", count, this);
    },
    onError(this: Listener, error?: Error) {
      hear("error", error, this);
    },
  }));
}

export function udpEar(): Ear<UdpCallbacks> {
  return new Ear((hear) => ({
    onReadable(this: Udp, count: number) {
      hear("readable", count, this);
    },
    onError(this: Udp, error?: Error) {
      hear("error", error, this);
    },
  }));
}
