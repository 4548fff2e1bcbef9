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

/** RFC 1122 §3.2.1.7 and IANA's ip-parameters: the recommended default. */
export const DEFAULT_TIME_TO_LIVE = 64;

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
   */
  learnMtu(path: Path, nextHopMtu: number, length: number): void {
    const mtu = toldMtu(nextHopMtu, length);
    if (mtu === undefined || mtu >= path.mtu) return;
    this.#pathMtus.learn(path.destination32, mtu, this.stack.now);
    this.routes.generation++;
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
    return from && this.#limited(new Path(route.device, from, destination, nextHop, generation));
  }

  /** The path, with what is known of its MTU. */
  #limited(path: Path): Path {
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
    this.stack.counters.ipOutRequests++;
    if (length <= path.maxPayload) {
      this.#emitHeader(path, protocol, length, ecn);
      path.device.output(path, this.stack.frame, path.payloadAt + length);
    } else if (bytes === this.stack.frame) this.stack.counters.drop("too-big");
    else this.#sendFragments(path, protocol, length, bytes);
  }

  /**
   * Sends a packet of at most `path.maxSegmentedPayload` bytes, which stands in the stack's frame buffer and which the
   * link cuts into TCP segments.
   * @param segmentSize bytes of data in each
   * @param ecn codepoint of the ECN field
   */
  sendSegmented(path: Path, length: number, segmentSize: number, ecn: number): void {
    this.stack.counters.ipOutRequests++;
    this.#emitHeader(path, PROTOCOL_TCP, length, ecn);
    path.device.output(path, this.stack.frame, path.payloadAt + length, segmentSize);
  }

  /** RFC 791 §3.2. */
  #sendFragments(path: Path, protocol: number, length: number, bytes: Uint8Array): void {
    const { frame } = this.stack;
    const at = path.payloadAt;
    const room = path.maxPayload & ~7;
    const withChecksum = !path.device.transmitChecksums;
    this.#identification = (this.#identification + 1) & 0xffff;
    for (let offset = 0; offset < length; offset += room) {
      const part = Math.min(room, length - offset);
      frame.set(bytes.subarray(at + offset, at + offset + part), at);
      const hasMore = offset + part < length;
      this.#emitHeader(path, protocol, part, ECN_NOT_ECT);
      markIpv4Fragment(frame, ETHERNET_HEADER_LENGTH, this.#identification, offset, hasMore, withChecksum);
      path.device.output(path, frame, at + part);
    }
  }

  #emitHeader(path: Path, protocol: number, length: number, ecn: number): void {
    emitIpv4(
      this.stack.frame,
      ETHERNET_HEADER_LENGTH,
      length,
      DEFAULT_TIME_TO_LIVE,
      protocol,
      path.source32,
      path.destination32,
      !path.device.transmitChecksums,
      ecn,
    );
  }
}

/** The address on the same link as `peer`, else the interface's first of that family (RFC 1122 §3.3.4.3). */
function sourceFor(device: StackInterface, peer: IpAddress): IpAddress | undefined {
  const own = device.addresses.filter((address) => address.address.family === peer.family);
  return (own.find((address) => address.contains(peer)) ?? own[0])?.address;
}
