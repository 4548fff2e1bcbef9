import { Ipv4Address, SocketAddress, type IpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import { WordView } from "../word-view.js";
import { ECN_CE, PROTOCOL_TCP, ipv4Ecn } from "../../wire/ipv4.js";
import {
  MAX_SACK_BLOCKS,
  TCP_RST,
  checkTcp,
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
import { EphemeralPorts, pickPort } from "../ports.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import { windowScaleFor } from "./buffers.js";
import { ChallengeBudget } from "./challenge-budget.js";
import { Connection } from "./connection.js";
import { NO_EXTRAS } from "./extras.js";
import { IsnGenerator } from "./isn.js";
import type { TcpListener } from "./listener.js";
import { Listeners } from "./listeners.js";
import { BufferMemory } from "./memory.js";
import { output, sendConnectionReset } from "./output.js";
import { PassiveOpens } from "./passive-open.js";
import { AckReport } from "./recovery/ack-report.js";
import { RecoveryPool } from "./recovery/pool.js";
import { sendBare, sendResetFor, type Ports } from "./reply.js";
import { ConnectionRequest } from "./request.js";
import { Segment } from "./segment.js";
import { advance, later } from "./sequence.js";
import { TcpState } from "./state.js";
import { EndpointTable } from "./table.js";
import { TimeWait, TimeWaits } from "./time-wait.js";

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
  readonly endpoints: EndpointTable;
  readonly listeners = new Listeners();
  readonly passiveOpens: PassiveOpens;
  readonly timeWaits: TimeWaits;
  readonly memory: BufferMemory;
  readonly recoveries: RecoveryPool;
  /** What SYNs announce (RFC 7323 §2.3). */
  readonly windowScale: number;
  /** Connections that may have something to send. */
  #output: Connection[] = [];
  #connections = 0;
  /** Connections whose user is gone and whose peer is not, in the order in which they were left. */
  readonly #orphans = new Set<Connection>();
  readonly #segment = new Segment();
  /** What the acknowledgment being read has told. */
  readonly report = new AckReport();
  /** Where outgoing SACK blocks are gathered. */
  readonly sackEdges = new Int32Array(2 * MAX_SACK_BLOCKS);
  readonly #isn: IsnGenerator;
  /** Made with the first connection that this host opens. */
  #ports: EphemeralPorts | undefined;
  readonly #challenges: ChallengeBudget;

  constructor(
    readonly stack: Stack,
    readonly tuning: TcpTuning,
  ) {
    this.endpoints = new EndpointTable(stack.random);
    this.memory = new BufferMemory(tuning);
    this.recoveries = new RecoveryPool(tuning);
    this.windowScale = windowScaleFor(tuning);
    this.passiveOpens = new PassiveOpens(this);
    this.timeWaits = new TimeWaits(this);
    this.#isn = new IsnGenerator(stack.random);
    this.#challenges = new ChallengeBudget(stack.random);
  }

  get now(): number {
    return this.stack.now;
  }

  get hasOutput(): boolean {
    return this.#output.length > 0;
  }

  /** Every connection there is; those in TIME-WAIT, and what a listener's peers have only begun, are none. */
  get connections(): readonly Connection[] {
    return this.endpoints.all().filter((each): each is Connection => each instanceof Connection);
  }

  /** No more connections are opened, nor accepted. */
  get isFull(): boolean {
    return this.memory.isWithheld || this.#connections >= this.tuning.maxConnections;
  }

  /**
   * Opens a connection (RFC 9293 §3.10.1). Failures that only the network can know reach the user later.
   * @param local this host's address to open it from, if not the one that the route says
   * @param port the local port, 0 for any
   * @throws NetworkError ENETUNREACH without a route, EINVAL for a group (RFC 1122 §4.2.3.10), ENOBUFS at the limit,
   * EADDRNOTAVAIL without a free port, EADDRINUSE if there is such a connection already
   */
  connect(remote: IpAddress, remotePort: number, user: Task, local?: IpAddress, port = 0): Connection {
    const path = this.stack.ip.path(remote, local);
    const target = new SocketAddress(remote, remotePort).toString();
    if (path === undefined) throw new NetworkError("ENETUNREACH", "connect to", target);
    if (path.groupMac !== undefined)
      throw new NetworkError("EINVAL", "connect to", target, "the address is not a single host's");
    if (this.isFull) {
      const reason = this.memory.isWithheld ? "the host is out of memory" : "too many connections";
      throw new NetworkError("ENOBUFS", "connect to", target, reason);
    }
    const localPort = port === 0 ? this.pickPort(path, remotePort) : port;
    if (localPort === undefined)
      throw new NetworkError("EADDRNOTAVAIL", "connect to", target, "all ephemeral ports are in use");
    const ports = { localPort, remotePort };
    if (!this.isFree(path, ports))
      throw new NetworkError(
        "EADDRINUSE",
        "connect to",
        target,
        `there is a connection from port ${localPort}`,
      );
    const connection = this.create(path, localPort, remotePort, this.replaceTimeWait(path, ports));
    connection.state = TcpState.SYN_SENT;
    connection.user = user;
    this.stack.counters.tcpActiveOpens++;
    this.wantsOutput(connection);
    return connection;
  }

  /**
   * A free port to listen on: `port` itself, or any if it is 0.
   * @param address the only one to listen on, undefined for any
   * @param reuse whether connections that the port has had may go on or linger
   * @throws NetworkError EADDRINUSE
   */
  choosePort(port: number, address: IpAddress | undefined, reuse: boolean): number {
    const { random, ephemeralPorts } = this.stack;
    if (port !== 0) {
      const isTaken = this.listeners.isTaken(port, address);
      if (!isTaken && (reuse || !this.hasConnections(port, address))) return port;
      const detail = isTaken ? undefined : "connections of an earlier listener linger";
      throw new NetworkError("EADDRINUSE", "listen on TCP", `port ${port}`, detail);
    }
    const free = pickPort(random, ephemeralPorts, (candidate) => !this.listeners.has(candidate));
    if (free !== undefined) return free;
    throw new NetworkError("EADDRINUSE", "listen on TCP", undefined, "all ephemeral ports are in use");
  }

  listen(listener: TcpListener): void {
    this.listeners.add(listener);
  }

  unlisten(listener: TcpListener): void {
    if (!this.listeners.remove(listener)) return;
    for (const endpoint of this.endpoints.all()) {
      if (endpoint instanceof Connection) {
        if (endpoint.listener === listener) endpoint.abort();
      } else if (endpoint instanceof ConnectionRequest) {
        if (endpoint.listener === listener) this.passiveOpens.abort(endpoint);
      }
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
    segment.localPort = localPort;
    segment.remotePort = remotePort;
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
    const endpoint = this.endpoints.find(localPort, remotePort, packet.destination32, packet.source32);
    if (endpoint !== undefined) {
      endpoint.receive(segment, packet);
      return;
    }
    const listener = this.listeners.find(localPort, packet.destination);
    if (listener !== undefined) {
      this.passiveOpens.segmentArrives(listener, segment, packet);
    } else if (!segment.has(TCP_RST)) {
      const path = this.stack.ip.pathBack(packet);
      if (path !== undefined) sendResetFor(this.stack, path, segment);
    }
  }

  /** An ICMP error about a segment of ours. */
  receiveError(error: IcmpError): void {
    const { bytes, at } = error;
    this.endpoints
      .find(tcpSourcePort(bytes, at), tcpDestinationPort(bytes, at), error.source32, error.destination32)
      ?.receiveError(error);
  }

  /** Connections that are being opened through a neighbor that does not answer fail at once. */
  neighborUnreachable(address: IpAddress): void {
    for (const connection of this.connections) {
      // Found anew: another gateway may have taken the place of one that failed.
      if (!(this.pathOf(connection)?.nextHop.equals(address) ?? false)) continue;
      if (connection.state === TcpState.SYN_SENT) connection.fail("EHOSTUNREACH", "connect to");
      else connection.ownExtras.softError = "EHOSTUNREACH";
    }
  }

  /** This host no longer has `address`. */
  addressRemoved(address: IpAddress): void {
    for (const endpoint of this.endpoints.all()) {
      if (!(address instanceof Ipv4Address) || endpoint.local32 !== address.value) continue;
      if (endpoint instanceof Connection) endpoint.fail("ENETDOWN");
      else if (endpoint instanceof ConnectionRequest) this.passiveOpens.remove(endpoint);
      else if (endpoint instanceof TimeWait) this.timeWaits.remove(endpoint);
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
    if (ip.isCurrent(previous)) return previous;
    const path = ip.path(connection.remote, connection.local);
    if (path === undefined) return undefined;
    path.lookLike(previous);
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
  timestampOffset({ source, destination }: Path, { localPort, remotePort }: Ports): number {
    return this.#isn.offset(source, localPort, destination, remotePort);
  }

  initialSequence({ source, destination }: Path, { localPort, remotePort }: Ports): number {
    return this.#isn.next(source, localPort, destination, remotePort, this.now);
  }

  /** Makes a connection that has done nothing yet. */
  create(path: Path, localPort: number, remotePort: number, iss: number): Connection {
    const connection = new Connection(this, path, localPort, remotePort);
    connection.iss = connection.sndUna = connection.sndNxt = iss;
    this.endpoints.add(connection);
    this.#connections++;
    return connection;
  }

  /** Both ends have closed, this one first. What the user has not read stays with the connection until it does. */
  enterTimeWait(connection: Connection): void {
    this.detach(connection);
    connection.state = TcpState.TIME_WAIT;
    this.timeWaits.add(connection);
  }

  /**
   * The user has closed `connection`, which goes on until the peer has all that was written. Where there are too many of
   * those, or memory is exhausted, the one that has waited longest is reset: its peer is the likeliest to be gone.
   */
  orphaned(connection: Connection): void {
    this.#orphans.add(connection);
    if (this.#orphans.size <= this.tuning.maxOrphans && !this.memory.isExhausted) return;
    const [oldest] = this.#orphans;
    oldest?.abort();
  }

  /** Forgets a connection; its number, its timer and its buffers are free. */
  remove(connection: Connection): void {
    if (!this.detach(connection)) return;
    if (connection.state === TcpState.SYN_SENT || connection.state === TcpState.SYN_RECEIVED) {
      this.stack.counters.tcpAttemptFails++;
    }
    connection.listener?.lost(connection);
    connection.listener = undefined;
    connection.state = TcpState.CLOSED;
    connection.ackNow = false;
  }

  sendReset(connection: Connection): void {
    if (connection.state !== TcpState.SYN_SENT) sendConnectionReset(connection);
  }

  /** Answers a segment that no connection can have sent: <SEQ=SEG.ACK><CTL=RST> (RFC 9293 §3.5.2). */
  resetSegment(connection: Connection, sequence: number): void {
    const path = this.pathOf(connection);
    if (path !== undefined) sendBare(this.stack, path, connection, TCP_RST, sequence, 0);
  }

  /** Asks a peer whether it meant that, at a limited rate (RFC 5961 §3.2 and §7). */
  challenge(connection: Connection): void {
    if (this.mayChallenge(connection)) connection.ackNow = true;
  }

  /** Whether what does not belong to `endpoint` may be answered now (RFC 5961 §7); if not, that is counted. */
  mayChallenge(endpoint: { challengedAt: number }): boolean {
    const { now } = this;
    if (
      now - endpoint.challengedAt < CHALLENGE_INTERVAL ||
      !this.#challenges.take(this.tuning.challengeAckLimit, now)
    ) {
      this.stack.counters.drop("tcp-challenge-limit");
      return false;
    }
    endpoint.challengedAt = now;
    return true;
  }

  private hasConnections(port: number, address: IpAddress | undefined): boolean {
    const local32 = address instanceof Ipv4Address ? address.value : undefined;
    return this.endpoints
      .all()
      .some((each) => each.localPort === port && (local32 === undefined || each.local32 === local32));
  }

  /** Whether a connection can begin there: there is none, or TIME-WAIT can give it up. */
  private isFree({ source32, destination32 }: Path, { localPort, remotePort }: Ports): boolean {
    const old = this.endpoints.find(localPort, remotePort, source32, destination32);
    return old === undefined || (old instanceof TimeWait && old.isReusable(this.now));
  }

  /** A free port; only where there is none, one that TIME-WAIT could give up. */
  private pickPort(path: Path, remotePort: number): number | undefined {
    const { source32, destination32 } = path;
    const endpoint = (port: number) => this.endpoints.find(port, remotePort, source32, destination32);
    const ports = (this.#ports ??= new EphemeralPorts(this.stack.random, this.stack.ephemeralPorts));
    const pick = (isFree: (port: number) => boolean) =>
      ports.pick(source32, destination32, remotePort, (port) => !this.listeners.has(port) && isFree(port));
    const free = pick((port) => endpoint(port) === undefined);
    if (free !== undefined || this.timeWaits.size === 0) return free;
    return pick((port) => this.isFree(path, { localPort: port, remotePort }));
  }

  /** @returns an initial sequence number beyond those of a connection that was in TIME-WAIT until now */
  private replaceTimeWait(path: Path, ports: Ports): number {
    const iss = this.initialSequence(path, ports);
    const old = this.endpoints.find(ports.localPort, ports.remotePort, path.source32, path.destination32);
    if (!(old instanceof TimeWait)) return iss;
    this.timeWaits.remove(old);
    return later(iss, old.nextSequence);
  }

  /** @returns false if the connection was gone already */
  private detach(connection: Connection): boolean {
    if (!this.endpoints.remove(connection)) return false;
    this.#connections--;
    this.#orphans.delete(connection);
    connection.releaseSendSide();
    if (connection.user === undefined) connection.releaseReceiveSide();
    connection.ackAt = Infinity;
    if (connection.extras !== NO_EXTRAS) {
      const extras = connection.ownExtras;
      extras.keepAliveAt = extras.expireAt = Infinity;
    }
    this.stack.timers.clear(connection);
    return true;
  }
}
