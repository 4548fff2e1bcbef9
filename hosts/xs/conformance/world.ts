import type { Clock } from "wirelet/host/index";
import { decodeUtf8, encodeUtf8, TcpSocket, type SocketProvider } from "wirelet/socket/index";
import type { Lacks } from "../../../tests/conformance/sockets/suite/case.js";
import type { Peer } from "../../../tests/conformance/sockets/suite/peer.js";
import { RemotePeer } from "../../../tests/conformance/sockets/suite/remote-peer.js";
import type { World } from "../../../tests/conformance/sockets/suite/run.js";

/** More than any buffer of ESP32's, and not more than its memory. */
const BULK = 16 * 1024;

/** Ten times the simulator's interval between two looks at a socket, in ms. */
const QUIET_TIME = 200;

/** The platform is silent about some failures, and the wrapper gives them 30 s. */
const PATIENCE = 60_000;

/** Where each end reaches the other. */
export type Ends = Pick<World, "address" | "peerAddress">;

/** One case's world. The peer is not closed with it. */
export function makeWorld(provider: SocketProvider, clock: Clock, peer: Peer, ends: Ends): World {
  return {
    ...ends,
    provider,
    clock,
    peer,
    bulk: BULK,
    flood: BULK,
    quietTime: QUIET_TIME,
    patience: PATIENCE,
    close: () => Promise.resolve(),
  };
}

/** What is skipped on the real platform, besides what its double skips. */
export function realLacks(lacks: Lacks): Lacks {
  const backpressure = "the peer's buffers take more than ESP32's memory, and the simulator minutes to fill";
  return { ...lacks, features: { ...lacks.features, backpressure } };
}

/** Opens a connection to the peer's program. @param address of linux-peer.py, as "192.0.2.7:8420" */
export async function connectPeer(provider: SocketProvider, address: string): Promise<RemotePeer> {
  const socket = new TcpSocket(provider);
  await socket.connect(address);
  let sending = Promise.resolve();
  const peer = new RemotePeer((line) => {
    sending = sending.then(() => socket.sendAll(encodeUtf8(`${line}\n`)));
    // Whoever waits for an answer learns of it below: nothing comes any more.
    sending.catch(() => undefined);
  });
  readLines(socket, (line) => peer.take(line)).then(
    () => peer.fail("it has closed the connection"),
    (error: unknown) => peer.fail(String(error)),
  );
  return peer;
}

async function readLines(socket: TcpSocket, take: (line: string) => void): Promise<void> {
  let pieces: string[] = [];
  for await (const bytes of socket) {
    const [first = "", ...others] = decodeUtf8(bytes, "strict").split("\n");
    pieces.push(first);
    for (const next of others) {
      take(pieces.join(""));
      pieces = [next];
    }
  }
}
