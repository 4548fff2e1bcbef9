import type { Program } from "../../../../examples/context.js";
import { pause } from "../../../../examples/pause.js";
import { NetworkError } from "../../../../src/error/index.js";
import { TcpSocket, UdpSocket, encodeUtf8 } from "../../../../src/socket/index.js";

/** Between two calls that nobody answers, in ms. */
const REDIAL = 1_000;
const HELLO = "Hello, this is caller. What do you say?\n";

/** Calls until somebody answers, says hello, and sends back what it hears. Argument: HOST:PORT */
export const callByTcp: Program = async ({ sockets, args, signal }) => {
  const [callee = ""] = args;
  const socket = new TcpSocket(sockets);
  for (;;) {
    await pause(sockets.timers, REDIAL);
    try {
      await socket.connect(callee, { signal });
      break;
    } catch (error) {
      if (!(error instanceof NetworkError) || error.code !== "ECONNREFUSED") throw error;
    }
  }
  await socket.sendAll(encodeUtf8(HELLO), { signal });
  for await (const bytes of socket) await socket.sendAll(bytes, { signal });
  await socket.close();
};

/** The same in datagrams; without connections, an answer is what tells that somebody is there. */
export const callByUdp: Program = async ({ sockets, args, signal }) => {
  const [callee = ""] = args;
  const socket = new UdpSocket(sockets);
  let isAnswered = false;
  const call = async (): Promise<void> => {
    do {
      await socket.sendTo(encodeUtf8(HELLO), callee);
      await pause(sockets.timers, REDIAL);
    } while (!isAnswered && !signal.aborted);
  };
  await Promise.all([call(), listen()]);

  async function listen(): Promise<void> {
    for (;;) {
      const { data, address } = await socket.recvFrom({ signal });
      isAnswered = true;
      await socket.sendTo(data, address);
    }
  }
};
