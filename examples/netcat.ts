// netcat, the plumber's favourite: joins a socket with standard input and output.
//
// What there is to learn: both directions of a connection live on their own. The end of the input ends only this side's
// sending (a half-close), and what the peer still has to say goes on coming, until it ends, too. UDP has no such end: there
// silence has to do.
import { NetworkError } from "wirelet/error";
import type { Clock, TimerHandle, Timers } from "wirelet/host";
import { TcpSocket, UdpSocket, type CancelSignal, type SocketProvider } from "wirelet/socket";

/** How long, in ms, answers over UDP are waited for after the end of the input, unless told otherwise. */
const UDP_SILENCE = 1_000;
/** How long a UDP port may take to say that nobody is there, in ms, unless told otherwise. */
const UDP_REFUSAL = 1_000;
/** Bytes received at a time, and those of the longest datagram sent. */
const CHUNK = 16 * 1024;
const ANYWHERE = ["0.0.0.0", 0] as const;

export interface NetcatContext {
  readonly sockets: SocketProvider;
  readonly clock: Clock;
  readonly input: AsyncIterable<Uint8Array>;
  /** True if a person types the input: when the peer has ended, nobody waits for the input's end. */
  readonly isInteractive: boolean;
  /** Resolves when there is room for more. */
  readonly output: (bytes: Uint8Array) => Promise<void>;
  /** Hears what happens. */
  readonly tell: (line: string) => void;
  readonly signal: CancelSignal;
}

export interface NetcatOptions {
  readonly udp: boolean;
  /** This end's address, 0.0.0.0 for any, and port, 0 for any; absent: any. */
  readonly local?: readonly [address: string, port: number] | undefined;
  /** How long connecting may take, and how long nothing may move, in ms; absent: as long as it takes. */
  readonly patience?: number | undefined;
}

/** Calls somebody, and ends when both sides have ended. @throws NetworkError */
export async function call(
  peer: readonly [host: string, port: number],
  options: NetcatOptions,
  context: NetcatContext,
): Promise<void> {
  const socket = await connect(peer, options, context);
  try {
    await converse(socket, options, context);
  } finally {
    await socket.close();
  }
}

/** Finds out whether somebody is there. @throws NetworkError why not */
export async function knock(
  peer: readonly [host: string, port: number],
  options: NetcatOptions,
  context: NetcatContext,
): Promise<void> {
  const socket = await connect(peer, options, context);
  try {
    if (socket instanceof UdpSocket) await provoke(socket, options, context);
  } finally {
    await socket.close();
  }
}

/** Waits for somebody to call, and ends when both sides have ended. @throws NetworkError */
export async function answer(options: NetcatOptions, context: NetcatContext): Promise<void> {
  const socket = options.udp ? await acceptUdp(options, context) : await acceptTcp(options, context);
  try {
    await converse(socket, options, context);
  } finally {
    await socket.close();
  }
}

async function connect(
  peer: readonly [host: string, port: number],
  { udp, local, patience }: NetcatOptions,
  { sockets, signal, tell }: NetcatContext,
): Promise<TcpSocket | UdpSocket> {
  const socket = udp ? new UdpSocket(sockets) : new TcpSocket(sockets);
  try {
    if (local !== undefined) await socket.bind(local);
    await socket.connect(peer, { signal, timeout: patience });
  } catch (error) {
    await socket.close();
    throw error;
  }
  tell(`${udp ? "sending" : "connected"} to ${socket.remoteAddress}`);
  return socket;
}

async function acceptTcp(
  { local = ANYWHERE }: NetcatOptions,
  { sockets, signal, tell }: NetcatContext,
): Promise<TcpSocket> {
  const listener = new TcpSocket(sockets);
  try {
    await listener.bind(local);
    await listener.listen(1);
    tell(`listening on ${listener.localAddress}`);
    const { socket, address } = await listener.accept({ signal });
    tell(`${address} has connected`);
    return socket;
  } finally {
    // Whoever calls from now on is refused.
    await listener.close();
  }
}

/** Whoever sends the first datagram becomes the peer. */
async function acceptUdp(
  { local = ANYWHERE }: NetcatOptions,
  { sockets, output, signal, tell }: NetcatContext,
): Promise<UdpSocket> {
  const socket = new UdpSocket(sockets);
  try {
    await socket.bind(local);
    tell(`waiting for datagrams on ${socket.localAddress}`);
    const { data, address } = await socket.recvFrom({ signal });
    await socket.connect(address, { signal });
    tell(`${address} has sent a datagram`);
    await output(data);
    return socket;
  } catch (error) {
    await socket.close();
    throw error;
  }
}

/** To an empty datagram a closed port answers with an ICMP error; silence is a good sign, but not a sure one. */
async function provoke(
  socket: UdpSocket,
  { patience = UDP_REFUSAL }: NetcatOptions,
  { signal }: NetcatContext,
): Promise<void> {
  await socket.send(new Uint8Array(0), { signal });
  try {
    await socket.recv({ signal, timeout: patience });
  } catch (error) {
    if (!(error instanceof NetworkError) || error.code !== "ETIMEDOUT") throw error;
  }
}

/** Passes bytes both ways until both directions have ended, or nothing has moved for too long. */
async function converse(
  socket: TcpSocket | UdpSocket,
  { patience = Infinity }: NetcatOptions,
  { sockets, clock, input, output, isInteractive, signal }: NetcatContext,
): Promise<void> {
  const silence = new Silence(sockets.timers, clock);
  silence.limit(patience);
  const speaking = speak();
  const listening = listen();
  const end = isInteractive
    ? Promise.race([listening, speaking.then(() => listening)])
    : Promise.all([listening, speaking]);
  try {
    await Promise.race([end, silence.over]);
  } finally {
    silence.limit(Infinity);
  }

  async function speak(): Promise<void> {
    for await (const bytes of input) {
      for (let at = 0; at < bytes.length; at += CHUNK) {
        const part = bytes.subarray(at, at + CHUNK);
        if (socket instanceof TcpSocket) await socket.sendAll(part, { signal });
        else await socket.send(part, { signal });
        silence.moved();
      }
    }
    if (socket instanceof TcpSocket) await socket.shutdown("write");
    else if (patience === Infinity) silence.limit(UDP_SILENCE);
  }

  async function listen(): Promise<void> {
    for (;;) {
      const bytes = await (socket instanceof TcpSocket
        ? socket.recv(CHUNK, { signal })
        : socket.recv({ signal }));
      // A datagram may be empty; that is no end.
      if (bytes.length === 0 && socket instanceof TcpSocket) return;
      await output(bytes);
      silence.moved();
    }
  }
}

/** Notices when nothing has moved for a while. */
class Silence {
  /** Resolves then. */
  readonly over: Promise<void>;
  readonly #timers: Timers;
  readonly #clock: Clock;
  #onOver!: () => void;
  #limit = Infinity;
  #since = 0;
  #timer: TimerHandle;

  constructor(timers: Timers, clock: Clock) {
    this.#timers = timers;
    this.#clock = clock;
    this.over = new Promise((resolve) => (this.#onOver = resolve));
  }

  /** Counts from now. @param limit ms; Infinity: as long as it takes */
  limit(limit: number): void {
    this.#limit = limit;
    this.moved();
    this.#timers.clear(this.#timer);
    if (limit !== Infinity) this.#timer = this.#timers.set(() => this.#look(), limit);
  }

  moved(): void {
    this.#since = this.#clock.now();
  }

  #look(): void {
    const left = this.#since + this.#limit - this.#clock.now();
    if (left > 0) this.#timer = this.#timers.set(() => this.#look(), left);
    else this.#onOver();
  }
}
