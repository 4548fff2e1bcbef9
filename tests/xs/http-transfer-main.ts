import type {
  ByteBuffer,
  Io,
  Listener,
  ListenerOptions,
  Tcp,
  TcpFormat,
  TcpOptions,
} from "../../src/host/index.js";
import { NetworkError } from "../../src/error/index.js";
import { HttpServer } from "../../src/http/server/index.js";

/** What this machine's commands do: the first byte of each. The answer is what the server has written since. */
export const Command = Object.freeze({
  /** The server starts, and a client connects. */
  start: 0,
  /** The rest of the command arrives. */
  receive: 1,
  /** What was written is acknowledged: there is all the room again. */
  acknowledge: 2,
  /** A timer that is due runs. */
  tick: 3,
});

/** Bytes that lwIP on ESP32 takes before the other side has acknowledged any. */
const ROOM = 5_744;
const PAGE = 2 ** 20;

let tcp: TransferTcp | undefined;
let accept: (() => void) | undefined;
let due: (() => void)[] = [];
let written: Uint8Array[] = [];
let room = ROOM;

/** A socket with the room of a device's. */
class TransferTcp implements Tcp {
  target: unknown;
  format: TcpFormat = "buffer";
  readonly remoteAddress = "192.0.2.7";
  readonly remotePort = 49152;
  received = new Uint8Array(0);
  readonly onReadable: TcpOptions["onReadable"];
  readonly onWritable: TcpOptions["onWritable"];

  constructor(options: TcpOptions) {
    this.target = options.target;
    this.onReadable = options.onReadable;
    this.onWritable = options.onWritable;
  }

  read(): ArrayBuffer | undefined;
  read(byteLength: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(target?: number | ByteBuffer): ArrayBuffer | number | undefined {
    const memory = target as Uint8Array;
    const count = Math.min(memory.length, this.received.length);
    if (count === 0) return undefined;
    memory.set(this.received.subarray(0, count));
    this.received = this.received.slice(count);
    return count;
  }

  write(data: ByteBuffer | number): number {
    const bytes = data as Uint8Array;
    if (bytes.length > room) throw new NetworkError("EWOULDBLOCK", "write");
    written.push(bytes.slice());
    room -= bytes.length;
    return room;
  }

  close(): void {
    tcp = undefined;
  }
}

class TransferListener implements Listener {
  target: unknown;
  readonly format = "socket/tcp";
  readonly port = 80;

  constructor(options: ListenerOptions) {
    accept = () => options.onReadable?.call(this, 1);
  }

  read(): Tcp {
    return new TransferTcp({});
  }

  close(): void {
    accept = undefined;
  }
}

const AcceptedTcp = function (options: TcpOptions): Tcp {
  return (tcp = new TransferTcp(options));
};

/** Takes an upload, with a rest at each sixteenth piece; gives a page; and gives back what it gets. */
function start(): void {
  const server = new HttpServer({
    io: { TCP: AcceptedTcp, Listener: TransferListener } as unknown as Io,
    port: 80,
    clock: { now: () => 1000 },
    timers: {
      set(callback, delay) {
        if (delay <= 0) due.push(callback);
        return callback;
      },
      clear: (handle) => (due = due.filter((callback) => callback !== handle)),
    },
  });
  server.post(
    "/upload",
    (request, response) => {
      let count = 0;
      let sum = 0;
      let pieces = 0;
      request.readBody({
        onData(bytes) {
          count += bytes.length;
          sum += bytes[0]!;
          if (++pieces % 16 > 0) return;
          request.pause();
          due.push(() => request.resume());
        },
        onEnd: () => response.json({ count, sum: sum > 0 }),
      });
    },
    { body: "stream" },
  );
  server.get("/page", (_, response) => {
    let position = 0;
    response.sendFrom({
      length: PAGE,
      read(buffer) {
        const count = Math.min(buffer.length, PAGE - position);
        buffer.fill(0x30 + (position % 10), 0, count);
        position += count;
        return count;
      },
    });
  });
  server.start();
  accept?.();
  tcp?.onWritable?.call(tcp, room);
}

function run(command: number, bytes: Uint8Array): void {
  if (command === Command.start) start();
  if (tcp === undefined) return;
  if (command === Command.receive) {
    const unread = tcp.received;
    const received = new Uint8Array(unread.length + bytes.length);
    received.set(unread);
    received.set(bytes, unread.length);
    tcp.received = received;
    tcp.onReadable?.call(tcp, received.length);
  } else if (command === Command.acknowledge) {
    room = ROOM;
    tcp.onWritable?.call(tcp, room);
  } else if (command === Command.tick) {
    const callbacks = due;
    due = [];
    for (const callback of callbacks) callback();
  }
}

globalThis.handleCommand = (request) => {
  run(new Uint8Array(request)[0]!, new Uint8Array(request, 1));
  let length = 0;
  for (const bytes of written) length += bytes.length;
  const result = new Uint8Array(length);
  let at = 0;
  for (const bytes of written) {
    result.set(bytes, at);
    at += bytes.length;
  }
  written = [];
  return { result: result.buffer };
};
