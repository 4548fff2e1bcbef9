import { createIo, type Platform } from "../../../../hosts/xs/io/index.js";
import { NetworkError } from "../../../../src/error/index.js";
import type { Io, Tcp, TcpOptions } from "../../../../src/host/index.js";
import { DEVICE_ADDRESS, makeNetwork, type Network } from "../moddable/network.js";

/** What the test at hand runs on, made anew by `start`. */
export let network: Network;
export let io: Io;

/** Begins anew on one of Moddable's platforms. */
export function start(platform: Platform): void {
  network = makeNetwork(platform);
  io = createIo(network.native, network.simulation.timers, platform);
}

/** Lets virtual time pass: several of the simulator's looks at its sockets, a few round trips. */
export function settle(ms = 300): void {
  network.simulation.advance(ms);
  network.machine.check();
}

export const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
export const text = (data: unknown): string => Buffer.from(data as ArrayBuffer).toString("latin1");

export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof NetworkError ? error.code : `not a NetworkError: ${String(error)}`;
  }
}

/** Callbacks that write down what they are told. */
export function recorder(events: string[], more: TcpOptions = {}): TcpOptions {
  return {
    onReadable: (count) => void events.push(`readable ${count}`),
    onWritable: (room) => void events.push(`writable ${room}`),
    onEnd: () => void events.push("end"),
    onError: (error) => void events.push(error instanceof NetworkError ? `error ${error.code}` : "error"),
    ...more,
  };
}

export interface Established {
  readonly socket: Tcp;
  readonly events: string[];
  readonly peer: Tcp;
}

/** The peer connects to a port of the device's. */
export function dial(port: number): Tcp {
  return new network.peer.stack.io.TCP({ address: DEVICE_ADDRESS, port, onEnd: () => undefined });
}

/** A connection as a listener's app gets it. */
export function accepted(more: TcpOptions = {}): Established {
  const listener = new io.Listener({ port: 80 });
  const peer = dial(80);
  settle();
  const events: string[] = [];
  const socket = new io.TCP({ from: listener.read()!, ...recorder(events, more) });
  settle();
  events.length = 0;
  return { socket, events, peer };
}

/** Resets the connection, as only the peer's stack can. */
export function reset({ localPort }: Tcp): void {
  network.peer.stack.tcp.connections.find((each) => each.localPort === localPort)!.abort();
}

/** Bytes that a platform takes before any are acknowledged. */
export const ROOM: Readonly<Record<Platform, number>> = { esp32: 8192, desktop: 1536 };
