import type { NativeIo, NativeListener, NativeTcp, NativeUdp } from "../../../hosts/xs/io/native.js";
import type { TimerHandle, Timers } from "../../../src/host/index.js";
import { ARGUMENT_AT, EventKind, fromJson, Operation, Outcome, toJson } from "../moddable/protocol.js";

/** The methods of an object that is asked for in JSON. */
export type Service = Readonly<Record<string, (...values: never[]) => unknown>>;

/** Tells the engine what has happened to an object. */
export type Tell = (kind: number, id: number, value?: number) => void;

type Socket = NativeTcp | NativeListener | NativeUdp;

const NOTHING = Uint8Array.of(Outcome.nothing);

export interface NativesOptions {
  readonly io: NativeIo;
  readonly timers: Timers;
  readonly tell: Tell;
  readonly trace: (text: string) => void;
  /** `net`, `wifi` and what else there is. */
  readonly services: Readonly<Record<string, Service>>;
}

/** What stands behind the engine's objects: the doubles of the platform's sockets, timers, and the rest. */
export class Natives {
  readonly #options: NativesOptions;
  readonly #sockets = new Map<number, Socket>();
  readonly #timers = new Map<number, TimerHandle>();
  readonly #services: Readonly<Record<string, Service>>;
  /** How often each operation was asked for. */
  readonly asked = new Map<number, number>();

  constructor(options: NativesOptions) {
    this.#options = options;
    this.#services = { ...this.#socketServices(), ...options.services };
  }

  get sockets(): number {
    return this.#sockets.size;
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Whether the object is still what it was. */
  has(kind: number, id: number): boolean {
    if (kind === EventKind.timer) return this.#timers.has(id);
    return kind === EventKind.changed || this.#sockets.has(id);
  }

  /** What the engine is told; what a native throws goes to whoever has called it there. */
  answer(request: Uint8Array): Uint8Array {
    try {
      return resultOf(this.#perform(request));
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return Buffer.concat([Uint8Array.of(Outcome.error), Buffer.from(toJson([name, message]))]);
    }
  }

  #perform(request: Uint8Array): Uint8Array | undefined {
    const operation = request[0]!;
    const id = (request[1]! << 8) | request[2]!;
    const argument = Buffer.from(request.subarray(ARGUMENT_AT));
    this.asked.set(operation, (this.asked.get(operation) ?? 0) + 1);
    switch (operation) {
      case Operation.call:
        return this.#call(argument.toString());
      case Operation.trace:
        this.#options.trace(argument.toString());
        return undefined;
      case Operation.read: {
        const bytes = this.#socket<NativeTcp>(id).read();
        return bytes && new Uint8Array(bytes);
      }
      case Operation.write: {
        const room = this.#socket<NativeTcp>(id).write(argument);
        return room === undefined ? undefined : bytesOfNumber(room);
      }
      case Operation.setTimer:
        this.#setTimer(id, argument.readInt32BE());
        return undefined;
      case Operation.clearTimer:
        this.#options.timers.clear(this.#timers.get(id));
        this.#timers.delete(id);
        return undefined;
      default:
        throw new Error(`no operation ${operation}`);
    }
  }

  #call(json: string): Uint8Array | undefined {
    const [object, method, ...values] = fromJson(json) as [string, string, ...never[]];
    const service = this.#services[object]?.[method];
    if (service === undefined) throw new Error(`the double has no ${object}.${method}`);
    const result = service(...values);
    return result === undefined ? undefined : Buffer.from(toJson(result));
  }

  #setTimer(id: number, delay: number): void {
    const run = (): void => this.#options.tell(EventKind.timer, id);
    this.#timers.set(id, this.#options.timers.set(run, delay));
  }

  /** A timer has run in the engine, which knows it no more. */
  timerRan(id: number): void {
    this.#timers.delete(id);
  }

  #socketServices(): Readonly<Record<string, Service>> {
    const { io, tell } = this.#options;
    type Callbacks = readonly [isReadable: boolean, isWritable: boolean, isError: boolean];
    const callbacks = (id: number, [isReadable, isWritable, isError]: Callbacks): object => ({
      ...(isReadable && { onReadable: (count: number) => tell(EventKind.readable, id, count) }),
      ...(isWritable && { onWritable: (room: number) => tell(EventKind.writable, id, room) }),
      ...(isError && { onError: () => tell(EventKind.error, id) }),
    });
    const create = (Class: new (options: never) => Socket): Service => ({
      new: (id: number, from: number | null, which: Callbacks, rest: object) => {
        const taken = from === null ? {} : { from: this.#socket<NativeTcp>(from) };
        this.#sockets.set(id, new Class({ ...rest, ...taken, ...callbacks(id, which) } as never));
        if (from !== null) this.#sockets.delete(from);
      },
    });
    return {
      TCP: create(io.TCP),
      Listener: create(io.Listener),
      UDP: create(io.UDP),
      socket: {
        get: (id: number, name: string) => (this.#socket(id) as unknown as Record<string, unknown>)[name],
        close: (id: number) => {
          const socket = this.#socket(id);
          this.#sockets.delete(id);
          socket.close();
        },
        accept: (listener: number, id: number) => {
          const bare = this.#socket<NativeListener>(listener).read();
          if (bare !== undefined) this.#sockets.set(id, bare);
          return bare !== undefined;
        },
        receive: (id: number) => {
          const packet = this.#socket<NativeUdp>(id).read();
          return packet && { data: new Uint8Array(packet), address: packet.address, port: packet.port };
        },
        send: (id: number, data: ArrayBuffer, address: string, port: number) =>
          this.#socket<NativeUdp>(id).write(new Uint8Array(data), address, port),
        join: (id: number, group: string) => this.#socket<NativeUdp>(id).add?.(group),
        leave: (id: number, group: string) => this.#socket<NativeUdp>(id).remove?.(group),
      },
    };
  }

  #socket<T extends Socket>(id: number): T {
    const socket = this.#sockets.get(id);
    if (socket === undefined) throw new SyntaxError("C: xsGetHostData: invalid host data");
    return socket as T;
  }
}

function resultOf(result: Uint8Array | undefined): Uint8Array {
  return result === undefined ? NOTHING : Buffer.concat([Uint8Array.of(Outcome.result), result]);
}

function bytesOfNumber(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
