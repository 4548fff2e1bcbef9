import { ask, bytesOfNumber, call, register, unmetered, unregister, type NativeObject } from "./bridge.js";
import { EventKind, Operation } from "./protocol.js";

interface Options {
  readonly from?: TCP;
  readonly target?: unknown;
  readonly onReadable?: (this: object, value: number) => void;
  readonly onWritable?: (this: object, value: number) => void;
  readonly onError?: (this: object) => void;
}

/** An object of the platform's: the double on the other side has the socket. The real ones keep their callbacks in C. */
class Socket implements NativeObject {
  target: unknown;
  readonly id: number;
  readonly onReadable: Options["onReadable"];
  readonly onWritable: Options["onWritable"];
  readonly onError: Options["onError"];

  /** @param native what it is called on the other side; absent: a bare one that is made there */
  constructor(options: Options, native?: string) {
    this.target = options.target;
    this.onReadable = options.onReadable;
    this.onWritable = options.onWritable;
    this.onError = options.onError;
    this.id = register(this);
    if (native === undefined) return;
    const { from } = options;
    unmetered(() => open(this, native, options));
    if (from !== undefined) unregister(from);
  }

  happened(kind: number, value: number): void {
    if (kind === EventKind.readable) this.onReadable!(value);
    else if (kind === EventKind.writable) this.onWritable!(value);
    else this.onError!();
  }

  close(): void {
    if (unregister(this)) call("socket", "close", this.id);
  }
}

function open(socket: Socket, native: string, options: Options): void {
  const { from, onReadable, onWritable, onError } = options;
  // Address, port and what else is plain.
  const rest = Object.fromEntries(Object.entries(options).filter(([, value]) => Object(value) !== value));
  const callbacks = [onReadable, onWritable, onError].map((callback) => callback !== undefined);
  try {
    call(native, "new", socket.id, from?.id, callbacks, rest);
  } catch (error) {
    unregister(socket);
    throw error;
  }
}

/** `embedded:io/socket/tcp`. */
export class TCP extends Socket {
  constructor(options: Options, isBare = false) {
    super(options, isBare ? undefined : "TCP");
  }

  get remoteAddress(): unknown {
    return call("socket", "get", this.id, "remoteAddress");
  }

  get remotePort(): unknown {
    return call("socket", "get", this.id, "remotePort");
  }

  read(): ArrayBuffer | undefined {
    return ask(Operation.read, this.id);
  }

  write(bytes: Uint8Array): number | undefined {
    const room = ask(Operation.write, this.id, bytes);
    return room && new DataView(room).getInt32(0);
  }
}

/** `embedded:io/socket/listener`. */
export class Listener extends Socket {
  constructor(options: Options) {
    super(options, "Listener");
  }

  get port(): unknown {
    return call("socket", "get", this.id, "port");
  }

  read(): TCP | undefined {
    const bare = new TCP({}, true);
    if (call("socket", "accept", this.id, bare.id) === true) return bare;
    unregister(bare);
    return undefined;
  }
}

/** `embedded:io/socket/udp`. */
export class UDP extends Socket {
  constructor(options: Options) {
    super(options, "UDP");
  }

  read(): unknown {
    const packet = call("socket", "receive", this.id) as { data: ArrayBuffer; address: string; port: number };
    if (packet === undefined) return undefined;
    const { data, address, port } = packet;
    return Object.assign(data, { address, port });
  }

  write(data: Uint8Array, address: string, port: number): void {
    call("socket", "send", this.id, data, address, port);
  }

  add(group: string): void {
    call("socket", "join", this.id, group);
  }

  remove(group: string): void {
    call("socket", "leave", this.id, group);
  }
}

/** A timer of the platform's. */
class NativeTimer implements NativeObject {
  readonly id: number;
  readonly callback: (timer: object) => void;

  constructor(callback: (timer: object) => void, delay: number) {
    this.callback = callback;
    this.id = register(this);
    ask(Operation.setTimer, this.id, bytesOfNumber(delay));
  }

  happened(): void {
    this.callback(this);
  }
}

/** `timer`. */
export const Timer = Object.freeze({
  set: (callback: (timer: object) => void, delay = 0) => new NativeTimer(callback, delay),
  clear: (timer: NativeTimer | undefined) => {
    if (timer !== undefined && unregister(timer)) ask(Operation.clearTimer, timer.id);
  },
});
