import { Ipv4Address, type IpAddress } from "../../address/index.js";
import { ETHERNET_HEADER_LENGTH } from "../../wire/ethernet.js";
import { IPV4_HEADER_LENGTH, emitIpv4 } from "../../wire/ipv4.js";
import type { StackInterface } from "../interface/interface.js";
import type { Stack } from "../stack.js";
import type { Packet } from "./packet.js";
import { Path } from "./path.js";
import { Routes } from "./routes.js";

/** RFC 1122 §3.2.1.7 and IANA's ip-parameters: the recommended default. */
export const DEFAULT_TIME_TO_LIVE = 64;

/** The output half of the IP layer: which way, from which address, and the header. */
export class Ip {
  readonly routes = new Routes();

  constructor(private readonly stack: Stack) {}

  /** True as long as nothing has changed that a path depends on. */
  isCurrent(path: Path): boolean {
    return path.generation === this.routes.generation;
  }

  /**
   * Finds the way to `destination`.
   * @param source the address to send from, where the caller is bound to one
   * @returns undefined if there is no route, or no address to send from
   */
  path(destination: IpAddress, source?: IpAddress): Path | undefined {
    const generation = this.routes.generation;
    // Nobody has 0.0.0.0 (RFC 1122 §3.2.1.3); and the address that a socket is bound to may be gone.
    if (destination.isUnspecified || (source !== undefined && !this.stack.isOwnAddress(source)))
      return undefined;
    if (this.stack.isOwnAddress(destination)) {
      return new Path(this.stack.loopback, source ?? destination, destination, destination, generation);
    }
    // RFC 1122 §3.2.1.3: 127/8 must not leave the host.
    if (source?.isLoopback) return undefined;
    if (destination instanceof Ipv4Address && destination.isBroadcast) {
      const device = this.stack.interfaces.find(
        (candidate) =>
          !candidate.isLoopback &&
          candidate.up &&
          (source === undefined ? candidate.addresses.length > 0 : candidate.owns(source)),
      );
      const from = device && (source ?? sourceFor(device, destination));
      return device && from && new Path(device, from, destination, destination, generation);
    }
    const route = this.routes.lookup(destination);
    if (route === undefined) return undefined;
    const nextHop = route.gateway ?? destination;
    const from = source ?? sourceFor(route.device, nextHop);
    return from && new Path(route.device, from, destination, nextHop, generation);
  }

  /**
   * The way back to who has sent `packet`, from the address it was sent to.
   * @returns undefined if there is none, or if its source is no single host (RFC 1122 §3.2.2)
   */
  pathBack(packet: Packet): Path | undefined {
    const path = this.path(packet.source, packet.destination);
    return path?.groupMac === undefined ? path : undefined;
  }

  /**
   * Sends the packet whose transport header and payload stand in the stack's frame buffer at `path.payloadAt`.
   * @param length transport header and payload, in bytes
   */
  send(path: Path, protocol: number, length: number): void {
    const { counters, frame } = this.stack;
    counters.ipOutRequests++;
    if (length > path.maxPayload) {
      counters.drop("too-big");
      return;
    }
    emitIpv4(
      frame,
      ETHERNET_HEADER_LENGTH,
      length,
      DEFAULT_TIME_TO_LIVE,
      protocol,
      path.source32,
      path.destination32,
      !path.device.transmitChecksums,
    );
    path.device.output(path, frame, ETHERNET_HEADER_LENGTH + IPV4_HEADER_LENGTH + length);
  }
}

/** The address on the same link as `peer`, else the interface's first of that family (RFC 1122 §3.3.4.3). */
function sourceFor(device: StackInterface, peer: IpAddress): IpAddress | undefined {
  const own = device.addresses.filter((address) => address.address.family === peer.family);
  return (own.find((address) => address.contains(peer)) ?? own[0])?.address;
}
