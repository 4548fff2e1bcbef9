import { afterEach } from "@jest/globals";
import { createServer, connect as nodeConnect, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { nodeIo } from "../../../hosts/node/io/index.js";
import type {
  ByteBuffer,
  Listener,
  ListenerOptions,
  Tcp,
  TcpOptions,
  Udp,
  UdpOptions,
} from "../../../src/host/index.js";

/** What is to be done when a test is over. */
export const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Resolves with the value that `give` is called with first. */
export function first<T = void>(start: (give: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve) => start(resolve));
}

export const text = (data: ArrayBuffer | number | undefined): string =>
  Buffer.from(data as ArrayBuffer).toString("latin1");
export const bytes = (content: string): Uint8Array => Buffer.from(content, "latin1");

export function tcp(options: TcpOptions): Tcp {
  const socket = new nodeIo.TCP(options);
  cleanups.push(() => socket.close());
  return socket;
}

/** For onWritable, which is called whenever room came free: writes the first time. */
export function say(data: ByteBuffer | number): (this: Tcp) => void {
  let said = false;
  return function () {
    if (!said) this.write(data);
    said = true;
  };
}

export function listen(options: ListenerOptions = {}): Listener {
  const listener = new nodeIo.Listener({ port: 0, ...options });
  cleanups.push(() => listener.close());
  return listener;
}

export function udp(options: UdpOptions): Udp {
  const socket = new nodeIo.UDP(options);
  cleanups.push(() => socket.close());
  return socket;
}

/** A plain server of Node's, and its side of the connections. */
export async function plainServer(onConnection: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    cleanups.push(() => socket.destroy());
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  cleanups.push(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as { port: number }).port;
}

export function plainClient(port: number): Socket {
  const socket = nodeConnect({ port, host: "127.0.0.1", allowHalfOpen: true });
  cleanups.push(() => socket.destroy());
  socket.on("error", () => undefined);
  return socket;
}

/** A port of the loopback address that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
