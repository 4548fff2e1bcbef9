import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../wire/tcp.js";
import type { Path } from "../ip/path.js";
import type { Packet } from "../ip/packet.js";
import type { Stack } from "../stack.js";
import { DEFAULT_MSS } from "./connection.js";
import type { PeerSyn } from "./handshake.js";
import { segmentArrives } from "./input.js";
import type { TcpListener } from "./listener.js";
import { sendBare, sendBareAck, sendResetFor } from "./reply.js";
import { ConnectionRequest } from "./request.js";
import type { Segment } from "./segment.js";
import { advance, later } from "./sequence.js";
import { TcpState } from "./state.js";
import { NO_OPTIONS, agreed, sendSynAck, synAckWindow } from "./syn-ack.js";
import { COOKIE_LIFETIME, SynCookies, decodeOptions, encodeOptions } from "./syn-cookies.js";
import type { Tcp } from "./tcp.js";
import { Timestamps } from "./timestamps.js";

/**
 * Connections that others open (RFC 9293 §3.10.7.2): a SYN makes a `ConnectionRequest`, or only a cookie where there
 * are too many of those, and the acknowledgment of the SYN-ACK makes a `Connection`.
 */
export class PassiveOpens {
  readonly stack: Stack;
  #requests = 0;
  #cookies: SynCookies | undefined;
  #cookieSentAt = -Infinity;

  constructor(private readonly tcp: Tcp) {
    this.stack = tcp.stack;
  }

  /** The window that a SYN-ACK offers. */
  get window(): number {
    return synAckWindow(this.tcp.tuning);
  }

  /** A segment that belongs to no connection arrives for a port in LISTEN. */
  segmentArrives(listener: TcpListener, segment: Segment, packet: Packet): void {
    if (segment.has(TCP_RST)) return;
    if (segment.has(TCP_ACK)) {
      if (!segment.has(TCP_SYN) && this.cookieArrives(listener, segment, packet)) return;
      const path = this.stack.ip.pathBack(packet);
      if (path !== undefined) sendResetFor(this.stack, path, segment);
    } else if (segment.has(TCP_SYN)) {
      this.synArrives(listener, segment, packet);
    }
  }

  /** @param after the initial sequence number must come after it: the last one of a connection with the same ports */
  synArrives(listener: TcpListener, segment: Segment, packet: Packet, after?: number): void {
    const { tcp } = this;
    // A SYN with a FIN is no way to open a connection: no stack sends it, scanners do.
    if (segment.has(TCP_FIN)) return;
    const { synCookies, maxSynBacklog } = tcp.tuning;
    const asCookie = synCookies === "always" || this.#requests >= maxSynBacklog;
    if (listener.isFull || tcp.isFull || (asCookie && synCookies === "never")) {
      // No reset: the peer repeats its SYN, and by then there may be room.
      this.stack.counters.drop("tcp-backlog-full");
      return;
    }
    const path = this.stack.ip.pathBack(packet);
    if (path === undefined) return;
    if (asCookie) {
      this.sendCookie(path, segment);
      return;
    }
    const iss = tcp.initialSequence(path, segment);
    const request = this.newRequest(
      listener,
      path,
      segment,
      segment.sequence,
      after === undefined ? iss : later(iss, after),
      segment,
    );
    request.timestamps?.begin(segment);
    this.stack.counters.tcpPassiveOpens++;
    this.#requests++;
    tcp.endpoints.add(request);
    request.synSentAt = segment.now;
    this.sendSynAck(request);
  }

  /** The SYN-ACK was lost, or is late. */
  synArrivesAgain(request: ConnectionRequest, segment: Segment): void {
    if (!this.tcp.mayChallenge(request)) return;
    if (segment.hasTimestamps) request.timestamps?.update(segment, segment.sequence);
    // One SYN that does not ask for ECN is enough to do without (RFC 3168 §6.1.1).
    request.syn = { ...request.syn, flags: request.syn.flags & agreed(this.tcp.tuning, segment).flags };
    // Which of the two will be acknowledged cannot be told (RFC 6298 §3).
    request.synSentAt = -1;
    this.repeatSynAck(request);
  }

  /** The handshake of `request` is done: from here on it is a connection. */
  complete(request: ConnectionRequest, segment: Segment): void {
    const { tcp } = this;
    const { listener } = request;
    if (listener.isFull || tcp.isFull) {
      this.stack.counters.drop("tcp-accept-queue-full");
      // The peer takes itself for connected; the SYN-ACK, repeated, makes it acknowledge once more.
      if (tcp.tuning.abortOnOverflow) {
        this.reset(request, segment.acknowledgment);
        this.remove(request);
      }
      return;
    }
    this.forget(request);
    const { path, localPort, remotePort, irs, iss } = request;
    const connection = tcp.create(path, localPort, remotePort, iss);
    connection.state = TcpState.SYN_RECEIVED;
    connection.listener = listener;
    connection.irs = irs;
    connection.rcvNxt = advance(irs, 1);
    connection.rcvAdv = advance(connection.rcvNxt, this.window);
    connection.acceptOptions(request.syn);
    connection.timestamps = request.timestamps;
    connection.sndNxt = request.sndNxt;
    connection.sndWnd = connection.maxSndWnd = request.sndWnd;
    connection.synSentAt = request.synSentAt;
    connection.retries = request.retries;
    segmentArrives(connection, segment);
  }

  /** The SYN-ACK has not been acknowledged in time. */
  onTimer(request: ConnectionRequest): void {
    if (request.retries >= this.tcp.tuning.synAckRetries) {
      this.remove(request);
      return;
    }
    request.retries++;
    request.synSentAt = -1;
    this.repeatSynAck(request);
  }

  /** Forgets a request whose handshake has failed. */
  remove(request: ConnectionRequest): void {
    if (this.forget(request)) this.stack.counters.tcpAttemptFails++;
  }

  /** <SEQ=SEG.ACK><CTL=RST> */
  reset(request: ConnectionRequest, sequence: number): void {
    const path = this.pathOf(request);
    if (path !== undefined) sendBare(this.stack, path, request, TCP_RST, sequence, 0);
  }

  /** The listener is gone: tells the peer so. */
  abort(request: ConnectionRequest): void {
    const path = this.pathOf(request);
    if (path !== undefined)
      sendBare(this.stack, path, request, TCP_RST | TCP_ACK, request.sndNxt, request.rcvNxt);
    this.remove(request);
  }

  /** Says what is expected, at a limited rate (RFC 5961 §7). */
  challenge(request: ConnectionRequest): void {
    const path = this.pathOf(request);
    if (path === undefined || !this.tcp.mayChallenge(request)) return;
    const { sndNxt, rcvNxt, timestamps } = request;
    sendBareAck(this.stack, path, request, sndNxt, rcvNxt, this.window, timestamps);
  }

  /** The way to the peer, found anew when routes or addresses have changed. */
  private pathOf(request: ConnectionRequest): Path | undefined {
    const { ip } = this.stack;
    if (ip.isCurrent(request.path)) return request.path;
    const path = ip.path(request.path.destination, request.path.source);
    if (path !== undefined) request.path = path;
    return path;
  }

  private forget(request: ConnectionRequest): boolean {
    this.stack.timers.clear(request.timer);
    if (!this.tcp.endpoints.remove(request)) return false;
    this.#requests--;
    return true;
  }

  /** @param offer what the peer has told of itself */
  private newRequest(
    listener: TcpListener,
    path: Path,
    segment: Segment,
    irs: number,
    iss: number,
    offer: PeerSyn,
  ): ConnectionRequest {
    const { tcp } = this;
    const syn = agreed(tcp.tuning, offer);
    const timestamps = syn.hasTimestamps ? new Timestamps(tcp.timestampOffset(path, segment)) : undefined;
    if (timestamps !== undefined) timestamps.lastAcknowledged = advance(irs, 1);
    const { localPort, remotePort, window } = segment;
    return new ConnectionRequest(
      this,
      listener,
      path,
      localPort,
      remotePort,
      irs,
      iss,
      syn,
      window,
      timestamps,
    );
  }

  private repeatSynAck(request: ConnectionRequest): void {
    this.stack.counters.tcpRetransSegs++;
    this.sendSynAck(request);
  }

  private sendSynAck(request: ConnectionRequest): void {
    const { timestamps } = request;
    const { now, timers } = this.stack;
    const values = timestamps && ([timestamps.at(now), timestamps.recent] as const);
    const path = this.pathOf(request);
    if (path === undefined) this.stack.counters.drop("no-route");
    else sendSynAck(this.tcp, path, request, request.iss, request.irs, request.syn, values);
    timers.clear(request.timer);
    timers.set(request.timer, now + request.timeout);
  }

  /** Answers a SYN and remembers nothing. What a cookie has no room for is kept in the peer's echo of the timestamp. */
  private sendCookie(path: Path, segment: Segment): void {
    const { tcp, stack } = this;
    const { tuning } = tcp;
    const { localPort, remotePort, sequence, now } = segment;
    this.#cookies ??= new SynCookies(stack.random);
    const tuple = this.#cookies.tuple(localPort, remotePort, path.source32, path.destination32);
    const cookie = this.#cookies.make(tuple, sequence, segment.mss ?? DEFAULT_MSS, now);
    let syn = NO_OPTIONS;
    let timestamps: readonly [value: number, echo: number] | undefined;
    if (tuning.timestamps && segment.hasTimestamps) {
      syn = agreed(tuning, segment);
      const clock = new Timestamps(tcp.timestampOffset(path, segment)).at(now);
      timestamps = [encodeOptions(clock, syn), segment.timestamp];
    }
    this.#cookieSentAt = now;
    stack.counters.tcpSynCookiesSent++;
    sendSynAck(tcp, path, segment, cookie, sequence, syn, timestamps);
  }

  /** @returns false if the segment does not acknowledge a cookie of ours */
  private cookieArrives(listener: TcpListener, segment: Segment, packet: Packet): boolean {
    const { stack } = this;
    // Where none was sent, none can be good: nobody shall have four thousand million tries.
    if (this.#cookies === undefined || segment.now - this.#cookieSentAt > COOKIE_LIFETIME) return false;
    const { localPort, remotePort, now } = segment;
    const tuple = this.#cookies.tuple(localPort, remotePort, packet.destination32, packet.source32);
    const irs = advance(segment.sequence, -1);
    const iss = advance(segment.acknowledgment, -1);
    const mss = this.#cookies.check(iss, tuple, irs, now);
    const path = mss === undefined ? undefined : stack.ip.pathBack(packet);
    if (path === undefined) {
      stack.counters.tcpSynCookiesFailed++;
      return false;
    }
    stack.counters.tcpSynCookiesRecv++;
    const { hasTimestamps, timestamp, userTimeout } = segment;
    const options = hasTimestamps ? decodeOptions(segment.timestampEcho) : undefined;
    const syn = { ...NO_OPTIONS, ...options, mss, hasTimestamps, timestamp, userTimeout, now };
    const request = this.newRequest(listener, path, segment, irs, iss, syn);
    request.timestamps?.begin(segment);
    stack.counters.tcpPassiveOpens++;
    this.complete(request, segment);
    return true;
  }
}
