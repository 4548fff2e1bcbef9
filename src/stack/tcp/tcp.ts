import type { IpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import { WordView } from "../word-view.js";
import { ECN_CE, PROTOCOL_TCP, ipv4Ecn } from "../../wire/ipv4.js";
import {
  MAX_SACK_BLOCKS,
  TCP_ACK,
  TCP_FIN,
  TCP_HEADER_LENGTH,
  TCP_RST,
  TCP_SYN,
  checkTcp,
  emitTcp,
  readTcpOptions,
  tcpAcknowledgment,
  tcpDestinationPort,
  tcpFlags,
  tcpHeaderLength,
  tcpSequence,
  tcpSourcePort,
  tcpUrgentPointer,
  tcpWindow,
} from "../../wire/tcp.js";
import type { IcmpError } from "../icmp/icmp.js";
import type { Packet } from "../ip/packet.js";
import type { Path } from "../ip/path.js";
import type { TcpTuning } from "../options.js";
import { pickEphemeralPort } from "../ports.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import { ChallengeBudget } from "./challenge-budget.js";
import { Connection } from "./connection.js";
import { icmpErrorArrives } from "./icmp-errors.js";
import { segmentArrives } from "./input.js";
import { IsnGenerator } from "./isn.js";
import type { TcpListener } from "./listener.js";
import { output, sendConnectionReset } from "./output.js";
import { AckReport } from "./recovery/ack-report.js";
import { Segment } from "./segment.js";
import { advance, distance } from "./sequence.js";
import { TcpState } from "./state.js";
import { ConnectionTable } from "./table.js";

/**
 * Ms between two challenge acknowledgments of a connection (RFC 5961 §7): as Linux. A limit that all connections share
 * would let one peer find out by it what happens to another (CVE-2016-5696).
 */
const CHALLENGE_INTERVAL = 500;

/**
 * TCP (RFC 9293): which connection a segment belongs to, and how connections come and go. What a segment does to its
 * connection stands in input.ts, what a connection sends in output.ts.
 */
export class Tcp {
  /** Of the frames that are sent. */
  readonly words = new WordView();
  readonly #connections = new ConnectionTable();
  readonly #listeners = new Map<number, TcpListener>();
  /** Connections that may have something to send. */
  #output: Connection[] = [];
  /** Connections in TIME-WAIT, oldest first. */
  readonly #timeWait: Connection[] = [];
  readonly #segment = new Segment();
  /** What the acknowledgment being read has told. */
  readonly report = new AckReport();
  /** Where outgoing SACK blocks are gathered. */
  readonly sackEdges = new Int32Array(2 * MAX_SACK_BLOCKS);
  readonly #isn: IsnGenerator;
  readonly #challenges: ChallengeBudget;

  constructor(
    readonly stack: Stack,
    readonly tuning: TcpTuning,
  ) {
    this.#isn = new IsnGenerator(stack.random);
    this.#challenges = new ChallengeBudget(stack.random);
  }

  get now(): number {
    return this.stack.now;
  }

  get hasOutput(): boolean {
    return this.#output.length > 0;
  }

  /** Every connection there is, TIME-WAIT included. */
  get connections(): readonly Connection[] {
    return this.#connections.all();
  }

  /**
   * Opens a connection (RFC 9293 §3.10.1). Failures that only the network can know reach the user later.
   * @throws NetworkError ENETUNREACH without a route, EINVAL for a group (RFC 1122 §4.2.3.10), ENOBUFS at the limit,
   * EADDRINUSE without a free port
   */
  connect(remote: IpAddress, remotePort: number, user: Task): Connection {
    const path = this.stack.ip.path(remote);
    const target = `${remote.toString()} port ${remotePort}`;
    if (path === undefined) throw new NetworkError("ENETUNREACH", "connect to", target);
    if (path.groupMac !== undefined)
      throw new NetworkError("EINVAL", "connect to", target, "the address is not a single host's");
    if (this.#isFull) throw new NetworkError("ENOBUFS", "connect to", target, "too many connections");
    const local32 = path.source32;
    const localPort = pickEphemeralPort(
      this.stack.random,
      (port) =>
        !this.#listeners.has(port) &&
        this.#connections.find(port, remotePort, local32, path.destination32) === undefined,
    );
    const connection = this.#create(path, localPort, remotePort);
    connection.state = TcpState.SYN_SENT;
    connection.user = user;
    this.stack.counters.tcpActiveOpens++;
    this.wantsOutput(connection);
    return connection;
  }

  /** A free port to listen on: `port` itself, or any if it is 0. @throws NetworkError EADDRINUSE */
  choosePort(port: number): number {
    if (port === 0)
      return pickEphemeralPort(this.stack.random, (candidate) => !this.#listeners.has(candidate));
    if (this.#listeners.has(port)) throw new NetworkError("EADDRINUSE", "listen on TCP", `port ${port}`);
    return port;
  }

  listen(listener: TcpListener): void {
    this.#listeners.set(listener.port, listener);
  }

  unlisten(listener: TcpListener): void {
    if (this.#listeners.get(listener.port) !== listener) return;
    this.#listeners.delete(listener.port);
    for (const connection of this.#connections.all()) {
      if (connection.listener === listener) connection.abort();
    }
  }

  receive(packet: Packet): void {
    const { bytes, at, end } = packet;
    const { counters } = this.stack;
    counters.tcpInSegs++;
    const words = packet.device.words.of(bytes);
    const fault = checkTcp(bytes, at, end, packet.pseudoSum(PROTOCOL_TCP, end - at), words);
    if (fault !== undefined) {
      counters.drop(fault);
      return;
    }
    if (packet.toGroup) {
      counters.drop("tcp-group-address");
      return;
    }
    const localPort = tcpDestinationPort(bytes, at);
    const remotePort = tcpSourcePort(bytes, at);
    if (localPort === 0 || remotePort === 0) {
      counters.drop("tcp-port-zero");
      return;
    }
    const segment = this.#segment;
    segment.bytes = bytes;
    segment.sequence = tcpSequence(bytes, at);
    segment.acknowledgment = tcpAcknowledgment(bytes, at);
    segment.flags = tcpFlags(bytes, at);
    segment.window = tcpWindow(bytes, at);
    segment.urgent = advance(segment.sequence, tcpUrgentPointer(bytes, at));
    segment.dataAt = at + tcpHeaderLength(bytes, at);
    segment.dataLength = end - segment.dataAt;
    segment.hasData = segment.dataLength > 0;
    segment.now = packet.now;
    segment.isMarked = ipv4Ecn(bytes, packet.ipAt) === ECN_CE;
    readTcpOptions(bytes, at, segment);
    let connection = this.#connections.find(localPort, remotePort, packet.destination32, packet.source32);
    if (connection !== undefined && this.#replacesTimeWait(connection, segment)) {
      this.remove(connection);
      connection = undefined;
    }
    if (connection !== undefined) {
      segmentArrives(connection, segment);
      return;
    }
    const listener = this.#listeners.get(localPort);
    if (listener !== undefined && (listener.address?.equals(packet.destination) ?? true)) {
      this.#arrivesInListen(packet, listener, segment, localPort, remotePort);
    } else {
      this.#arrivesInClosed(packet, segment, localPort, remotePort);
    }
  }

  /** An ICMP error about a segment of ours. */
  receiveError(error: IcmpError): void {
    const { bytes, at } = error;
    const connection = this.#connections.find(
      tcpSourcePort(bytes, at),
      tcpDestinationPort(bytes, at),
      error.source32,
      error.destination32,
    );
    if (connection !== undefined) icmpErrorArrives(connection, error);
  }

  /** Connections that are being opened through a neighbor that does not answer fail at once. */
  neighborUnreachable(address: IpAddress): void {
    for (const connection of this.#connections.all()) {
      // Found anew: another gateway may have taken the place of one that failed.
      if (!(this.pathOf(connection)?.nextHop.equals(address) ?? false)) continue;
      if (connection.state === TcpState.SYN_SENT) connection.fail("EHOSTUNREACH", "connect to");
      else connection.softError = "EHOSTUNREACH";
    }
  }

  /** This host no longer has `address`. */
  addressRemoved(address: IpAddress): void {
    for (const connection of this.#connections.all()) {
      if (connection.local.equals(address)) connection.fail("ENETDOWN");
    }
  }

  /** Sends, at the next flush, what `connection` may send. */
  wantsOutput(connection: Connection): void {
    if (connection.outputQueued) return;
    connection.outputQueued = true;
    this.#output.push(connection);
    this.stack.wake();
  }

  flush(): void {
    const batch = this.#output;
    if (batch.length === 0) return;
    this.#output = [];
    for (const connection of batch) {
      connection.outputQueued = false;
      output(connection);
    }
  }

  /** The way to the peer, found anew when routes or addresses have changed. */
  pathOf(connection: Connection): Path | undefined {
    const { ip } = this.stack;
    const previous = connection.path;
    if (previous !== undefined && ip.isCurrent(previous)) return previous;
    const path = ip.path(connection.remote, connection.local);
    if (path === undefined) return undefined;
    if (previous !== undefined) path.lookLike(previous);
    connection.path = path;
    connection.fitMss();
    return path;
  }

  /** The handshake of a connection in SYN-RECEIVED is done. */
  established(connection: Connection): void {
    if (connection.listener !== undefined) connection.listener.established(connection);
    // A simultaneous open: the user has been there all the time, or has closed it meanwhile.
    else if (connection.user !== undefined) connection.adopt(connection.user);
  }

  /** Where the clock of a connection's timestamps begins (RFC 7323 §7.1). */
  timestampOffset({ local, localPort, remote, remotePort }: Connection): number {
    return this.#isn.offset(local, localPort, remote, remotePort);
  }

  enterTimeWait(connection: Connection): void {
    connection.state = TcpState.TIME_WAIT;
    connection.keepAliveAt = Infinity;
    connection.releaseSendSide();
    if (connection.user === undefined) connection.receiveRing = undefined;
    this.restartTimeWait(connection);
    this.#timeWait.push(connection);
    if (this.#timeWait.length > this.tuning.maxTimeWait) this.remove(this.#timeWait[0]!);
  }

  restartTimeWait(connection: Connection): void {
    connection.expireAt = this.now + this.tuning.timeWait;
    connection.armTimer();
  }

  /** Forgets a connection; its number, its timer and its buffers are free. */
  remove(connection: Connection): void {
    if (!this.#connections.remove(connection)) return;
    if (connection.state === TcpState.TIME_WAIT) this.#timeWait.splice(this.#timeWait.indexOf(connection), 1);
    if (connection.state === TcpState.SYN_SENT || connection.state === TcpState.SYN_RECEIVED) {
      this.stack.counters.tcpAttemptFails++;
    }
    connection.listener?.lost(connection);
    connection.listener = undefined;
    connection.state = TcpState.CLOSED;
    connection.releaseSendSide();
    connection.ackAt = connection.keepAliveAt = connection.expireAt = Infinity;
    connection.ackNow = false;
    this.stack.timers.clear(connection.timer);
  }

  sendReset(connection: Connection): void {
    if (connection.state !== TcpState.SYN_SENT) sendConnectionReset(connection);
  }

  /** Answers a segment that no connection can have sent: <SEQ=SEG.ACK><CTL=RST> (RFC 9293 §3.5.2). */
  resetSegment(connection: Connection, sequence: number): void {
    const path = this.pathOf(connection);
    if (path !== undefined)
      this.#sendReset(path, connection.localPort, connection.remotePort, sequence, 0, TCP_RST);
  }

  /** Asks a peer whether it meant that, at a limited rate (RFC 5961 §3.2 and §7). */
  challenge(connection: Connection): void {
    const { challengeAckLimit } = this.tuning;
    if (
      this.now - connection.challengedAt < CHALLENGE_INTERVAL ||
      !this.#challenges.take(challengeAckLimit, this.now)
    ) {
      this.stack.counters.drop("tcp-challenge-limit");
      return;
    }
    connection.challengedAt = this.now;
    connection.ackNow = true;
  }

  get #isFull(): boolean {
    return this.#connections.size - this.#timeWait.length >= this.tuning.maxConnections;
  }

  #create(path: Path, localPort: number, remotePort: number): Connection {
    const connection = new Connection(this, path.source, localPort, path.destination, remotePort);
    connection.path = path;
    connection.iss = this.#initialSequence(connection);
    connection.sndUna = connection.sndNxt = connection.iss;
    this.#connections.add(connection);
    return connection;
  }

  #initialSequence({ local, localPort, remote, remotePort }: Connection): number {
    return this.#isn.next(local, localPort, remote, remotePort, this.now);
  }

  /**
   * RFC 9293 §3.6.1 (MAY-2): a SYN beyond what TIME-WAIT remembers opens a new connection, if this end's new sequence
   * numbers lie beyond the old ones as well.
   */
  #replacesTimeWait(connection: Connection, segment: Segment): boolean {
    return (
      connection.state === TcpState.TIME_WAIT &&
      segment.has(TCP_SYN) &&
      !segment.has(TCP_ACK) &&
      !segment.has(TCP_RST) &&
      distance(segment.sequence, connection.rcvNxt) > 0 &&
      this.#listeners.has(connection.localPort) &&
      distance(this.#initialSequence(connection), connection.sndNxt) > 0
    );
  }

  /** §3.10.7.2 */
  #arrivesInListen(
    packet: Packet,
    listener: TcpListener,
    segment: Segment,
    localPort: number,
    remotePort: number,
  ): void {
    if (segment.has(TCP_RST)) return;
    if (segment.has(TCP_ACK)) {
      this.#arrivesInClosed(packet, segment, localPort, remotePort);
      return;
    }
    // A SYN with a FIN is no way to open a connection: no stack sends it, scanners do.
    if (!segment.has(TCP_SYN) || segment.has(TCP_FIN)) return;
    if (listener.isFull || this.#isFull) {
      // No reset: the peer repeats its SYN, and by then there may be room.
      this.stack.counters.drop("tcp-backlog-full");
      return;
    }
    const path = this.stack.ip.pathBack(packet);
    if (path === undefined) return;
    const connection = this.#create(path, localPort, remotePort);
    connection.listener = listener;
    listener.opening();
    this.stack.counters.tcpPassiveOpens++;
    connection.irs = segment.sequence;
    connection.rcvNxt = connection.rcvAdv = advance(segment.sequence, 1);
    connection.acceptOptions(segment);
    connection.sndWnd = connection.maxSndWnd = segment.window;
    connection.state = TcpState.SYN_RECEIVED;
    this.wantsOutput(connection);
  }

  /** §3.10.7.1 */
  #arrivesInClosed(packet: Packet, segment: Segment, localPort: number, remotePort: number): void {
    if (segment.has(TCP_RST)) return;
    const path = this.stack.ip.pathBack(packet);
    if (path === undefined) return;
    if (segment.has(TCP_ACK)) {
      this.#sendReset(path, localPort, remotePort, segment.acknowledgment, 0, TCP_RST);
    } else {
      const length = segment.dataLength + (segment.has(TCP_SYN) ? 1 : 0) + (segment.has(TCP_FIN) ? 1 : 0);
      this.#sendReset(path, localPort, remotePort, 0, advance(segment.sequence, length), TCP_RST | TCP_ACK);
    }
  }

  #sendReset(
    path: Path,
    localPort: number,
    remotePort: number,
    sequence: number,
    acknowledgment: number,
    flags: number,
  ): void {
    const { frame, counters } = this.stack;
    const length = TCP_HEADER_LENGTH;
    const pseudoSum = path.pseudoSum(PROTOCOL_TCP, length);
    emitTcp(
      frame,
      path.payloadAt,
      localPort,
      remotePort,
      sequence,
      acknowledgment,
      flags,
      0,
      length,
      length,
      pseudoSum,
    );
    counters.tcpOutSegs++;
    counters.tcpOutRsts++;
    this.stack.ip.send(path, PROTOCOL_TCP, length);
  }
}
