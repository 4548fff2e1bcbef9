import { TCP_FIN, TCP_RST, TCP_SYN } from "../../../src/wire/index.js";
import { milliseconds, type Duration } from "../../duration.js";
import type { Flow, NatProtocol } from "./flow.js";

/** How long a session is kept when nothing passes. */
export interface NatTimeouts {
  readonly udp: Duration;
  readonly icmp: Duration;
  /** Of a TCP connection that is open. */
  readonly tcpEstablished: Duration;
  /** Of one that begins or ends. */
  readonly tcpTransitory: Duration;
}

/** RFC 4787 §4.3 (REQ-5), RFC 5508 §3.2 (REQ-2), RFC 5382 §5 (REQ-5): what they recommend, or the least that they allow. */
export const NAT_TIMEOUTS: NatTimeouts = Object.freeze({
  udp: "5m",
  icmp: "60s",
  tcpEstablished: "124m",
  tcpTransitory: "4m",
});

export type Direction = "out" | "in";

const SYN_SEEN: Readonly<Record<Direction, number>> = Object.freeze({ out: 1, in: 2 });
const FIN_SEEN: Readonly<Record<Direction, number>> = Object.freeze({ out: 4, in: 8 });
const RESET = 16;
const OPEN = SYN_SEEN.out | SYN_SEEN.in;
const CLOSED = FIN_SEEN.out | FIN_SEEN.in;

/** What an inside endpoint and one outside say to each other. */
export interface Session {
  /** In ms of the router's clock. */
  deadline: number;
  /** What of a TCP connection's beginning and end has passed. */
  seen: number;
}

/** Decides how long sessions last. */
export class SessionTimer {
  readonly #times: Readonly<Record<keyof NatTimeouts, number>>;

  constructor(timeouts: Partial<NatTimeouts> = {}) {
    const { udp, icmp, tcpEstablished, tcpTransitory } = { ...NAT_TIMEOUTS, ...timeouts };
    this.#times = {
      udp: milliseconds(udp),
      icmp: milliseconds(icmp),
      tcpEstablished: milliseconds(tcpEstablished),
      tcpTransitory: milliseconds(tcpTransitory),
    };
  }

  /** A session that this packet begins. One in the middle of a TCP connection is of an open one, from before a restart. */
  begin(flow: Flow, direction: Direction, now: number): Session {
    const session = { deadline: now, seen: 0 };
    if (flow.protocol === "tcp" && (flow.flags & TCP_SYN) === 0) session.seen = OPEN;
    this.passed(session, flow, direction, now);
    return session;
  }

  /**
   * A packet passes. Only what comes from inside keeps a session of UDP or ICMP (RFC 4787 §4.3, REQ-6): else those outside
   * could keep it for ever.
   */
  passed(session: Session, { protocol, flags }: Flow, direction: Direction, now: number): void {
    if (protocol === "tcp") {
      if ((flags & TCP_SYN) !== 0 && isOver(session)) session.seen = 0;
      if ((flags & TCP_SYN) !== 0) session.seen |= SYN_SEEN[direction];
      if ((flags & TCP_FIN) !== 0) session.seen |= FIN_SEEN[direction];
      if ((flags & TCP_RST) !== 0) session.seen |= RESET;
    } else if (direction === "in" && session.deadline > now) return;
    session.deadline = now + this.#duration(session, protocol);
  }

  #duration(session: Session, protocol: NatProtocol): number {
    if (protocol !== "tcp") return this.#times[protocol];
    const isOpen = (session.seen & OPEN) === OPEN && !isOver(session);
    return isOpen ? this.#times.tcpEstablished : this.#times.tcpTransitory;
  }
}

/** RFC 7857 §2: both sides have said that they are done, or one has reset the connection. */
function isOver({ seen }: Session): boolean {
  return (seen & CLOSED) === CLOSED || (seen & RESET) !== 0;
}
