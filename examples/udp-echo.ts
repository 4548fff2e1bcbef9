// UDP echo: a server that sends each datagram back, and a client that asks again when no answer comes.
//
// What there is to learn: UDP has no connections, only datagrams. One socket talks to everybody; each datagram says where
// it comes from. It arrives whole or not at all, and nobody says which: so the client numbers its datagrams, waits for the
// answer with that number for a while, and then sends once more. Run it with --loss 0.3 to see that happen.
import { NetworkError } from "wirelet/error";
import { UdpSocket, decodeUtf8, encodeUtf8, type CancelSignal } from "wirelet/socket";
import type { Context } from "./context.js";

/** Echo has port 7 (RFC 862), but ports below 1024 often need a privilege. */
const PORT = 7007;
/** How long an answer may take, in ms, before the datagram or its answer counts as lost. */
const PATIENCE = 500;
const ATTEMPTS = 20;

/** Arguments: [PORT] */
export async function server({ sockets, args, print, signal }: Context): Promise<void> {
  const [port = PORT] = args;
  const socket = new UdpSocket(sockets);
  try {
    await socket.bind(`0.0.0.0:${port}`);
    print(`waiting for datagrams on port ${port}`);
    for (;;) {
      const { data, address } = await socket.recvFrom({ signal });
      print(`${data.length} bytes from ${address}: back they go`);
      await socket.sendTo(data, address, { signal });
    }
  } finally {
    await socket.close();
  }
}

/** Arguments: [HOST:PORT] */
export async function client({ sockets, args, input, print, signal, clock }: Context): Promise<void> {
  const [server = `localhost:${PORT}`] = args;
  const socket = new UdpSocket(sockets);
  let number = 0;
  try {
    for await (const line of input) {
      const datagram = `${++number} ${line}`;
      const begin = clock.now();
      for (let attempt = 1; ; attempt++) {
        await socket.sendTo(encodeUtf8(datagram), server, { signal });
        if (await isAnswered(socket, datagram, signal)) break;
        if (attempt === ATTEMPTS)
          throw new NetworkError(
            "ETIMEDOUT",
            "hear an echo from",
            server,
            `no answer to ${ATTEMPTS} datagrams`,
          );
        print(`no answer to number ${number} within ${PATIENCE} ms: once more`);
      }
      print(`"${line}" came back after ${Math.round(clock.now() - begin)} ms`);
    }
  } finally {
    await socket.close();
  }
}

/** Waits for the answer to one datagram. Other answers are late ones, to datagrams that were given up. */
async function isAnswered(socket: UdpSocket, datagram: string, signal: CancelSignal): Promise<boolean> {
  try {
    for (;;) {
      const { data } = await socket.recvFrom({ signal, timeout: PATIENCE });
      if (decodeUtf8(data, "lossy") === datagram) return true;
    }
  } catch (error) {
    if (error instanceof NetworkError && error.code === "ETIMEDOUT") return false;
    throw error;
  }
}
