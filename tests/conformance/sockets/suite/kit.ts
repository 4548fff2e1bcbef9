import type { Listener, ListenerOptions, Tcp, TcpOptions, Udp, UdpOptions } from "wirelet/host/index";
import { TcpSocket, UdpSocket, type TcpSocketOptions, type UdpSocketOptions } from "wirelet/socket/index";
import { ok } from "./assert.js";
import type { Env } from "./case.js";
import {
  listenerEar,
  tcpEar,
  udpEar,
  type Ear,
  type ListenerCallbacks,
  type TcpEar,
  type UdpCallbacks,
} from "./ear.js";
import type { PeerTcp } from "./peer.js";

/** An ECMA-419 connection under test, its callbacks, and its other end. */
export interface Dialled {
  readonly tcp: Tcp;
  readonly ear: TcpEar;
  readonly peer: PeerTcp;
}

/** A connection from the provider to the peer, with ECMA-419's class; `onWritable` was called once and seen. */
export async function dial(env: Env, options: Partial<TcpOptions> = {}): Promise<Dialled> {
  const listener = await env.peer.listen();
  const ear = tcpEar();
  const { TCP } = env.provider.io;
  const tcp = env.use(
    new TCP({ address: env.peerAddress, port: listener.port, ...ear.callbacks, ...options }),
  );
  const peer = await listener.accept();
  if (options.onWritable === undefined) await ear.next("writable");
  return { tcp, ear, peer };
}

/** A connection from the peer to the provider. */
export async function answer(env: Env, options: Partial<TcpOptions> = {}): Promise<Dialled> {
  const { listener, ear: heard } = listen(env);
  const connecting = env.peer.connect(env.address, listener.port);
  await heard.next("readable");
  const from = listener.read();
  ok(from !== undefined, "there is a connection to be read");
  const ear = tcpEar();
  const tcp = env.use(new env.provider.io.TCP({ from, ...ear.callbacks, ...options }));
  return { tcp, ear, peer: await connecting };
}

export function listen(
  env: Env,
  options: Partial<ListenerOptions> = {},
): { readonly listener: Listener; readonly ear: Ear<ListenerCallbacks> } {
  const ear = listenerEar();
  const listener = env.use(new env.provider.io.Listener({ port: 0, ...ear.callbacks, ...options }));
  return { listener, ear };
}

export function bindUdp(
  env: Env,
  options: Partial<UdpOptions> = {},
): { readonly udp: Udp; readonly ear: Ear<UdpCallbacks>; readonly port: number } {
  const ear = udpEar();
  const udp = env.use(new env.provider.io.UDP({ port: 0, ...ear.callbacks, ...options }));
  ok(udp.port !== undefined && udp.port > 0, "a UDP socket has a port");
  return { udp, ear, port: udp.port };
}

/** Reads until there are `count` bytes. */
export async function readBytes({ tcp, ear }: Dialled, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let length = 0; length < count;) {
    const read = tcp.read(bytes.subarray(length));
    if (read === undefined || read === 0) await ear.next("readable");
    else length += read;
  }
  return bytes;
}

/** The error of a listener, whether it is thrown or told later. */
export async function listenError(env: Env, options: ListenerOptions): Promise<Error | undefined> {
  return new Promise((resolve) => {
    try {
      env.use(new env.provider.io.Listener({ ...options, onError: resolve }));
    } catch (error) {
      resolve(error as Error);
    }
  });
}

/** A port of the peer's on which nothing listens. */
export async function closedPort(env: Env): Promise<number> {
  const listener = await env.peer.listen();
  await listener.close();
  return listener.port;
}

/** A connected socket, and the other end. */
export interface Connected {
  readonly socket: TcpSocket;
  readonly peer: PeerTcp;
}

/** A socket that has connected to the peer. */
export async function connected(env: Env, options: TcpSocketOptions = {}): Promise<Connected> {
  const listener = await env.peer.listen();
  const socket = env.use(new TcpSocket(env.provider, options));
  await socket.connect([env.peerAddress, listener.port]);
  return { socket, peer: await listener.accept() };
}

/** A socket that listens on a free port. */
export async function listening(
  env: Env,
  options: TcpSocketOptions = {},
): Promise<{ readonly server: TcpSocket; readonly port: number }> {
  const server = env.use(new TcpSocket(env.provider, options));
  await server.listen();
  return { server, port: server.localAddress!.port };
}

/** A socket that has accepted the peer. */
export async function accepted(env: Env): Promise<Connected> {
  const { server, port } = await listening(env);
  const [peer, { socket }] = await Promise.all([env.peer.connect(env.address, port), server.accept()]);
  return { socket: env.use(socket), peer };
}

/** A UDP socket on a free port. */
export async function bound(
  env: Env,
  options: UdpSocketOptions = {},
): Promise<{ readonly socket: UdpSocket; readonly port: number }> {
  const socket = env.use(new UdpSocket(env.provider, options));
  await socket.bind("0.0.0.0:0");
  return { socket, port: socket.localAddress!.port };
}

/** All bytes until the end, or until there are `count`. */
export async function recvAll(socket: TcpSocket, count = Infinity): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (length < count) {
    const piece = await socket.recv(Math.min(count - length, 65_536));
    if (piece.length === 0) break;
    pieces.push(piece);
    length += piece.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Says whether a promise has been settled. */
export function watch(promise: Promise<unknown>): { readonly isSettled: boolean } {
  const watched = { isSettled: false };
  const note = (): void => {
    watched.isSettled = true;
  };
  promise.then(note, note);
  return watched;
}
