import { SocketAddress } from "wirelet/address/index";
import { encodeUtf8, TcpSocket, type SocketProvider } from "wirelet/socket/index";

/** Makes a report, and hands it out a line at a time. */
export type MakeReport = (print: (line: string) => void) => Promise<unknown>;

/**
 * Makes a report for each who connects to `where`, a port, or one for `where`, an address with a port, at which somebody listens.
 * @throws NetworkError if it can't be had
 */
export async function report(provider: SocketProvider, where: string, make: MakeReport): Promise<void> {
  const socket = new TcpSocket(provider);
  if (SocketAddress.tryParse(where) !== undefined) {
    await socket.connect(where);
    await send(socket, make);
    return;
  }
  await socket.bind(`0.0.0.0:${where}`);
  await socket.listen(1);
  // One after the other: the cases of two reports would be in each other's way. A reader may leave early.
  for await (const reader of socket.connections()) await send(reader, make).catch(() => undefined);
}

async function send(socket: TcpSocket, make: MakeReport): Promise<void> {
  let sending = Promise.resolve();
  await make((line) => {
    sending = sending.then(() => socket.sendAll(encodeUtf8(`${line}\n`)));
    // It is awaited below; until then nobody else handles its failure.
    sending.catch(() => undefined);
  });
  await sending.finally(() => socket.close());
}
