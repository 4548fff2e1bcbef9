// A chat room over TCP: everybody hears what one says.
//
// What there is to learn: a server with many connections at once, each served by a loop of its own, and what they share. How
// to find lines in a stream of bytes. That somebody who does not listen must not make the others wait. And that there are
// two ways to leave: an orderly end, and an error.
import { TcpSocket, encodeUtf8, type CancelSignal } from "wirelet/socket";
import type { Context } from "./context.js";
import { dial } from "./dial.js";
import { LineReader } from "./line-reader.js";

const PORT = 7070;
/** How long a guest may take to make room for a line, in ms. */
const PATIENCE = 5_000;

/** Arguments: [PORT] */
export async function room({ sockets, args, print, signal }: Context): Promise<void> {
  const [port = PORT] = args;
  const guests = new Map<string, TcpSocket>();
  // What the listening socket is told goes for those it accepts. A line is to leave at once, and not to wait for others that
  // it could travel with (Nagle's algorithm). A probe after a minute of silence finds guests whose computer is gone.
  const listener = new TcpSocket(sockets, { noDelay: true, keepAlive: 60_000 });
  await listener.bind(`0.0.0.0:${port}`);
  await listener.listen();
  print(`the room is open on port ${port}`);
  try {
    for await (const socket of listener.connections({ signal }))
      visit(socket)
        .catch((error: Error) => print(`somebody is lost at the door: ${error.message}`))
        .finally(() => socket.close());
  } finally {
    await listener.close();
    for (const socket of guests.values()) await socket.close();
  }

  /** A guest's first line is the guest's name, the others are for everybody. */
  async function visit(socket: TcpSocket): Promise<void> {
    const reader = new LineReader(socket);
    const name = await reader.read({ signal, timeout: 60_000 });
    if (name === undefined) return;
    if (guests.has(name)) {
      await socket.sendAll(encodeUtf8(`* somebody is called ${name} already\n`), { signal });
      return;
    }
    const others = [...guests.keys()].join(", ");
    guests.set(name, socket);
    tell(socket, `* welcome, ${name}; ${others === "" ? "you are the first" : `in the room: ${others}`}`);
    tellOthers(name, `* ${name} has come in`);
    let reason = "";
    try {
      for (let line = await reader.read({ signal }); line !== undefined; line = await reader.read({ signal }))
        tellOthers(name, `${name}: ${line}`);
    } catch (error) {
      reason = ` (${(error as Error).message})`;
    }
    guests.delete(name);
    tellOthers(name, `* ${name} has left${reason}`);
  }

  function tellOthers(name: string, line: string): void {
    print(line);
    for (const [other, socket] of guests) if (other !== name) tell(socket, line);
  }

  /** Nobody waits for it. A guest who makes no room in time is shown out, which ends the visit above. */
  function tell(socket: TcpSocket, line: string): void {
    socket.sendAll(encodeUtf8(`${line}\n`), { signal, timeout: PATIENCE }).catch(() => socket.close());
  }
}

/** Arguments: [NAME] [HOST:PORT] */
export async function guest(context: Context): Promise<void> {
  const { sockets, args, input, print, signal } = context;
  const [name = "Somebody", room = `localhost:${PORT}`] = args;
  const socket = new TcpSocket(sockets);
  try {
    await dial(socket, room, context);
    await socket.sendAll(encodeUtf8(`${name}\n`), { signal });
    // Both at once: what the others say does not wait for what is typed here. The first to end ends the visit.
    await Promise.race([listen(socket, print, signal), speak(socket, input, signal)]);
  } finally {
    await socket.close();
  }
}

async function listen(socket: TcpSocket, print: (line: string) => void, signal: CancelSignal): Promise<void> {
  const reader = new LineReader(socket);
  for (;;) {
    const line = await reader.read({ signal });
    if (line === undefined) return;
    print(line);
  }
}

async function speak(socket: TcpSocket, input: AsyncIterable<string>, signal: CancelSignal): Promise<void> {
  for await (const line of input) await socket.sendAll(encodeUtf8(`${line}\n`), { signal });
}
