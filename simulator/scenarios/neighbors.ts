import { Cidr, Ipv4Address } from "../../src/address/index.js";
import type { Duration } from "../duration.js";
import { loss } from "../faults/index.js";
import { Lan } from "../lan/index.js";

/** 192.168.1.0/24, as homes have it. */
const NETWORK = 0xc0a8_0100;
const PREFIX_LENGTH = 24;
/** The number of the first host: those below are for routers. */
const FIRST_HOST = 10;

export interface NeighborsOptions {
  readonly seed?: number | undefined;
  /** Probability that a frame is lost on its way from a host to the switch; absent: 0. */
  readonly loss?: number | undefined;
  /** Of each host's cable, each way; absent: 1 ms. */
  readonly latency?: Duration | undefined;
}

/**
 * A LAN of a switch and hosts with fixed addresses.
 *
 * @param names of the hosts, in the order of their addresses: 192.168.1.10 is the first
 * @example
 * const lan = neighbors(["alice", "bob"], { loss: 0.1 });
 * const socket = new TcpSocket(lan.find("alice").sockets);
 * await lan.finish(socket.connect("bob:7"));
 */
export function neighbors(names: readonly string[], options: NeighborsOptions = {}): Lan {
  const { seed, loss: probability = 0, latency } = options;
  const lan = new Lan(seed === undefined ? {} : { seed });
  for (const [index, name] of names.entries()) {
    const address = new Cidr(Ipv4Address.fromValue(NETWORK + FIRST_HOST + index), PREFIX_LENGTH);
    const host = lan.host(name, {
      address: address.toString(),
      ...(latency !== undefined && { link: { latency } }),
    });
    // One way only: a frame that crosses two cables would else be lost more often than was asked for.
    if (probability > 0) host.cable.impair(loss(probability), { from: host.machine.link });
  }
  return lan;
}
