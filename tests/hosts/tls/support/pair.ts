import { afterEach } from "@jest/globals";
import {
  secureIo,
  secureSockets,
  type SecureIoOptions,
  type SecureSocketsOptions,
} from "../../../../hosts/node/tls/index.js";
import type { NetworkError } from "../../../../src/error/index.js";
import type { Io, Listener, SecureOptions, Tcp, TcpOptions } from "../../../../src/host/index.js";
import type { Place } from "./places.js";

/** Things to be closed when a test is over. */
const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

export function closeLater<T extends { close(): void }>(thing: T): T {
  open.push(thing);
  return thing;
}

/** What happened to a socket, in order, and what it received. */
export class Diary {
  readonly events: string[] = [];
  readonly pieces: Buffer[] = [];
  error: NetworkError | undefined;
  tcp: Tcp | undefined;
  io: Pick<Io, "TCP"> | undefined;

  get text(): string {
    return Buffer.concat(this.pieces).toString("latin1");
  }

  has(event: string): boolean {
    return this.events.includes(event);
  }

  /** Options of a TCP that writes it. */
  readonly callbacks: TcpOptions = {
    onWritable: () => this.#note("writable"),
    onReadable: () => {
      this.#note("readable");
      const bytes = this.tcp!.read();
      if (bytes instanceof ArrayBuffer) this.pieces.push(Buffer.from(bytes));
    },
    onEnd: () => this.#note("end"),
    onError: (error) => {
      this.error = error as NetworkError;
      this.#note("error");
    },
  };

  /** Goes on with other callbacks besides its own. */
  wrap(options: TcpOptions, io = this.io!): void {
    this.tcp = closeLater(new io.TCP({ from: this.tcp!, ...this.callbacks, ...options }));
  }

  #note(event: string): void {
    if (this.events.at(-1) !== event) this.events.push(event);
  }
}

export interface ServerSide {
  readonly listener: Listener;
  /** Those that were accepted. */
  readonly diaries: Diary[];
  /** Handshakes that failed. */
  readonly failures: NetworkError[];
}

/** Listens with TLS and accepts all there are. */
export function serve(
  place: Place,
  options: Omit<SecureIoOptions, "timers" | "task">,
  onAccept: (diary: Diary) => void = () => undefined,
): ServerSide {
  const failures: NetworkError[] = [];
  const diaries: Diary[] = [];
  const { timers, task } = place;
  const onHandshakeFailure = (error: NetworkError): void => void failures.push(error);
  const io = secureIo(place.server, { timers, ...(task && { task }), onHandshakeFailure, ...options });
  const listener = closeLater(
    new io.Listener({
      onReadable() {
        for (let from = this.read(); from !== undefined; from = this.read()) {
          const diary = new Diary();
          diary.io = io;
          diaries.push(diary);
          diary.tcp = closeLater(new io.TCP({ from, ...diary.callbacks }));
          onAccept(diary);
        }
      },
    }),
  );
  return { listener, diaries, failures };
}

export interface Call extends SecureOptions, Omit<SecureSocketsOptions, "timers" | "task"> {
  /** Absent: localhost. */
  readonly name?: string;
  readonly port: number;
}

/** Connects with TLS. */
export function call(
  place: Place,
  { name = "localhost", port, alpn, ...options }: Call,
  callbacks: TcpOptions = {},
): Diary {
  const { timers, task, address } = place;
  const secure = secureSockets(place.client, { timers, ...(task && { task }), ...options });
  const diary = new Diary();
  diary.io = secure.connect(name, alpn && { alpn });
  diary.tcp = closeLater(new diary.io.TCP({ address, port, ...diary.callbacks, ...callbacks }));
  return diary;
}
