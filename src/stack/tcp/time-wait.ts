import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../wire/tcp.js";
import type { Packet } from "../ip/packet.js";
import { Timer, type TimerOwner } from "../timers.js";
import type { Connection } from "./connection.js";
import { sendBareAck } from "./reply.js";
import type { Segment } from "./segment.js";
import { advance, distance } from "./sequence.js";
import { TcpState } from "./state.js";
import type { Endpoint } from "./table.js";
import type { Tcp } from "./tcp.js";
import type { Timestamps } from "./timestamps.js";

const LARGEST_UNSCALED_WINDOW = 0xffff;
/** How far beyond the old connection's numbers a new one begins: no window without scaling reaches there; as Linux. */
const SEQUENCE_GAP = LARGEST_UNSCALED_WINDOW + 2;
/** Ms after which a connection of ours may be followed by another one: a peer's clock may be as slow as that. */
const REUSE_AFTER = 1_000;

/** What is left of a connection in TIME-WAIT (RFC 9293 §3.6.1): enough to answer what comes late. */
export class TimeWait implements Endpoint {
  readonly state = TcpState.TIME_WAIT;
  nextInBucket: Endpoint | undefined;
  readonly localPort: number;
  readonly remotePort: number;
  readonly local32: number;
  readonly remote32: number;
  readonly sndNxt: number;
  readonly rcvNxt: number;
  readonly timestamps: Timestamps | undefined;
  expireAt = Infinity;
  /** When the last segment arrived, and when one was answered that was no FIN, in monotonic ms. */
  heardAt: number;
  challengedAt = -Infinity;
  /** The neighbors in the order of expiry. */
  older: TimeWait | undefined;
  newer: TimeWait | undefined;

  constructor(
    private readonly tcp: Tcp,
    { localPort, remotePort, local32, remote32, sndNxt, rcvNxt, timestamps }: Connection,
  ) {
    this.localPort = localPort;
    this.remotePort = remotePort;
    this.local32 = local32;
    this.remote32 = remote32;
    this.sndNxt = sndNxt;
    this.rcvNxt = rcvNxt;
    this.timestamps = timestamps;
    this.heardAt = tcp.now;
  }

  /** Where the numbers of a connection that follows this one begin at the earliest (RFC 1122 §4.2.2.13). */
  get nextSequence(): number {
    return advance(this.sndNxt, SEQUENCE_GAP);
  }

  /** Whether `connect` may use the ports again: the peer can tell new segments from old ones by their timestamps. */
  isReusable(now: number): boolean {
    return this.timestamps !== undefined && now - this.heardAt > REUSE_AFTER;
  }

  receive(segment: Segment, packet: Packet): void {
    const { tcp } = this;
    if (segment.has(TCP_RST)) {
      this.resetArrives(segment, packet);
      return;
    }
    if (segment.has(TCP_SYN) && !segment.has(TCP_ACK) && this.isNew(segment)) {
      const listener = tcp.listeners.find(this.localPort, packet.destination);
      if (listener !== undefined) {
        tcp.timeWaits.remove(this);
        tcp.passiveOpens.synArrives(listener, segment, packet, this.nextSequence);
        return;
      }
    }
    const isOld = segment.hasTimestamps && this.timestamps?.isOld(segment) === true;
    const isDuplicate = distance(segment.sequence, this.rcvNxt) < 0;
    if (isOld) tcp.stack.counters.drop("tcp-paws");
    else if (segment.has(TCP_FIN)) {
      // §3.10.7.4: the acknowledgment of the FIN was lost; the wait starts again.
      this.heardAt = segment.now;
      tcp.timeWaits.restart(this);
      this.acknowledge(packet);
      return;
    } else if (!isDuplicate && !segment.has(TCP_SYN)) return;
    if (tcp.mayChallenge(this)) this.acknowledge(packet);
  }

  receiveError(): void {
    // Nothing is on its way any more that it could be about.
  }

  /**
   * RFC 6191 §2: whether a SYN cannot be an old duplicate. Its timestamp tells it; where that is the same, or there is
   * none, its number does (RFC 1122 §4.2.2.13).
   */
  private isNew(segment: Segment): boolean {
    const { timestamps } = this;
    if (segment.hasTimestamps) {
      if (timestamps === undefined) return true;
      const gain = distance(segment.timestamp, timestamps.recent);
      if (gain !== 0) return gain > 0;
    }
    return distance(segment.sequence, this.rcvNxt) > 0;
  }

  /** RFC 9293 §3.10.7.4: it ends the wait, if it is where the next byte would be; else it may be forged. */
  private resetArrives(segment: Segment, packet: Packet): void {
    const gap = distance(segment.sequence, this.rcvNxt);
    if (gap === 0) this.tcp.timeWaits.remove(this);
    else if (gap > 0 && gap <= LARGEST_UNSCALED_WINDOW && this.tcp.mayChallenge(this))
      this.acknowledge(packet);
  }

  private acknowledge(packet: Packet): void {
    const { stack } = this.tcp;
    const path = stack.ip.pathBack(packet);
    if (path !== undefined) sendBareAck(stack, path, this, this.sndNxt, this.rcvNxt, 0, this.timestamps);
  }
}

/** All that is in TIME-WAIT, in the order in which it ends, so that one timer serves it. */
export class TimeWaits implements TimerOwner {
  readonly #timer = new Timer(this);
  #oldest: TimeWait | undefined;
  #newest: TimeWait | undefined;
  #size = 0;

  constructor(private readonly tcp: Tcp) {}

  get size(): number {
    return this.#size;
  }

  /** Takes the place of a connection. */
  add(connection: Connection): void {
    const wait = new TimeWait(this.tcp, connection);
    this.tcp.endpoints.add(wait);
    this.append(wait);
    if (this.#size > this.tcp.tuning.maxTimeWait) this.remove(this.#oldest!);
  }

  restart(wait: TimeWait): void {
    this.unlink(wait);
    this.append(wait);
  }

  remove(wait: TimeWait): void {
    this.tcp.endpoints.remove(wait);
    this.unlink(wait);
  }

  onTimer(now: number): void {
    while (this.#oldest !== undefined && this.#oldest.expireAt <= now) this.remove(this.#oldest);
    this.arm();
  }

  private append(wait: TimeWait): void {
    wait.expireAt = this.tcp.now + this.tcp.tuning.timeWait;
    wait.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = wait;
    else this.#newest.newer = wait;
    this.#newest = wait;
    this.#size++;
    this.arm();
  }

  private unlink(wait: TimeWait): void {
    if (wait.older === undefined) this.#oldest = wait.newer;
    else wait.older.newer = wait.newer;
    if (wait.newer === undefined) this.#newest = wait.older;
    else wait.newer.older = wait.older;
    wait.older = wait.newer = undefined;
    this.#size--;
    this.arm();
  }

  private arm(): void {
    this.tcp.stack.timers.set(this.#timer, this.#oldest?.expireAt ?? Infinity);
  }
}
