import { Ipv4Address, type IpAddress } from "../../address/index.js";
import { ETHERNET_HEADER_LENGTH } from "../../wire/ethernet.js";
import { ECN_NOT_ECT, PROTOCOL_TCP, emitIpv4, markIpv4Fragment } from "../../wire/ipv4.js";
import type { StackInterface } from "../interface/interface.js";
import type { Stack } from "../stack.js";
import type { Packet } from "./packet.js";
import { Path } from "./path.js";
import { PathMtus, toldMtu } from "./path-mtu.js";
import { Reassembly } from "./reassembly.js";
import { Routes } from "./routes.js";

/** The output half of the IP layer: which way, from which address, and the header. */
export class Ip {
  readonly routes = new Routes();
  readonly reassembly: Reassembly;
  readonly #pathMtus = new PathMtus();
  /** Of the last packet that was cut into fragments; the others need none (RFC 6864 §4.1). */
  #identification: number;

  constructor(private readonly stack: Stack) {
    this.reassembly = new Reassembly(stack.timers, stack.counters, (first) =>
      stack.icmp.sendReassemblyTimeout(first),
    );
    this.#identification = stack.random.uint32() & 0xffff;
  }

  /** True as long as nothing has changed that a path depends on. */
  isCurrent(path: Path): boolean {
    return path.generation === this.routes.generation && this.stack.now < path.expiresAt;
  }

  /**
   * A router says that a packet of `length` bytes was too large for the way to a destination (RFC 1191 §4); the caller
   * has made sure that it was one of ours. All paths are looked up anew, so that everybody who sends there knows.
   * @returns the way's MTU from now on, undefined if this is nothing new
   */
  learnMtu(path: Path, nextHopMtu: number, length: number): number | undefined {
    const mtu = toldMtu(nextHopMtu, length);
    if (mtu === undefined || mtu >= path.mtu) return undefined;
    this.#pathMtus.learn(path.destination32, mtu, this.stack.now);
    this.routes.changed();
    return mtu;
  }

  /**
   * Finds the way to `destination`. A host that is bound to an address sends through the interface that has it, and no
   * other (RFC 1122 §3.3.4.2, the strong model); one that forwards sends wherever the route leads.
   * @param source the address to send from, where the caller is bound to one
   * @returns undefined if there is no route, or no address to send from
   */
  path(destination: IpAddress, source?: IpAddress): Path | undefined {
    const { stack } = this;
    const { generation } = this.routes;
    // Nobody has 0.0.0.0 (RFC 1122 §3.2.1.3); and the address that a socket is bound to may be gone.
    if (destination.isUnspecified || (source !== undefined && !stack.isOwnAddress(source))) return undefined;
    if (stack.isOwnAddress(destination)) {
      return new Path(stack.loopback, source ?? destination, destination, destination, generation);
    }
    // RFC 1122 §3.2.1.3: 127/8 must not leave the host.
    if (source?.isLoopback) return undefined;
    const bound = source && stack.interfaces.find((candidate) => candidate.owns(source));
    const isBroadcast = destination instanceof Ipv4Address && destination.isBroadcast;
    const route = isBroadcast
      ? undefined
      : this.routes.lookup(destination, stack.forwarding ? undefined : bound);
    if (route !== undefined) {
      const nextHop = route.gateway ?? destination;
      const from = ownObject(bound, source) ?? sourceFor(route.device, nextHop);
      return from && this.limited(new Path(route.device, from, destination, nextHop, generation));
    }
    if (!isBroadcast && !destination.isMulticast) return undefined;
    // A group is on every link: on the one that is meant, or the first that there is.
    const device = bound ?? stack.interfaces.find(isConnected);
    if (device === undefined || !isConnected(device)) return undefined;
    const from = ownObject(bound, source) ?? sourceFor(device, destination);
    return from && new Path(device, from, destination, destination, generation);
  }

  /** The path, with what is known of its MTU. */
  private limited(path: Path): Path {
    const learnt = this.#pathMtus.find(path.destination32, this.stack.now);
    if (learnt !== undefined && learnt.mtu < path.mtu) {
      path.mtu = learnt.mtu;
      path.expiresAt = learnt.expiresAt;
    }
    return path;
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
   * Where a packet's transport header and payload are to be put, from `path.payloadAt` on: the stack's frame buffer,
   * or one of its own for what must be cut into fragments.
   * @param length transport header and payload, in bytes
   */
  bufferFor(path: Path, length: number): Uint8Array {
    return length <= path.maxPayload ? this.stack.frame : new Uint8Array(path.payloadAt + length);
  }

  /**
   * Sends a packet.
   * @param length transport header and payload, in bytes
   * @param bytes what `bufferFor` gave for it
   * @param ecn codepoint of the ECN field
   */
  send(
    path: Path,
    protocol: number,
    length: number,
    bytes = this.stack.frame,
    ecn: number = ECN_NOT_ECT,
  ): void {
    const { counters } = this.stack;
    counters.ipOutRequests++;
    if (path.groupMac !== undefined) {
      if (path.isBroadcast) counters.ipOutBcastPkts++;
      else counters.ipOutMcastPkts++;
    }
    if (length <= path.maxPayload) {
      this.emitHeader(path, protocol, length, ecn);
      path.device.output(path, this.stack.frame, path.payloadAt + length);
    } else if (bytes === this.stack.frame) counters.drop("too-big");
    else this.sendFragments(path, protocol, length, bytes);
  }

  /**
   * Sends a packet of at most `path.maxSegmentedPayload` bytes, which stands in the stack's frame buffer and which the
   * link cuts into TCP segments.
   * @param segmentSize bytes of data in each
   * @param ecn codepoint of the ECN field
   */
  sendSegmented(path: Path, length: number, segmentSize: number, ecn: number): void {
    this.stack.counters.ipOutRequests++;
    this.emitHeader(path, PROTOCOL_TCP, length, ecn);
    path.device.output(path, this.stack.frame, path.payloadAt + length, segmentSize);
  }

  /** For the fragments of one packet (RFC 6864 §4.1). */
  nextIdentification(): number {
    return (this.#identification = (this.#identification + 1) & 0xffff);
  }

  /** RFC 791 §3.2. */
  private sendFragments(path: Path, protocol: number, length: number, bytes: Uint8Array): void {
    const { frame, counters } = this.stack;
    const at = path.payloadAt;
    const room = path.maxPayload & ~7;
    const withChecksum = !path.device.transmitChecksums;
    const identification = this.nextIdentification();
    counters.ipOutFragOKs++;
    for (let offset = 0; offset < length; offset += room) {
      const part = Math.min(room, length - offset);
      frame.set(bytes.subarray(at + offset, at + offset + part), at);
      const hasMore = offset + part < length;
      this.emitHeader(path, protocol, part, ECN_NOT_ECT);
      markIpv4Fragment(frame, ETHERNET_HEADER_LENGTH, identification, offset, hasMore, withChecksum);
      counters.ipOutFragCreates++;
      path.device.output(path, frame, at + part);
    }
  }

  private emitHeader(path: Path, protocol: number, length: number, ecn: number): void {
    emitIpv4(
      this.stack.frame,
      ETHERNET_HEADER_LENGTH,
      length,
      path.timeToLive,
      protocol,
      path.source32,
      path.destination32,
      !path.device.transmitChecksums,
      path.typeOfService | ecn,
    );
  }
}

/** The interface's own object for `source`, so that sockets need not keep what was read from a packet. */
function ownObject(device: StackInterface | undefined, source: IpAddress | undefined): IpAddress | undefined {
  if (source === undefined) return undefined;
  return device?.addresses.find(({ address }) => address.equals(source))?.address ?? source;
}

function isConnected(device: StackInterface): boolean {
  return !device.isLoopback && device.up && device.addresses.length > 0;
}

/** The address on the same link as `peer`, else the interface's first of that family (RFC 1122 §3.3.4.3). */
function sourceFor(device: StackInterface, peer: IpAddress): IpAddress | undefined {
  const own = device.addresses.filter((address) => address.address.family === peer.family);
  return (own.find((address) => address.contains(peer)) ?? own[0])?.address;
}
