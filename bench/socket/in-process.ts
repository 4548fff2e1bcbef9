import { nodeTimers } from "../../hosts/node/index.js";
import { TcpSocket, type SocketProvider } from "../../src/socket/index.js";
import { Pair, SERVER_ADDRESS } from "../support/pair.js";

const PORT = 9;
/** What a handshake may take on a busy machine, in ms. */
export const PATIENCE = 30_000;

/** Two ends of a connection between two stacks in this process. */
export interface SocketPair {
  readonly pair: Pair;
  readonly client: TcpSocket;
  readonly server: TcpSocket;
}

export async function connectInProcess(): Promise<SocketPair> {
  const pair = new Pair();
  const listener = new TcpSocket(providerOf(pair.server.io), { noDelay: true });
  await listener.bind([SERVER_ADDRESS, PORT]);
  await listener.listen();
  const client = new TcpSocket(providerOf(pair.client.io), { noDelay: true });
  let server: TcpSocket | undefined;
  const connecting = Promise.all([listener.accept(), client.connect([SERVER_ADDRESS, PORT])]);
  void connecting.then(([{ socket }]) => (server = socket));
  await pair.runAwaiting(() => server !== undefined, PATIENCE);
  return { pair, client, server: server! };
}

function providerOf(io: SocketProvider["io"]): SocketProvider {
  return { io, timers: nodeTimers };
}
