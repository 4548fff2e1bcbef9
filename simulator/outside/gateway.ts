import { connect, type Socket } from "node:net";
import { NetworkError } from "../../src/error/index.js";
import type { SimulatedHost } from "../host.js";
import type { App } from "../lan/lan-host.js";
import type { RealTime } from "../real-time.js";
import { joinStreams } from "./join-streams.js";
import { UdpRelay } from "./udp-relay.js";

const LOOPBACK = "127.0.0.1";

/** A service of this machine that simulated hosts may use. */
export interface AllowedService {
  /** Absent: "tcp". */
  readonly protocol?: "tcp" | "udp";
  /** On this machine's loopback, 127.0.0.1. */
  readonly port: number;
  /** What simulated hosts call it at, on the gateway; absent: the same. */
  readonly as?: number;
}

export interface LoopbackGatewayOptions {
  /** All that is let through. There is no way to allow more than what is named. */
  readonly allow: readonly AllowedService[];
  readonly pace: Pick<RealTime, "now">;
}

/** What keeps connections of this machine open. */
export interface LoopbackGateway {
  /** Ends them, and takes no more. */
  close(): void;
}

/**
 * A host that lets the others of its LAN reach services on this machine's loopback, those that are named and no others. What
 * comes from there is input from outside: a run with it does not repeat itself.
 *
 * @example
 * const app = loopbackGateway({ pace, allow: [{ port: 1883 }, { protocol: "udp", port: 5353, as: 53 }] });
 * lan.host("gateway", { address: "192.168.1.254/24", app });
 * @throws NetworkError EINVAL for what is no port, or allowed twice
 */
export function loopbackGateway({ allow, pace }: LoopbackGatewayOptions): App<LoopbackGateway> {
  const services = allow.map(({ protocol = "tcp", port, as = port }) => ({ protocol, port, as }));
  const names = services.map(({ protocol, as }) => `${protocol} port ${as}`);
  for (const [index, { port, as }] of services.entries()) {
    const isPort = [port, as].every((each) => Number.isInteger(each) && each > 0 && each <= 0xffff);
    if (!isPort) throw new NetworkError("EINVAL", "allow", names[index], "want ports from 1 to 65535");
    if (names.indexOf(names[index]!) !== index)
      throw new NetworkError("EINVAL", "allow", names[index], "it leads elsewhere already");
  }
  return (machine) => {
    const ends = services.map(({ protocol, port, as }) =>
      protocol === "tcp" ? relayTcp(machine, as, port, pace) : new UdpRelay(machine, as, port, pace),
    );
    return { close: () => ends.forEach((end) => end.close()) };
  };
}

function relayTcp(
  { stack }: SimulatedHost,
  port: number,
  to: number,
  pace: Pick<RealTime, "now">,
): LoopbackGateway {
  const sockets = new Set<Socket>();
  const listener = new stack.io.Listener({
    port,
    onReadable() {
      for (let from = this.read(); from !== undefined; from = this.read()) {
        const accepted = from;
        const outside = connect({ port: to, host: LOOPBACK, allowHalfOpen: true });
        sockets.add(outside);
        outside.on("close", () => sockets.delete(outside));
        joinStreams(outside, pace, (callbacks) => new stack.io.TCP({ ...callbacks, from: accepted }));
      }
    },
  });
  return {
    close() {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
