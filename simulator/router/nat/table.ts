import type { Random } from "../../../src/host/index.js";
import { TCP_RST } from "../../../src/wire/index.js";
import type { Endpoint, Flow, NatProtocol } from "./flow.js";
import type { Session, SessionTimer } from "./sessions.js";

/** Sessions at most: what Linux routers of 64 MiB track. */
export const MAX_NAT_SESSIONS = 4096;

/** In ms: a full table is not searched for what is over more often. */
const SWEEP_INTERVAL = 1_000;

/** RFC 4787 §4.2.2 (REQ-3): a port below 1024 gets one there, the others get others. */
const FIRST_UNPRIVILEGED = 1024;
const PORTS = 0x1_0000;

/** Who may answer, once an inside endpoint has sent something (RFC 4787 §5). */
export type NatFiltering = "endpoint-independent" | "address-dependent" | "address-and-port-dependent";

/** An inside endpoint, and the port of the outside address that stands for it. */
export interface Mapping {
  readonly protocol: NatProtocol;
  readonly inside: Endpoint;
  readonly port: number;
  /** A forward: it does not end, and anybody may use it. */
  readonly isStatic: boolean;
  /** By the endpoint outside. */
  readonly sessions: Map<number, Session>;
}

export interface NatTableOptions {
  readonly random: Random;
  readonly timer: SessionTimer;
  readonly filtering: NatFiltering;
  /** Absent: MAX_NAT_SESSIONS. */
  readonly maxSessions?: number;
}

/**
 * Which inside endpoint has which port outside: the same one whomever it talks to (RFC 4787 §4.1, endpoint-independent mapping), and
 * its own where that is free. What is over is forgotten when it is looked at.
 */
export class NatTable {
  readonly #options: NatTableOptions;
  readonly #byInside = new Map<number, Mapping>();
  readonly #byPort = new Map<number, Mapping>();
  #sessions = 0;
  #sweptAt = -Infinity;

  constructor(options: NatTableOptions) {
    this.#options = options;
  }

  /** Sessions that it knows of; some may be over. */
  get size(): number {
    return this.#sessions;
  }

  get mappings(): readonly Mapping[] {
    return [...this.#byPort.values()];
  }

  /** Adds a forward. @returns false if the port is another's */
  addStatic(protocol: NatProtocol, port: number, inside: Endpoint): boolean {
    if (this.#byPort.has(portKey(protocol, port))) return false;
    this.#add({ protocol, inside, port, isStatic: true, sessions: new Map() });
    return true;
  }

  /** Forgets all that was not added as static: the outside address is another one. */
  clear(): void {
    for (const mapping of this.mappings) {
      this.#sessions -= mapping.sessions.size;
      mapping.sessions.clear();
      if (!mapping.isStatic) this.#remove(mapping);
    }
  }

  /** The mapping for a packet that leaves. @returns why there is none */
  outbound(flow: Flow, now: number): Mapping | "table-full" | "no-port" | "no-session" {
    const known = this.byInside(flow.protocol, flow.source, now);
    const session = known?.sessions.get(endpointKey(flow.destination));
    if (known !== undefined && session !== undefined && session.deadline > now) {
      this.#options.timer.passed(session, flow, "out", now);
      return known;
    }
    if ((flow.flags & TCP_RST) !== 0) return known?.isStatic === true ? known : "no-session";
    if (!this.#hasRoom(now)) return "table-full";
    // The search for room may have found it over.
    const mapping =
      this.byInside(flow.protocol, flow.source, now) ?? this.#map(flow.protocol, flow.source, now);
    if (mapping === undefined) return "no-port";
    this.#begin(mapping, flow.destination, this.#options.timer.begin(flow, "out", now));
    return mapping;
  }

  /** The mapping for a packet that comes in. @returns why it may not */
  inbound(flow: Flow, now: number): Mapping | "unsolicited" | "filtered" | "table-full" {
    const mapping = this.byPort(flow.protocol, flow.destination.port, now);
    if (mapping === undefined) return "unsolicited";
    const { timer } = this.#options;
    const session = mapping.sessions.get(endpointKey(flow.source));
    if (session !== undefined && session.deadline > now) {
      timer.passed(session, flow, "in", now);
      return mapping;
    }
    if (mapping.isStatic) return mapping;
    if (!this.#mayEnter(mapping, flow.source, now)) return "filtered";
    if (flow.protocol !== "tcp") return mapping;
    if (!this.#hasRoom(now)) return "table-full";
    this.#begin(mapping, flow.source, timer.begin(flow, "in", now));
    return mapping;
  }

  byInside(protocol: NatProtocol, inside: Endpoint, now: number): Mapping | undefined {
    return this.#current(this.#byInside.get(insideKey(protocol, inside)), now);
  }

  byPort(protocol: NatProtocol, port: number, now: number): Mapping | undefined {
    return this.#current(this.#byPort.get(portKey(protocol, port)), now);
  }

  #mayEnter({ sessions }: Mapping, { address }: Endpoint, now: number): boolean {
    const { filtering } = this.#options;
    if (filtering !== "address-dependent") return filtering === "endpoint-independent";
    for (const [key, { deadline }] of sessions) {
      if (addressOf(key) === address && deadline > now) return true;
    }
    return false;
  }

  #map(protocol: NatProtocol, inside: Endpoint, now: number): Mapping | undefined {
    const port = this.#freePort(protocol, inside.port, now);
    if (port === undefined) return undefined;
    const mapping = { protocol, inside, port, isStatic: false, sessions: new Map<number, Session>() };
    this.#add(mapping);
    return mapping;
  }

  /** The wanted one, else one of the same range: the first that is free from a random one on (RFC 6056 §3.3). */
  #freePort(protocol: NatProtocol, wanted: number, now: number): number | undefined {
    const isFree = (port: number): boolean => this.byPort(protocol, port, now) === undefined;
    if (isFree(wanted)) return wanted;
    // An identifier is no port: there is no range that means anything.
    const isLow = wanted < FIRST_UNPRIVILEGED && protocol !== "icmp";
    const first = isLow ? 1 : FIRST_UNPRIVILEGED;
    const count = (isLow ? FIRST_UNPRIVILEGED : PORTS) - first;
    const start = this.#options.random.uint32() % count;
    for (let tried = 0; tried < count; tried++) {
      const port = first + ((start + tried) % count);
      if (isFree(port)) return port;
    }
    return undefined;
  }

  #begin(mapping: Mapping, outside: Endpoint, session: Session): void {
    const key = endpointKey(outside);
    if (!mapping.sessions.has(key)) this.#sessions++;
    mapping.sessions.set(key, session);
  }

  #hasRoom(now: number): boolean {
    const limit = this.#options.maxSessions ?? MAX_NAT_SESSIONS;
    if (this.#sessions >= limit && now - this.#sweptAt >= SWEEP_INTERVAL) {
      this.#sweptAt = now;
      for (const mapping of this.mappings) this.#current(mapping, now, true);
    }
    return this.#sessions < limit;
  }

  /** @param isThorough whether to forget each session that is over, and not only look for one that is not */
  #current(mapping: Mapping | undefined, now: number, isThorough = false): Mapping | undefined {
    if (mapping === undefined) return undefined;
    for (const [key, { deadline }] of mapping.sessions) {
      if (deadline > now) {
        if (isThorough) continue;
        return mapping;
      }
      mapping.sessions.delete(key);
      this.#sessions--;
    }
    if (mapping.isStatic || mapping.sessions.size > 0) return mapping;
    this.#remove(mapping);
    return undefined;
  }

  #add(mapping: Mapping): void {
    this.#byInside.set(insideKey(mapping.protocol, mapping.inside), mapping);
    this.#byPort.set(portKey(mapping.protocol, mapping.port), mapping);
  }

  #remove({ protocol, inside, port }: Mapping): void {
    this.#byInside.delete(insideKey(protocol, inside));
    this.#byPort.delete(portKey(protocol, port));
  }
}

const PROTOCOL_INDEX: Readonly<Record<NatProtocol, number>> = Object.freeze({ tcp: 0, udp: 1, icmp: 2 });

/** 48 bits. */
function endpointKey({ address, port }: Endpoint): number {
  return address * PORTS + port;
}

function addressOf(endpointKey: number): number {
  return Math.floor(endpointKey / PORTS);
}

/** 50 bits: an exact number still. */
function insideKey(protocol: NatProtocol, inside: Endpoint): number {
  return PROTOCOL_INDEX[protocol] * 2 ** 48 + endpointKey(inside);
}

function portKey(protocol: NatProtocol, port: number): number {
  return PROTOCOL_INDEX[protocol] * PORTS + port;
}
