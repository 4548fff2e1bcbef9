// The time of day, asked of everybody at once: a broadcast over UDP.
//
// What there is to learn: one datagram to the broadcast address reaches every host of the network, and whoever has the
// service answers; so a client can find servers that it knows nothing of. POSIX wants the sender's word for it (`broadcast:
// true`), since everybody's computer has to look at it. And how to set a clock by an answer that took a while: half of
// the round trip has passed since the server wrote it (Cristian's algorithm).
import { NetworkError } from "wirelet/error";
import { UdpSocket, decodeUtf8, encodeUtf8 } from "wirelet/socket";
import type { Context } from "./context.js";

/** Daytime has port 13 (RFC 867), but ports below 1024 often need a privilege. */
const PORT = 1313;
const QUESTION = "What time is it?";
/** Lost questions and answers are not missed: the question is asked again, so many times in all. */
const QUESTIONS = 3;
/** How long answers may take, in ms. */
const PATIENCE = 1_000;

/** Arguments: [NAME] [PORT] */
export async function server({ sockets, args, wallClock, print, signal }: Context): Promise<void> {
  const [name = "Somebody", port = PORT] = args;
  // Several servers of one host can share the port: a broadcast goes to each of them.
  const socket = new UdpSocket(sockets, { reuseAddress: true });
  try {
    await socket.bind(`0.0.0.0:${port}`);
    print(`asked on port ${port}, I tell the time`);
    for (;;) {
      const { data, address } = await socket.recvFrom({ signal });
      const now = wallClock.now();
      // A device that has not heard the time itself says nothing.
      if (now === undefined || decodeUtf8(data, "lossy") !== QUESTION) continue;
      await socket.sendTo(encodeUtf8(`${new Date(now).toISOString()} ${name}`), address, { signal });
      print(`${address} knows it now`);
    }
  } finally {
    await socket.close();
  }
}

/** Arguments: [PORT] */
export async function client(context: Context): Promise<void> {
  const { sockets, network, args, print, signal } = context;
  const [port = PORT] = args;
  const everybody = network.broadcast ?? network.address;
  const socket = new UdpSocket(sockets, { broadcast: true });
  const answered = new Set<string>();
  try {
    for (let question = 1; question <= QUESTIONS; question++) {
      print(`to everybody at ${everybody}: ${QUESTION}`);
      await socket.sendTo(encodeUtf8(QUESTION), `${everybody}:${port}`, { signal });
      await collect(context, socket, answered);
    }
  } finally {
    await socket.close();
  }
  const { size } = answered;
  print(size === 0 ? "nobody knows" : `${size} ${size === 1 ? "clock" : "clocks"} found`);
}

async function collect(
  { clock, wallClock, print, signal }: Context,
  socket: UdpSocket,
  answered: Set<string>,
): Promise<void> {
  const asked = clock.now();
  try {
    for (;;) {
      const left = PATIENCE - (clock.now() - asked);
      const { data, address } = await socket.recvFrom({ signal, timeout: Math.max(0, left) });
      const [time = "", server = ""] = decodeUtf8(data, "lossy").split(" ");
      if (answered.has(server)) continue;
      answered.add(server);
      const now = Date.parse(time) + (clock.now() - asked) / 2;
      const ahead = now - (wallClock.now() ?? now);
      print(`${server} at ${address.address} says ${time}, ${describe(ahead)}`);
    }
  } catch (error) {
    if (!(error instanceof NetworkError) || error.code !== "ETIMEDOUT") throw error;
  }
}

/** @param ahead how far the server's clock is ahead of this one, in ms */
function describe(ahead: number): string {
  if (Number.isNaN(ahead)) return "which is no time";
  const seconds = (Math.abs(ahead) / 1000).toFixed(3);
  return `${seconds} s ${ahead < 0 ? "behind" : "ahead of"} my clock`;
}
