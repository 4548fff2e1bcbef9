// TCP echo: a server that sends back whatever comes, and a client that says a few lines to it.
//
// What there is to learn: the stages of a TCP connection, on both sides. A server binds its socket to a port, listens, and
// accepts: each client gets a socket of its own, while the first one goes on listening. A client connects. From then on
// both can send and receive, until each has said that it sends no more.
import { NetworkError } from "wirelet/error";
import { TcpSocket, decodeUtf8, encodeUtf8, type CancelSignal } from "wirelet/socket";
import type { Context } from "./context.js";
import { dial } from "./dial.js";

/** Echo has port 7 (RFC 862), but ports below 1024 often need a privilege. */
const PORT = 7007;

/** Arguments: [PORT] */
export async function server({ sockets, args, print, signal }: Context): Promise<void> {
  const [port = PORT] = args;
  const listener = new TcpSocket(sockets);
  // 0.0.0.0 stands for all addresses of this host.
  await listener.bind(`0.0.0.0:${port}`);
  await listener.listen();
  print(`listening on port ${port}`);
  try {
    for (;;) {
      const { socket, address } = await listener.accept({ signal });
      print(`${address} has connected`);
      // Not awaited: the next client need not wait for this one to finish.
      echo(socket, signal).then(
        (bytes) => print(`${address} is done; ${bytes} bytes went back`),
        (error: Error) => print(`${address} is lost: ${error.message}`),
      );
    }
  } finally {
    await listener.close();
  }
}

async function echo(socket: TcpSocket, signal: CancelSignal): Promise<number> {
  let count = 0;
  try {
    for (;;) {
      const bytes = await socket.recv(1024, { signal });
      // No bytes: the client has said its last. What it has sent is all here; TCP sees to that.
      if (bytes.length === 0) return count;
      // A client that sends but does not receive is waited for here, and its own sending stops, too: backpressure.
      await socket.sendAll(bytes, { signal });
      count += bytes.length;
    }
  } finally {
    await socket.close();
  }
}

/** Arguments: [HOST:PORT] */
export async function client(context: Context): Promise<void> {
  const { sockets, args, input, print, signal, clock } = context;
  const [server = `localhost:${PORT}`] = args;
  const socket = new TcpSocket(sockets);
  try {
    // `socket.connect`, several times if need be.
    await dial(socket, server, context);
    const own = socket.localAddress ?? "an address that the platform does not tell";
    print(`connected to ${socket.remoteAddress}, from ${own}`);
    for await (const line of input) {
      const begin = clock.now();
      const sent = encodeUtf8(line);
      await socket.sendAll(sent, { signal });
      const echo = decodeUtf8(await receive(socket, sent.length, signal), "strict");
      print(`"${echo}" came back after ${Math.round(clock.now() - begin)} ms`);
    }
    print("that was all");
  } finally {
    // The server receives no more bytes, and so knows that this was the end. `shutdown("write")` would say as much and let this
    // side go on receiving; not every platform can do that.
    await socket.close();
  }
}

/** TCP carries bytes, not messages: what was sent in one piece may come in several, so receive until all is there. */
async function receive(socket: TcpSocket, length: number, signal: CancelSignal): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await socket.recvInto(bytes.subarray(at), { signal });
    if (count === 0) {
      const server = socket.remoteAddress?.toString();
      throw new NetworkError(
        "ECONNABORTED",
        "receive echo from",
        server,
        "the server has ended in the middle",
      );
    }
    at += count;
  }
  return bytes;
}
