import { SocketAddress, type IpAddress } from "../../address/index.js";
import { NetworkError, type ErrorCode } from "../../error/index.js";
import {
  MAX_SACK_BLOCKS,
  TCP_TIMESTAMPS_LENGTH,
  TCP_USER_TIMEOUT_LENGTH,
  sackOptionLength,
} from "../../wire/tcp.js";
import type { IcmpError } from "../icmp/icmp.js";
import type { Path } from "../ip/path.js";
import type { Task } from "../tasks.js";
import { QueuedTimer } from "../timers.js";
import {
  ReceiveBufferTuner,
  largestWindow,
  limitSendBuffer,
  newRing,
  offeredMss,
  newSendRing,
  receiveRoom,
} from "./buffers.js";
import { initialWindowFor, newCongestionControl } from "./congestion/choose.js";
import type { CongestionControl } from "./congestion/control.js";
import { Ecn, agreesOnEcn } from "./ecn.js";
import { Extras, NO_EXTRAS } from "./extras.js";
import type { PeerSyn } from "./handshake.js";
import { icmpErrorArrives } from "./icmp-errors.js";
import { segmentArrives } from "./input.js";
import { searchMtu } from "./mtu-search.js";
import type { TcpListener } from "./listener.js";
import type { Recovery } from "./recovery/recovery.js";
import type { ByteRing } from "./ring.js";
import { RttEstimator } from "./rtt.js";
import { advance, distance } from "./sequence.js";
import type { Segment } from "./segment.js";
import { TcpState, canSend, stateName } from "./state.js";
import type { Endpoint } from "./table.js";
import type { Tcp } from "./tcp.js";
import { Timestamps } from "./timestamps.js";
import { onConnectionTimer } from "./timeouts.js";
import { TimeoutExchange, adoptTimeout } from "./user-timeout.js";

/** What a user of a connection can be told; `Connection.events` is a set of them. */
export const READABLE = 1;
export const WRITABLE = 2;
export const ENDED = 4;
export const FAILED = 8;
export const URGENT = 16;

/** Segment size where the peer's SYN names none (RFC 9293 §3.7.1, MUST-15). */
export const DEFAULT_MSS = 536;
/** A buffer of fewer segments than this is used up by a round trip: the sender waits for every acknowledgment. */
export const FEW_SEGMENTS = 8;
/** A smaller MSS would make every byte cost a header; Linux's lower bound is near. */
const MIN_MSS = 64;
/** The header that the MSS leaves out: IPv4's 20 bytes are the path's business, TCP's are these. */
const TCP_HEADER = 20;

/**
 * One TCP connection: the transmission control block of RFC 9293 §3.3.1, and what its user may do with it.
 * input.ts changes it when a segment arrives, output.ts sends what it says may be sent, timeouts.ts when time passes.
 * Sequence numbers are signed 32-bit integers.
 *
 * Whoever adds a field here adds 16 bytes to each connection of a microcontroller, and as much for each `#method`: what
 * few connections need stands in extras.ts, what is in flight in recovery/, and docs/memory.md says what is left.
 */
export class Connection extends QueuedTimer implements Endpoint {
  state: TcpState = TcpState.CLOSED;

  // Send sequence space (RFC 9293 §3.3.1).
  iss = 0;
  sndUna = 0;
  sndNxt = 0;
  sndWnd = 0;
  sndWl1 = 0;
  sndWl2 = 0;
  /** The largest window the peer has offered (RFC 9293 §3.8.6.2.1). */
  maxSndWnd = 0;
  /** Bytes of data a segment may carry, options included: what the peer takes, and what the path does. */
  mss = DEFAULT_MSS;
  /** What the peer takes at most, and this end is ready to send. */
  peerMss = DEFAULT_MSS;
  sndWindowScale = 0;
  /** The user has closed its side: a FIN follows the last byte. */
  finQueued = false;

  // Receive sequence space. `rcvAdv` is the right edge of the window last offered; it never moves left.
  irs = 0;
  rcvNxt = 0;
  rcvAdv = 0;
  windowScaling = true;

  // Options that both ends have agreed on.
  sackPermitted = true;
  timestamps: Timestamps | undefined;
  ecn: Ecn | undefined;

  // What is in flight, and how much may be.
  readonly rtt: RttEstimator;
  congestion: CongestionControl;
  /** Borrowed while something is in flight; see `beginFlight`. */
  recovery: Recovery;
  /** When our first SYN was sent; −1 once there were two, for then it times nothing. */
  synSentAt = -1;
  /** When data was sent last (RFC 5681 §4.1). */
  lastSentAt = 0;
  /** Retransmissions of the same data in a row. */
  retries = 0;
  /** Since when the oldest unacknowledged byte has waited. */
  unacknowledgedSince = 0;

  // Acknowledging (RFC 9293 §3.8.6.3).
  ackNow = false;
  /** The largest segment received: what counts as a full one. */
  largestSegment = 1;

  // Deadlines in monotonic ms, Infinity where not set; the connection's one timer serves them all.
  retransmitAt = Infinity;
  ackAt = Infinity;
  /** When a segment of the peer's arrived last. */
  heardAt = 0;

  sendRing: ByteRing | undefined;
  receiveRing: ByteRing | undefined;
  /** Absent where the receive buffer does not grow. */
  private readonly receiveTuner: ReceiveBufferTuner | undefined;
  /** What few connections need; `ownExtras` is for what is to be changed. */
  extras: Readonly<Extras> = NO_EXTRAS;

  /** Who is told; absent before the connection is accepted and after the user has closed it. */
  user: Task | undefined;
  /** The listener it came from, until it is accepted. */
  listener: TcpListener | undefined;
  events = 0;
  noDelay = false;
  /** Bytes of room that the user knows of: what it was told last, less what it has written since. */
  roomTold = 0;
  /** True while it waits for `Tcp.flush`. */
  outputQueued = false;
  nextInBucket: Endpoint | undefined;
  readonly local32: number;
  readonly remote32: number;

  constructor(
    readonly tcp: Tcp,
    /** The way to the peer, as it was when it was last asked for; see `Tcp.pathOf`. */
    public path: Path,
    readonly localPort: number,
    readonly remotePort: number,
  ) {
    super();
    const { tuning } = tcp;
    this.local32 = path.source32;
    this.remote32 = path.destination32;
    this.rtt = new RttEstimator(tuning.minimumRto);
    this.recovery = tcp.recoveries.idle;
    this.congestion = newCongestionControl(tuning, tuning.initialWindow);
    if (tuning.quickAcks > 0) this.ownExtras.quickAcks = tuning.quickAcks;
    this.sackPermitted = tuning.sack;
    if (tuning.timestamps) this.timestamps = new Timestamps(tcp.timestampOffset(path, this));
    this.windowScaling = tuning.windowScaling;
    if (tuning.userTimeoutOption) this.ownExtras.timeoutExchange = new TimeoutExchange(tuning.userTimeout);
    this.sendRing = newSendRing(tcp);
    this.receiveRing = newRing(tcp, tuning.receiveBuffer);
    if (tuning.maxReceiveBuffer > tuning.receiveBuffer) this.receiveTuner = new ReceiveBufferTuner();
  }

  get local(): IpAddress {
    return this.path.source;
  }

  get remote(): IpAddress {
    return this.path.destination;
  }

  /** The connection's own, made at need. */
  get ownExtras(): Extras {
    if (this.extras === NO_EXTRAS) this.extras = new Extras();
    return this.extras;
  }

  get description(): string {
    return new SocketAddress(this.remote, this.remotePort).toString();
  }

  get stateName(): string {
    return stateName(this.state);
  }

  get rcvWindowScale(): number {
    return this.windowScaling ? this.tcp.windowScale : 0;
  }

  /** The MSS this end announces. */
  get offeredMss(): number {
    return offeredMss(this.path, this.tcp.tuning, this.timestamps !== undefined);
  }

  /** True once nobody will read or write any more: its user has closed it. */
  get isOrphan(): boolean {
    return this.user === undefined && this.listener === undefined;
  }

  /** Fits `mss` to the path, which has changed, or to what was found out about it. */
  fitMss(): void {
    this.mss = Math.max(
      MIN_MSS,
      Math.min(this.peerMss, this.pathMss, this.extras.mtuSearch?.mss ?? Infinity),
    );
  }

  /** The MSS that the path is known to carry. */
  get pathMss(): number {
    return this.path.maxPayload - TCP_HEADER;
  }

  /** What is in flight from now on is recorded there. */
  beginFlight(): Recovery {
    const { recoveries } = this.tcp;
    if (this.recovery === recoveries.idle) this.recovery = recoveries.take(this);
    return this.recovery;
  }

  /** Nothing is in flight any more. */
  endFlight(): void {
    this.recovery = this.tcp.recoveries.give(this.recovery);
  }

  /** Bytes sent and not acknowledged. */
  get inFlight(): number {
    return distance(this.sndNxt, this.sndUna);
  }

  /** True if the user has written more than was sent. */
  get hasUnsentData(): boolean {
    return this.sendRing !== undefined && this.sendRing.length > this.inFlight;
  }

  /** Bytes that the options of an ordinary segment take now. */
  get optionLength(): number {
    const timestamps = this.timestamps === undefined ? 0 : TCP_TIMESTAMPS_LENGTH;
    // Asked several times for each segment.
    if (this.extras === NO_EXTRAS) return timestamps;
    if (this.tellsTimeout) return timestamps + TCP_USER_TIMEOUT_LENGTH;
    return timestamps + sackOptionLength(this.sackBlocks);
  }

  /** The next segment carries the user time-out: SACK blocks are more urgent, and there is not room for all. */
  get tellsTimeout(): boolean {
    return this.extras.timeoutExchange?.isDue === true && this.sackBlocks === 0;
  }

  /** Bytes of data that a segment can carry now. */
  get segmentRoom(): number {
    return this.mss - this.optionLength;
  }

  /** How many SACK blocks the next segment carries. */
  get sackBlocks(): number {
    const { assembler, duplicate } = this.extras;
    if (!this.sackPermitted) return 0;
    const count = (assembler?.ranges ?? 0) + (duplicate === undefined ? 0 : 1);
    return Math.min(count, this.timestamps === undefined ? MAX_SACK_BLOCKS : MAX_SACK_BLOCKS - 1);
  }

  /** How long data may stay unacknowledged, in ms. */
  get userTimeout(): number {
    return this.extras.userTimeout ?? this.tcp.tuning.userTimeout;
  }

  /** Why the connection failed. */
  get error(): NetworkError | undefined {
    return this.extras.error;
  }

  get softError(): ErrorCode | undefined {
    return this.extras.softError;
  }

  get challengedAt(): number {
    return this.extras.challengedAt;
  }

  set challengedAt(now: number) {
    this.ownExtras.challengedAt = now;
  }

  /** Bytes the user may read now. */
  get readable(): number {
    return this.receiveRing?.length ?? 0;
  }

  /** The sequence number of the next byte the user reads. */
  get readPosition(): number {
    return advance(this.rcvNxt, -this.readable - (this.peerFinished ? 1 : 0));
  }

  /** Bytes to read until the urgent data ends; some of them may not have come yet. */
  get urgentBytes(): number {
    const { rcvUp } = this.extras;
    return rcvUp === undefined ? 0 : distance(rcvUp, this.readPosition);
  }

  /** Bytes the user may write now. */
  get writable(): number {
    return canSend(this.state) && !this.finQueued ? (this.sendRing?.free ?? 0) : 0;
  }

  /** True once all the peer will ever send has been received. */
  get peerFinished(): boolean {
    const { finSequence } = this.extras;
    return finSequence !== undefined && distance(this.rcvNxt, finSequence) > 0;
  }

  /** Takes what the peer's SYN says of itself; what one end does not offer, none uses. */
  acceptOptions(syn: PeerSyn): void {
    this.peerMss = Math.min(syn.mss ?? DEFAULT_MSS, this.offeredMss);
    this.fitMss();
    if (this.tcp.tuning.mtuProbing === "always") searchMtu(this);
    this.windowScaling = this.windowScaling && syn.windowScale !== undefined;
    this.sndWindowScale = this.windowScaling ? (syn.windowScale ?? 0) : 0;
    const ring = this.receiveRing!;
    ring.capacity = Math.min(ring.capacity, largestWindow(this.rcvWindowScale));
    this.sackPermitted = this.sackPermitted && syn.sackPermitted;
    if (syn.hasTimestamps) this.timestamps?.begin(syn);
    else this.timestamps = undefined;
    adoptTimeout(this, syn);
    this.ecn = agreesOnEcn(this, syn) ? new Ecn() : undefined;
  }

  /** TSval at `now`, undefined without timestamps. */
  timestampAt(now: number): number | undefined {
    return this.timestamps?.at(now);
  }

  /** Segments that may go while nothing is known of the path: fewer than the option says if they are large. */
  get initialWindow(): number {
    return initialWindowFor(this.tcp.tuning, this.mss);
  }

  /** [left, right) has come twice: the next acknowledgment tells so, once (RFC 2883 §4). */
  noteDuplicate(left: number, right: number): void {
    if (this.tcp.tuning.dsack) this.ownExtras.duplicate ??= [left, right];
  }

  /** Begins with the window of RFC 5681 §3.1 or RFC 6928; after a lost SYN with one segment. */
  restartCongestionControl(window: number): void {
    this.congestion = newCongestionControl(this.tcp.tuning, window);
  }

  /** Fills `target` as far as received bytes go. @returns how many */
  read(target: Uint8Array): number {
    const ring = this.receiveRing;
    if (ring === undefined) return 0;
    const taken = Math.min(target.length, ring.length);
    ring.copy(0, target, 0, taken);
    ring.discard(taken);
    this.receiveTuner?.onRead(this, taken);
    if (this.extras.rcvUp !== undefined && this.urgentBytes <= 0) this.ownExtras.rcvUp = undefined;
    offerWindow(this);
    if (this.peerFinished && ring.length === 0) this.raise(ENDED);
    return taken;
  }

  /** Appends bytes to what is to be sent; the caller has looked at `writable`. */
  write(bytes: Uint8Array): void {
    const ring = this.sendRing!;
    ring.place(0, bytes, 0, bytes.length);
    ring.commit(bytes.length);
    limitSendBuffer(this);
    this.roomTold = ring.free;
    this.tcp.wantsOutput(this);
  }

  /** Ends the sending direction in order: a FIN follows what was written (RFC 9293 §3.10.4). */
  shutdown(): void {
    if (this.finQueued || this.state === TcpState.CLOSED) return;
    this.finQueued = true;
    this.tcp.wantsOutput(this);
  }

  /** The user is gone. What was written is still sent; unread data makes it a reset (RFC 2525 §2.17). */
  close(): void {
    this.user = undefined;
    if (this.state === TcpState.CLOSED || this.state === TcpState.TIME_WAIT) {
      this.releaseReceiveSide();
      return;
    }
    if (this.state === TcpState.SYN_SENT) {
      this.tcp.remove(this);
      return;
    }
    if (this.readable > 0) {
      this.abort();
      return;
    }
    this.shutdown();
    this.tcp.wantsOutput(this);
    this.tcp.orphaned(this);
  }

  /** Ends the connection at once and tells the peer so (RFC 9293 §3.10.5). */
  abort(): void {
    if (this.state === TcpState.TIME_WAIT) {
      this.close();
      return;
    }
    this.tcp.sendReset(this);
    this.tcp.remove(this);
  }

  /** The connection is over because of `error`; its user will be told. */
  fail(code: ErrorCode, operation = "connection to"): void {
    this.ownExtras.error = new NetworkError(code, operation, this.description);
    this.raise(FAILED);
    this.tcp.remove(this);
  }

  /** Queues callbacks for the user, if there is one. */
  raise(event: number): void {
    this.events |= event;
    if (this.user !== undefined) this.tcp.stack.defer(this.user);
  }

  /** Hands the connection to a user, who is told what there is. */
  adopt(user: Task): void {
    this.user = user;
    if (this.readable > 0) this.events |= READABLE;
    this.roomTold = this.writable;
    if (this.roomTold > 0) this.events |= WRITABLE;
    if (this.urgentBytes > 0) this.events |= URGENT;
    if (this.peerFinished && this.readable === 0) this.events |= ENDED;
    if (this.error !== undefined) this.events |= FAILED;
    if (this.events !== 0) this.tcp.stack.defer(user);
  }

  /** Arms the timer for the earliest deadline; one that was put off just fires early and looks again. */
  armTimer(): void {
    const { recovery, extras } = this;
    let deadline = Math.min(this.retransmitAt, this.ackAt, recovery.probe.at, recovery.reorderAt);
    if (extras !== NO_EXTRAS)
      deadline = Math.min(deadline, extras.persistAt, extras.keepAliveAt, extras.expireAt);
    if (deadline < this.deadline) this.tcp.stack.timers.set(this, deadline);
  }

  receive(segment: Segment): void {
    segmentArrives(this, segment);
  }

  receiveError(error: IcmpError): void {
    icmpErrorArrives(this, error);
  }

  override onTimer(now: number): void {
    onConnectionTimer(this, now);
  }

  /** Nothing will be sent any more but acknowledgments: frees the send buffer and its timers. */
  releaseSendSide(): void {
    this.retransmitAt = Infinity;
    if (this.extras.persistAt !== Infinity) this.ownExtras.persistAt = Infinity;
    this.endFlight();
    this.sendRing?.release();
    this.sendRing = undefined;
  }

  /** Nobody will read any more. */
  releaseReceiveSide(): void {
    this.receiveRing?.release();
    this.receiveRing = undefined;
  }
}

/** What was read makes room: worth a segment of its own only if it doubles the window that the peer knows of. */
function offerWindow(connection: Connection): void {
  const room = receiveRoom(connection);
  const offered = distance(connection.rcvAdv, connection.rcvNxt);
  const worth = Math.min(connection.mss, connection.receiveRing!.capacity >> 1);
  if (room >= 2 * offered && room - offered >= worth && !connection.peerFinished) {
    connection.ackNow = true;
    connection.tcp.wantsOutput(connection);
  }
}
