import { createFramesHost } from "../../hosts/xs/frames/index.js";
import { Ipv4Address } from "../../src/address/index.js";
import type { Listener, Tcp } from "../../src/host/index.js";
import { decodeUtf8, encodeUtf8, TcpSocket, UdpSocket, type SocketProvider } from "../../src/socket/index.js";
import { Stack } from "../../src/stack/index.js";
import { serve } from "./serve.js";

declare global {
  /** Connections that nobody talks over. */
  var kept: (Tcp | TcpSocket)[];
}

globalThis.kept = [];

const CALLBACKS = Object.freeze({
  onReadable: () => undefined,
  onError: () => undefined,
  onEnd: () => undefined,
});

/**
 * A stack of the device profile at 192.168.7.60: an echo on port 7, and on 8, 9 and 10 connections
 * that are only kept: as ECMA-419's TCP, as TcpSockets, and as TcpSockets that wait to receive.
 */
const port = createFramesHost(({ random, log, link, timers }) => {
  const stack = new Stack({ random, log, profile: "device" });
  const address = Ipv4Address.parse("192.168.7.60");
  stack.attach(link, { name: "eth0" }).configure({ address, prefixLength: 24, dns: [] });
  const provider: SocketProvider = { io: stack.io, timers };
  const failed = (error: unknown): void => log("error", String(error));
  echo(provider).catch(failed);
  echoDatagrams(provider).catch(failed);
  new stack.io.Listener({
    port: 8,
    onReadable(this: Listener) {
      for (let from = this.read(); from !== undefined; from = this.read())
        kept.push(new stack.io.TCP({ from, ...CALLBACKS }));
    },
  });
  serveConnections(provider, 9, (socket) => void kept.push(socket)).catch(failed);
  serveConnections(provider, 10, (socket) => {
    kept.push(socket);
    socket.recv(100).catch(failed);
  }).catch(failed);
  return stack;
});

async function serveConnections(
  provider: SocketProvider,
  port: number,
  serveOne: (socket: TcpSocket) => void,
): Promise<void> {
  const listener = new TcpSocket(provider);
  await listener.bind({ address: "0.0.0.0", port });
  await listener.listen();
  for await (const socket of listener.connections()) serveOne(socket);
}

/** Sends back what it receives, as text, and "bye" at the end. */
async function echo(provider: SocketProvider): Promise<void> {
  await serveConnections(provider, 7, (socket) => {
    const conversation = async (): Promise<void> => {
      for await (const bytes of socket) await socket.sendAll(encodeUtf8(decodeUtf8(bytes, "lossy")));
      await socket.sendAll(encodeUtf8("bye"));
      await socket.close();
    };
    void conversation();
  });
}

async function echoDatagrams(provider: SocketProvider): Promise<void> {
  const socket = new UdpSocket(provider);
  await socket.bind("0.0.0.0:7");
  for await (const { data, address } of socket) await socket.sendTo(data, address);
}

serve(port);
