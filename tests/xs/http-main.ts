import { asciiDecoder } from "../../hosts/xs/ascii-decoder.js";
import type {
  ByteBuffer,
  Io,
  Listener,
  ListenerOptions,
  Tcp,
  TcpFormat,
  TcpOptions,
} from "../../src/host/index.js";
import type { RequestEvents } from "../../src/http/message/request-events.js";
import { RequestParser } from "../../src/http/message/request-parser.js";
import { DEVICE_LIMITS, HttpServer } from "../../src/http/server/index.js";

/** What this machine's commands do: the first byte of each. */
export const Command = Object.freeze({
  /** Nothing: what a command takes by itself. */
  nothing: 0,
  /** A client connects. */
  connect: 1,
  /** The rest of the command arrives on the last connection; the answer is what the server wrote. */
  receive: 2,
  /** What `receive` takes that is not the server's: the bytes are copied to where a server reads them. */
  copy: 3,
  /** The rest goes through a parser by itself, one that has the host's decoder. */
  parse: 4,
  /** The same without that. */
  parsePortably: 5,
});

const NOTHING = new Uint8Array(0);

/** The connection made last. */
let latest: StubTcp | undefined;
/** Tells the server that a connection waits. */
let accept: (() => void) | undefined;
let written: Uint8Array[] = [];

/** A socket without a network: what arrives is put there, and what is written is counted as sent. */
class StubTcp implements Tcp {
  target: unknown;
  format: TcpFormat = "buffer";
  readonly remoteAddress = "192.0.2.7";
  readonly remotePort = 49152;
  received: Uint8Array = NOTHING;
  readonly options: TcpOptions;

  constructor(options: TcpOptions) {
    this.options = options;
    this.target = options.target;
  }

  read(): ArrayBuffer | undefined;
  read(byteLength: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(target?: number | ByteBuffer): ArrayBuffer | number | undefined {
    const { length } = this.received;
    if (length === 0) return undefined;
    (target as Uint8Array).set(this.received);
    this.received = NOTHING;
    return length;
  }

  write(data: ByteBuffer | number): number {
    written.push(data as Uint8Array);
    return 2048;
  }

  close(): void {
    latest = undefined;
  }
}

class StubListener implements Listener {
  target: unknown;
  readonly format = "socket/tcp";
  readonly port = 80;

  constructor(options: ListenerOptions) {
    accept = () => options.onReadable?.call(this, 1);
  }

  read(): Tcp {
    return new StubTcp({});
  }

  close(): void {
    accept = undefined;
  }
}

/** Notes the connections that the server takes over. */
const AcceptedTcp = function (options: TcpOptions): Tcp {
  return (latest = new StubTcp(options));
};

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(encoding: string, options: { readonly fatal: boolean });
  decode(bytes: Uint8Array): string;
}
// A device's host has native ones, too.
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const decode = asciiDecoder((bytes) => decoder.decode(new Uint8Array(bytes)));

const server = new HttpServer({
  io: { TCP: AcceptedTcp, Listener: StubListener } as unknown as Io,
  port: 80,
  clock: { now: () => 1000 },
  timers: { set: () => undefined, clear: () => undefined },
  encode: (text) => encoder.encode(text),
  decode,
  limits: { connections: 64 },
});
server.get("/", (_, response) => response.send("Hello"));
server.get("/api/led", (_, response) => response.json({ on: true, brightness: 80 }));
server.route("POST", "/api/led", (request, response) => response.json({ bytes: request.body.length }));
server.start();

const events: RequestEvents = {
  onHead: () => undefined,
  onBody: () => undefined,
  onComplete: () => undefined,
  onRefusal: ({ detail }) => {
    throw new Error(detail);
  },
};
const parser = new RequestParser(DEVICE_LIMITS, events, decode);
const portableParser = new RequestParser(DEVICE_LIMITS, events);
const memory = new Uint8Array(DEVICE_LIMITS.head);

function run(command: number, bytes: Uint8Array): void {
  if (command === Command.connect) {
    accept?.();
    latest?.options.onWritable?.call(latest, 2048);
  } else if (command === Command.receive && latest !== undefined) {
    latest.received = bytes;
    latest.options.onReadable?.call(latest, bytes.length);
  } else if (command === Command.copy) {
    memory.set(bytes);
  } else if (command === Command.parse || command === Command.parsePortably) {
    const used = command === Command.parse ? parser : portableParser;
    used.push(bytes, 0, bytes.length);
    used.reset();
  }
}

globalThis.handleCommand = (request) => {
  written = [];
  run(new Uint8Array(request)[0]!, new Uint8Array(request, 1));
  return {
    get result() {
      const [first] = written;
      return first === undefined ? NOTHING.buffer : first.slice().buffer;
    },
  };
};
