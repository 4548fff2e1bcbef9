import { TCP_ACK, TCP_RST, TCP_SYN, tcpSequence } from "../../wire/tcp.js";
import { ICMPV4_UNREACHABLE, UNREACHABLE_PORT, UNREACHABLE_PROTOCOL } from "../../wire/icmpv4.js";
import type { IcmpError } from "../icmp/icmp.js";
import type { Path } from "../ip/path.js";
import { Timer, type TimerOwner } from "../timers.js";
import type { PeerSyn } from "./handshake.js";
import type { TcpListener } from "./listener.js";
import type { PassiveOpens } from "./passive-open.js";
import { INITIAL_RTO } from "./rtt.js";
import type { Segment } from "./segment.js";
import { advance, distance } from "./sequence.js";
import { TcpState } from "./state.js";
import type { Endpoint } from "./table.js";
import type { Timestamps } from "./timestamps.js";

/**
 * A connection in SYN-RECEIVED that a listener's peer opens: no more than what must be remembered until the handshake is
 * done, since anybody can ask for one from any address (RFC 4987 §3.3).
 */
export class ConnectionRequest implements Endpoint, TimerOwner {
  readonly state = TcpState.SYN_RECEIVED;
  nextInBucket: Endpoint | undefined;
  readonly timer = new Timer(this);
  readonly local32: number;
  readonly remote32: number;
  /** When the only SYN-ACK was sent; −1 once there were two, for then it times nothing. */
  synSentAt = -1;
  retries = 0;
  /** When a segment that does not belong here was answered last, in monotonic ms. */
  challengedAt = -Infinity;

  constructor(
    private readonly opens: PassiveOpens,
    readonly listener: TcpListener,
    /** The way to the peer when it was last asked for; see `PassiveOpens`. */
    public path: Path,
    readonly localPort: number,
    readonly remotePort: number,
    readonly irs: number,
    readonly iss: number,
    /** What was agreed on: options that only one end knows are absent. */
    public syn: PeerSyn,
    readonly sndWnd: number,
    readonly timestamps: Timestamps | undefined,
  ) {
    this.local32 = path.source32;
    this.remote32 = path.destination32;
  }

  get rcvNxt(): number {
    return advance(this.irs, 1);
  }

  get sndNxt(): number {
    return advance(this.iss, 1);
  }

  /** Ms until the SYN-ACK is repeated. */
  get timeout(): number {
    return INITIAL_RTO * 2 ** this.retries;
  }

  /** SYN-RECEIVED of RFC 9293 §3.10.7.4, where the connection was opened passively. */
  receive(segment: Segment): void {
    const { opens } = this;
    const offset = distance(segment.sequence, this.rcvNxt);
    if (offset === -1 && segment.has(TCP_SYN) && !segment.has(TCP_ACK) && !segment.has(TCP_RST)) {
      opens.synArrivesAgain(this, segment);
      return;
    }
    if (!this.isAcceptable(segment, offset)) {
      opens.stack.counters.drop("tcp-out-of-window");
      if (!segment.has(TCP_RST)) opens.challenge(this);
      return;
    }
    if (segment.has(TCP_RST)) {
      // RFC 5961 §3.2: only the very next number resets.
      if (offset === 0) opens.remove(this);
      else opens.challenge(this);
    } else if (segment.has(TCP_SYN)) {
      // Fourth: back to LISTEN; if the peer means it, it repeats its SYN.
      opens.remove(this);
    } else if (segment.has(TCP_ACK)) {
      if (segment.acknowledgment === this.sndNxt) opens.complete(this, segment);
      else opens.reset(this, segment.acknowledgment);
    }
  }

  /** A refusal ends it; what may pass does not, for the SYN-ACK is repeated anyway (RFC 1122 §4.2.3.9). */
  receiveError(error: IcmpError): void {
    if (tcpSequence(error.bytes, error.at) !== this.iss || error.type !== ICMPV4_UNREACHABLE) return;
    if (error.code === UNREACHABLE_PORT || error.code === UNREACHABLE_PROTOCOL) this.opens.remove(this);
  }

  onTimer(): void {
    this.opens.onTimer(this);
  }

  private isAcceptable(segment: Segment, offset: number): boolean {
    const { timestamps } = this;
    if (timestamps !== undefined && !segment.has(TCP_RST)) {
      // RFC 7323 §3.2: without the timestamp it is none of this connection's.
      if (!segment.hasTimestamps || timestamps.isOld(segment)) return false;
    }
    return offset >= 0 && offset < this.opens.window;
  }
}
