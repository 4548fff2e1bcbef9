// Network address translation of IPv4 (RFC 4787 for UDP, 5382 for TCP, 5508 for ICMP, 7857 for all). Before changing it, know what
// it rests on: the frames that it is handed belong to others and are copied first; no packet changes its length; a checksum is
// mended and never computed, so that a packet that was damaged stays damaged.
import { Ipv4Address } from "../../../src/address/index.js";
import type { Clock, Random } from "../../../src/host/index.js";
import type { Stack, StackInterface } from "../../../src/stack/index.js";
import {
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_IPV4,
  PROTOCOL_UDP,
  checkEthernet,
  checkIpv4,
  decrementIpv4TimeToLive,
  ethernetIsGroup,
  ethernetType,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4IsFirstFragment,
  ipv4IsFragment,
  ipv4Protocol,
  ipv4Source,
  ipv4TimeToLive,
  ipv4TotalLength,
  udpDestinationPort,
} from "../../../src/wire/index.js";
import type { ArrivalFilter, FrameFilter, Pass } from "../filtered-link.js";
import { quotedPacketAt, readFlow, type Flow, type NatProtocol } from "./flow.js";
import { Fragments, fragmentKey } from "./fragments.js";
import { rewrite } from "./rewrite.js";
import { SessionTimer, type NatTimeouts } from "./sessions.js";
import { NatTable, type NatFiltering } from "./table.js";

const AT = ETHERNET_HEADER_LENGTH;
const DHCP_CLIENT_PORT = 68;

/** A port of the router's outside address that leads to a host inside. */
export interface PortForward {
  /** Absent: "tcp". */
  readonly protocol?: "tcp" | "udp";
  readonly port: number;
  /** "192.168.1.10:80". An inside address of the router's own leads to what listens on the router. */
  readonly to: string;
}

export interface NatOptions {
  /** Whose packets may come in through a port that an inside host has sent from. Absent: "address-dependent". */
  readonly filtering?: NatFiltering;
  readonly forwards?: readonly PortForward[];
  /** Absent: NAT_TIMEOUTS. */
  readonly timeouts?: Partial<NatTimeouts>;
  /** Pairs of endpoints that talk to each other, at most; absent: MAX_NAT_SESSIONS. */
  readonly maxSessions?: number;
}

/** Why a packet was not translated, and so lost. */
export type NatDrop =
  | "protocol"
  | "no-session"
  | "no-port"
  | "table-full"
  | "unsolicited"
  | "filtered"
  | "not-for-outside"
  | "fragment"
  | "hairpin-unroutable";

/** A port outside that stands for an inside endpoint. */
export interface NatMapping {
  readonly protocol: NatProtocol;
  /** "192.168.1.100:49152"; for ICMP with the identifier. */
  readonly inside: string;
  /** Port, or identifier, of the outside address. */
  readonly port: number;
  readonly isForward: boolean;
}

interface NatParts {
  readonly stack: Stack;
  /** The interface whose address stands for all inside. */
  readonly outside: StackInterface;
  readonly random: Random;
  readonly clock: Clock;
  readonly forwards: readonly ParsedForward[];
}

export interface ParsedForward {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly address: number;
  readonly insidePort: number;
}

/** Translates between the networks inside a router and its one address outside. What it knows is gone with the power. */
export class Nat {
  readonly #parts: NatParts;
  readonly #table: NatTable;
  readonly #leaving = new Fragments();
  readonly #entering = new Fragments();
  readonly #drops = new Map<NatDrop, number>();
  #external: number | undefined;

  constructor(parts: NatParts, { filtering = "address-dependent", timeouts, maxSessions }: NatOptions) {
    this.#parts = parts;
    const { random } = parts;
    const timer = new SessionTimer(timeouts);
    this.#table = new NatTable({
      random,
      timer,
      filtering,
      ...(maxSessions !== undefined && { maxSessions }),
    });
    for (const { protocol, port, address, insidePort } of parts.forwards)
      this.#table.addStatic(protocol, port, { address, port: insidePort });
  }

  /** Those that are in use, and forwards; some may have timed out. */
  get mappings(): NatMapping[] {
    return this.#table.mappings.map(({ protocol, inside, port, isStatic }) => ({
      protocol,
      inside: `${Ipv4Address.fromValue(inside.address)}:${inside.port}`,
      port,
      isForward: isStatic,
    }));
  }

  /** How many pairs of endpoints it keeps in mind. */
  get sessions(): number {
    return this.#table.size;
  }

  /** Packets that were lost here, by reason. */
  get drops(): Readonly<Partial<Record<NatDrop, number>>> {
    return Object.fromEntries(this.#drops);
  }

  /** A frame leaves through the outside interface. */
  readonly outgoing: FrameFilter = (frame, length, pass) => {
    const external = this.#address();
    // What has no source yet, and what goes to a group, is the router's own.
    const isOwn = !isIpv4(frame, length) || ethernetIsGroup(frame) || ipv4Source(frame, AT) === 0;
    if (external === undefined || isOwn) pass(frame, length);
    else this.#leave(copyOf(frame, length), external, pass);
  };

  /** A frame has come in through the outside interface. */
  readonly incoming: FrameFilter = (frame, length, pass) => {
    const external = this.#address();
    if (external === undefined || !isIpv4(frame, length) || ethernetIsGroup(frame)) pass(frame, length);
    else if (ipv4Destination(frame, AT) === external) this.#enter(copyOf(frame, length), external, pass);
    else if (isForDhcpClient(frame)) pass(frame, length);
    // Else those outside could reach the inside by its own addresses.
    else this.#drop("not-for-outside");
  };

  /**
   * A frame has come in through an inside interface. One that is for the outside address, and there for an inside host, turns
   * round here, with the outside address as its source (RFC 4787 §6, hairpinning). It does not go through the stack, which
   * believes nobody who uses its own address.
   */
  readonly hairpin: ArrivalFilter = (frame, length, pass, now) => {
    const external = this.#address();
    if (external === undefined || !isIpv4(frame, length) || ipv4Destination(frame, AT) !== external)
      return pass(frame, length);
    if (!this.#turnsRound(frame, external)) return pass(frame, length);
    this.#leave(copyOf(frame, length), external, (left, size) =>
      this.#enter(left, external, (entered) => this.#send(entered, size, now)),
    );
  };

  #leave(frame: Uint8Array, external: number, pass: Pass): void {
    const now = this.#parts.clock.now();
    const end = endOf(frame);
    const source = ipv4Source(frame, AT);
    const isRouters = source === external;
    if (!ipv4IsFirstFragment(frame, AT))
      return this.#laterFragment(this.#leaving, "source", frame, isRouters, pass);
    const key = ipv4IsFragment(frame, AT) ? fragmentKey(frame, AT) : undefined;
    const flow = readFlow(frame, AT, end);
    if (flow === undefined) {
      if (quotedPacketAt(frame, AT, end) !== undefined) return this.#leaveError(frame, external, pass);
      return isRouters ? pass(frame, frame.length) : this.#drop("protocol");
    }
    if (flow.protocol === "icmp" && !flow.isEcho) {
      // Nobody outside can have asked an inside host.
      if (!isRouters) return this.#drop("no-session");
    } else {
      const mapping = this.#table.outbound(flow, now);
      if (typeof mapping === "string") return this.#drop(mapping);
      rewrite(frame, AT, end, "source", { address: external, port: mapping.port });
    }
    pass(frame, frame.length);
    if (key !== undefined) this.#first(this.#leaving, "source", key, external, pass);
  }

  #enter(frame: Uint8Array, external: number, pass: Pass): void {
    const now = this.#parts.clock.now();
    const end = endOf(frame);
    if (!ipv4IsFirstFragment(frame, AT))
      return this.#laterFragment(this.#entering, "destination", frame, false, pass);
    const key = ipv4IsFragment(frame, AT) ? fragmentKey(frame, AT) : undefined;
    const flow = readFlow(frame, AT, end);
    if (flow === undefined) {
      if (quotedPacketAt(frame, AT, end) !== undefined) return this.#enterError(frame, external, pass);
      return this.#drop("protocol");
    }
    let address = external;
    if (!isForRouter(flow)) {
      const mapping = this.#table.inbound(flow, now);
      if (typeof mapping === "string") return this.#drop(mapping);
      address = mapping.inside.address;
      rewrite(frame, AT, end, "destination", mapping.inside);
    }
    pass(frame, frame.length);
    if (key !== undefined) this.#first(this.#entering, "destination", key, address, pass);
  }

  /** An inside host, or the router, says that a packet from outside could not be delivered (RFC 5508 §4.3). */
  #leaveError(frame: Uint8Array, external: number, pass: Pass): void {
    const now = this.#parts.clock.now();
    const end = endOf(frame);
    const quotedAt = quotedPacketAt(frame, AT, end)!;
    const quoted = readFlow(frame, quotedAt, end);
    const isRouters = ipv4Source(frame, AT) === external;
    const mapping = quoted && this.#table.byInside(quoted.protocol, quoted.destination, now);
    if (mapping !== undefined)
      rewrite(
        frame,
        quotedAt,
        end,
        "destination",
        { address: external, port: mapping.port },
        checksumBefore(quotedAt),
      );
    else if (!isRouters) return this.#drop("no-session");
    rewrite(frame, AT, end, "source", { address: external, port: 0 });
    pass(frame, frame.length);
  }

  /** Somebody outside says that a packet from inside could not be delivered; that ends no session (RFC 5508 §4.2). */
  #enterError(frame: Uint8Array, external: number, pass: Pass): void {
    const now = this.#parts.clock.now();
    const end = endOf(frame);
    const quotedAt = quotedPacketAt(frame, AT, end)!;
    const quoted = readFlow(frame, quotedAt, end);
    if (quoted?.source.address !== external) return this.#drop("no-session");
    const mapping = this.#table.byPort(quoted.protocol, quoted.source.port, now);
    if (mapping === undefined) return this.#drop("no-session");
    rewrite(frame, quotedAt, end, "source", mapping.inside, checksumBefore(quotedAt));
    rewrite(frame, AT, end, "destination", mapping.inside);
    pass(frame, frame.length);
  }

  #laterFragment(
    fragments: Fragments,
    side: "source" | "destination",
    frame: Uint8Array,
    isRouters: boolean,
    pass: Pass,
  ): void {
    const now = this.#parts.clock.now();
    const address = fragments.addressFor(frame, AT, now);
    if (address !== undefined) {
      rewrite(frame, AT, endOf(frame), side, { address, port: 0 });
      pass(frame, frame.length);
    } else if (isRouters) pass(frame, frame.length);
    else if (!fragments.hold(frame, AT, now)) this.#drop("fragment");
  }

  #first(
    fragments: Fragments,
    side: "source" | "destination",
    key: string,
    address: number,
    pass: Pass,
  ): void {
    fragments.learn(key, address, this.#parts.clock.now(), (held, size) => {
      rewrite(held, AT, endOf(held), side, { address, port: 0 });
      pass(held, size);
    });
  }

  /** Whether a packet for the outside address is for an inside host. A fragment that comes before its first one is not. */
  #turnsRound(frame: Uint8Array, external: number): boolean {
    const now = this.#parts.clock.now();
    const end = endOf(frame);
    if (!ipv4IsFirstFragment(frame, AT)) return this.#leaving.addressFor(frame, AT, now) !== undefined;
    const flow = readFlow(frame, AT, end);
    if (flow !== undefined) {
      if (flow.protocol === "icmp") return false;
      const mapping = this.#table.byPort(flow.protocol, flow.destination.port, now);
      return mapping !== undefined && mapping.inside.address !== external;
    }
    const quotedAt = quotedPacketAt(frame, AT, end);
    const quoted = quotedAt === undefined ? undefined : readFlow(frame, quotedAt, end);
    if (quoted?.source.address !== external) return false;
    return this.#table.byInside(quoted.protocol, quoted.destination, now) !== undefined;
  }

  /** Sends a packet to an inside host, as the stack forwards one. */
  #send(frame: Uint8Array, length: number, now: number): void {
    const { stack } = this.#parts;
    stack.now = now;
    const destination = ipv4Destination(frame, AT);
    const path = stack.forwardingPaths.to(destination);
    if (
      path === undefined ||
      stack.ownsIpv4(destination) ||
      ipv4TimeToLive(frame, AT) <= 1 ||
      length > path.device.mtu + AT
    )
      return this.#drop("hairpin-unroutable");
    decrementIpv4TimeToLive(frame, AT);
    path.device.output(path, frame, endOf(frame));
    stack.wakeIfSooner();
  }

  /** The outside address as it is now. What was mapped to another one is over. */
  #address(): number | undefined {
    const address = this.#parts.outside.ipv4?.address.value;
    if (address !== this.#external && address !== undefined) {
      if (this.#external !== undefined) this.#table.clear();
      this.#external = address;
    }
    return address;
  }

  #drop(reason: NatDrop): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + 1);
  }
}

function isIpv4(frame: Uint8Array, length: number): boolean {
  // What is damaged goes to the stack, which counts it.
  return (
    checkEthernet(length) === undefined &&
    ethernetType(frame) === ETHER_TYPE_IPV4 &&
    checkIpv4(frame, AT, length, true) === undefined
  );
}

/** Not `slice`, which for Node's buffers shares the memory. */
function copyOf(frame: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(frame.subarray(0, length));
}

function endOf(frame: Uint8Array): number {
  return AT + ipv4TotalLength(frame, AT);
}

/** An ICMP error's checksum stands six bytes before the packet that it quotes. */
function checksumBefore(quotedAt: number): number {
  return quotedAt - 6;
}

/** Its answer to a ping, and its DHCP: the router asked for neither through the table. */
function isForRouter({ protocol, isEcho, destination }: Flow): boolean {
  if (protocol === "icmp") return isEcho;
  return protocol === "udp" && destination.port === DHCP_CLIENT_PORT;
}

/** A server sends to an address that the client does not have yet (RFC 2131 §4.1). */
function isForDhcpClient(frame: Uint8Array): boolean {
  const udpAt = AT + ipv4HeaderLength(frame, AT);
  return (
    ipv4Protocol(frame, AT) === PROTOCOL_UDP &&
    ipv4IsFirstFragment(frame, AT) &&
    udpAt + 4 <= frame.length &&
    udpDestinationPort(frame, udpAt) === DHCP_CLIENT_PORT
  );
}
