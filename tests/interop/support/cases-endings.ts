import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Tcp } from "../../../src/host/index.js";
import { stateName, type TcpConnection } from "../../../src/stack/index.js";
import { openTapHost, type TapHost } from "./tap-host.js";

const PORT = 7;
/** Nobody listens there. */
const CLOSED_PORT = 9;
/** More than one window. */
const MUCH = 1024 * 1024;

/** What happened to a socket, in order: "data 5", "end", "error ECONNRESET", "close". */
class Diary {
  readonly lines: string[] = [];
  bytes = 0;
  #waiting: [line: string, resolve: () => void][] = [];

  note(line: string): void {
    this.lines.push(line);
    this.#waiting = this.#waiting.filter(([wanted, resolve]) => {
      if (wanted === line) resolve();
      return wanted !== line;
    });
  }

  until(line: string): Promise<void> {
    if (this.lines.includes(line)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push([line, resolve]));
  }

  /** Keeps that of a kernel's socket. */
  static of(socket: Socket): Diary {
    const diary = new Diary();
    socket.on("data", (piece) => (diary.bytes += piece.length));
    socket.on("end", () => diary.note("end"));
    socket.on("error", (error: NodeJS.ErrnoException) => diary.note(`error ${error.code}`));
    socket.on("close", () => diary.note("close"));
    return diary;
  }
}

/** A connection between the two, and a diary of each end. */
interface Joined {
  readonly host: TapHost;
  readonly socket: Socket;
  readonly kernel: Diary;
  readonly tcp: Tcp;
  readonly ours: Diary;
  readonly connection: TcpConnection;
}

interface Options {
  /** Who opens the connection. */
  readonly connector: "stack" | "kernel";
  /** The stack's program leaves what arrives where it is. */
  readonly unread?: boolean;
}

async function join({ connector, unread = false }: Options): Promise<Joined> {
  const host = await openTapHost();
  const ours = new Diary();
  const callbacks = {
    onWritable: () => ours.note("writable"),
    onReadable(this: Tcp) {
      const piece = unread ? undefined : this.read();
      if (piece instanceof ArrayBuffer) ours.bytes += piece.byteLength;
      ours.note("readable");
    },
    onEnd: () => ours.note("end"),
    onError: (error?: Error) => ours.note(`error ${(error as { code?: string } | undefined)?.code}`),
  };
  let socket: Socket;
  let tcp!: Tcp;
  if (connector === "kernel") {
    const { Listener, TCP } = host.stack.io;
    const accepted = new Promise<void>((resolve) => {
      new Listener({
        port: PORT,
        onReadable() {
          tcp = new TCP({ from: this.read()!, ...callbacks });
          this.close();
          resolve();
        },
      });
    });
    socket = connect({ host: host.ours.address, port: PORT, allowHalfOpen: true });
    await accepted;
  } else {
    const server = await serve();
    const { port } = server.address() as AddressInfo;
    tcp = new host.stack.io.TCP({ address: host.kernel.address, port, ...callbacks });
    [socket] = (await once(server, "connection")) as [Socket];
    server.close();
  }
  await ours.until("writable");
  return { host, socket, kernel: Diary.of(socket), tcp, ours, connection: host.stack.tcp.connections[0]! };
}

async function serve(): Promise<Server> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0);
  await once(server, "listening");
  return server;
}

function result({ host, kernel, ours }: Joined): object {
  const states = host.stack.tcp.endpoints.all().map(({ state }) => stateName(state));
  host.close();
  return { kernel: kernel.lines, ours: ours.lines.filter((line) => !line.includes("able")), states };
}

/** The kernel ends its direction; the stack's program learns it, and answers with all it has before it closes. */
export async function halfCloseByKernel(options: Options): Promise<object> {
  const joined = await join(options);
  const { socket, kernel, tcp, ours, connection } = joined;
  socket.end(Buffer.alloc(100));
  await ours.until("end");
  let left = MUCH;
  while (left > 0) {
    const room = Math.min(connection.writable, left);
    if (room > 0) tcp.write(new Uint8Array(room));
    else await new Promise((resolve) => setTimeout(resolve, 1));
    left -= room;
  }
  tcp.close();
  await kernel.until("close");
  return { ...result(joined), received: { ours: ours.bytes, kernel: kernel.bytes } };
}

/** The stack ends its direction and goes on reading. */
export async function halfCloseByStack(options: Options): Promise<object> {
  const joined = await join(options);
  const { socket, kernel, tcp, ours, connection } = joined;
  tcp.write(new Uint8Array(100));
  connection.shutdown();
  await kernel.until("end");
  socket.end(Buffer.alloc(MUCH));
  await ours.until("end");
  await kernel.until("close");
  tcp.close();
  return { ...result(joined), received: { ours: ours.bytes, kernel: kernel.bytes } };
}

/** SO_LINGER with no time: the kernel resets. */
export async function resetByKernel(options: Options): Promise<object> {
  const joined = await join(options);
  joined.socket.resetAndDestroy();
  await joined.ours.until("error ECONNRESET");
  return result(joined);
}

/** The stack's program closes without having read all: RFC 2525 §2.17 wants a reset. */
export async function resetByStack(options: Options): Promise<object> {
  const joined = await join({ ...options, unread: true });
  joined.socket.write(Buffer.alloc(100));
  await joined.ours.until("readable");
  joined.tcp.close();
  await joined.kernel.until("close");
  return result(joined);
}

/** Each connects to a port of the other's where nobody listens. */
export async function closedPort(): Promise<object> {
  const host = await openTapHost();
  const kernel = Diary.of(connect({ host: host.ours.address, port: CLOSED_PORT }));
  const ours = await new Promise<string>((resolve) => {
    new host.stack.io.TCP({
      address: host.kernel.address,
      port: CLOSED_PORT,
      onError: (error) => resolve((error as { code?: string } | undefined)?.code ?? "no code"),
    });
  });
  await kernel.until("close");
  const connections = host.stack.tcp.connections.length;
  host.close();
  return { kernel: kernel.lines, ours, connections };
}
