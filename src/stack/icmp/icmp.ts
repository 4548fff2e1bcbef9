import type { IpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import {
  ICMPV4_ECHO_REPLY,
  ICMPV4_ECHO_REQUEST,
  ICMPV4_HEADER_LENGTH,
  ICMPV4_PARAMETER_PROBLEM,
  ICMPV4_TIME_EXCEEDED,
  ICMPV4_UNREACHABLE,
  checkIcmpv4,
  emitIcmpv4,
  icmpv4Code,
  icmpv4Identifier,
  icmpv4NextHopMtu,
  icmpv4Sequence,
  icmpv4Type,
} from "../../wire/icmpv4.js";
import {
  IPV4_HEADER_LENGTH,
  IPV4_MAX_LENGTH,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  checkIpv4,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4IsFirstFragment,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
} from "../../wire/ipv4.js";
import { readI32 } from "../../wire/bytes.js";
import { readHeader } from "../ip/input.js";
import type { Packet } from "../ip/packet.js";
import type { Path } from "../ip/path.js";
import type { Stack } from "../stack.js";
import { RateLimit } from "../rate-limit.js";
import type { Task } from "../tasks.js";

/** RFC 792: an error quotes the IP header and 64 bits of what follows. */
const QUOTED_PAYLOAD = 8;
/** The code of "time exceeded" that speaks of reassembly (RFC 792). */
const REASSEMBLY_TIME_EXCEEDED = 1;

/** ICMP errors a second (RFC 1812 §4.3.2.8 asks for a limit; Linux sends 1,000 in all, a device need not). */
const ERRORS_PER_SECOND = 100;
const ERROR_BURST = 20;

/** An error that somebody reports about a packet that this host has sent. */
export interface IcmpError {
  readonly type: number;
  readonly code: number;
  /** The packet's source, which is an address of this host, and its destination: as `Ipv4Address.value`. */
  readonly source32: number;
  readonly destination32: number;
  /** Bytes of the whole packet, as its header says. */
  readonly length: number;
  /** Of "fragmentation needed": the largest packet that the next link carries; 0 if the router does not say. */
  readonly nextHopMtu: number;
  /** The first eight bytes of its transport header stand here. */
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** Echo replies that wait for the next poll at most. */
export const MAX_WAITING_REPLIES = 16;

/** Called with an answer to `Icmp.sendEcho`, which has arrived at `now` (monotonic ms). */
export type EchoReceiver = (
  from: IpAddress,
  identifier: number,
  sequence: number,
  data: Uint8Array,
  now: number,
) => void;

/** ICMP for IPv4 (RFC 792, RFC 1122 §3.2.2). */
export class Icmp implements Task {
  /** Installed by whoever pings. */
  onEchoReply: EchoReceiver | undefined;
  queued = false;
  readonly #replies: Parameters<EchoReceiver>[] = [];
  readonly #errorLimit = new RateLimit(ERRORS_PER_SECOND, ERROR_BURST);

  constructor(private readonly stack: Stack) {}

  receive(packet: Packet): void {
    const { bytes, at, end } = packet;
    const { counters } = this.stack;
    counters.icmpInMsgs++;
    const fault = checkIcmpv4(bytes, at, end, packet.verifyChecksums);
    if (fault !== undefined) {
      counters.drop(fault);
      return;
    }
    switch (icmpv4Type(bytes, at)) {
      case ICMPV4_ECHO_REQUEST:
        // RFC 1122 §3.2.2.6 lets a host ignore a ping to a group, and Linux does: it is how networks were flooded.
        if (!packet.toGroup) this.#answerEcho(packet);
        return;
      case ICMPV4_ECHO_REPLY:
        this.#receiveReply(packet);
        return;
      case ICMPV4_UNREACHABLE:
      case ICMPV4_TIME_EXCEEDED:
      case ICMPV4_PARAMETER_PROBLEM:
        this.#receiveError(packet);
        return;
      default:
        counters.drop("icmpv4-type");
    }
  }

  /**
   * Sends an echo request ("ping").
   * @throws NetworkError ENETUNREACH if there is no route, EMSGSIZE above 65,507 bytes
   */
  sendEcho(destination: IpAddress, identifier: number, sequence: number, data: Uint8Array): void {
    const path = this.stack.ip.path(destination);
    if (path === undefined) throw new NetworkError("ENETUNREACH", "ping", destination.toString());
    const length = ICMPV4_HEADER_LENGTH + data.length;
    if (length > IPV4_MAX_LENGTH - IPV4_HEADER_LENGTH) {
      throw new NetworkError("EMSGSIZE", "ping", destination.toString());
    }
    this.#send(path, ICMPV4_ECHO_REQUEST, 0, (identifier << 16) | (sequence & 0xffff), data);
    this.stack.wake();
  }

  /**
   * Reports to its sender that a packet could not be delivered; never for a group, an error, or a fragment other
   * than the first (RFC 1122 §3.2.2).
   */
  sendUnreachable(packet: Packet, code: number): void {
    this.#sendError(packet, ICMPV4_UNREACHABLE, code);
  }

  /** Reports that the rest of a packet did not come (RFC 792). @param frame the first fragment */
  sendReassemblyTimeout(frame: Uint8Array): void {
    const { packet, interfaces, now } = this.stack;
    readHeader(packet, interfaces[0]!, frame, now, false);
    packet.toGroup = false;
    if (this.stack.ownsIpv4(packet.destination32)) {
      this.#sendError(packet, ICMPV4_TIME_EXCEEDED, REASSEMBLY_TIME_EXCEEDED);
    }
  }

  #sendError(packet: Packet, type: number, code: number): void {
    const { bytes, ipAt } = packet;
    if (packet.toGroup || !ipv4IsFirstFragment(bytes, ipAt)) return;
    if (ipv4Protocol(bytes, ipAt) === PROTOCOL_ICMP && icmpv4Type(bytes, packet.at) !== ICMPV4_ECHO_REQUEST)
      return;
    if (!this.#errorLimit.take(packet.now)) {
      this.stack.counters.drop("icmpv4-rate-limit");
      return;
    }
    const path = this.stack.ip.pathBack(packet);
    if (path === undefined) return;
    const quoted = Math.min(packet.end - ipAt, ipv4HeaderLength(bytes, ipAt) + QUOTED_PAYLOAD);
    this.#send(path, type, code, 0, bytes.subarray(ipAt, ipAt + quoted));
  }

  /** @param rest the four bytes after the checksum @param data what follows them */
  #send(path: Path, type: number, code: number, rest: number, data: Uint8Array): void {
    const { ip, counters } = this.stack;
    const length = ICMPV4_HEADER_LENGTH + data.length;
    const bytes = ip.bufferFor(path, length);
    bytes.set(data, path.payloadAt + ICMPV4_HEADER_LENGTH);
    emitIcmpv4(bytes, path.payloadAt, type, code, rest, length, !path.device.transmitChecksums);
    counters.icmpOutMsgs++;
    ip.send(path, PROTOCOL_ICMP, length, bytes);
  }

  /** Hands over one echo reply; the others come in tasks of their own, lest they be lost if the receiver throws. */
  runTask(): void {
    const reply = this.#replies.shift();
    if (reply === undefined) return;
    if (this.#replies.length > 0) this.stack.defer(this);
    this.onEchoReply?.(...reply);
  }

  #receiveReply({ bytes, at, end, source, now }: Packet): void {
    if (this.onEchoReply === undefined || this.#replies.length === MAX_WAITING_REPLIES) {
      this.stack.counters.drop("icmpv4-reply");
      return;
    }
    const data = new Uint8Array(bytes.subarray(at + ICMPV4_HEADER_LENGTH, end));
    this.#replies.push([source, icmpv4Identifier(bytes, at), icmpv4Sequence(bytes, at), data, now]);
    this.stack.defer(this);
  }

  #answerEcho(packet: Packet): void {
    const { bytes, at, end } = packet;
    const path = this.stack.ip.pathBack(packet);
    if (path === undefined) {
      this.stack.counters.drop("no-route");
      return;
    }
    const rest = readI32(bytes, at + 4);
    this.#send(path, ICMPV4_ECHO_REPLY, 0, rest, bytes.subarray(at + ICMPV4_HEADER_LENGTH, end));
  }

  #receiveError(packet: Packet): void {
    const { bytes, at, end } = packet;
    const quoted = at + ICMPV4_HEADER_LENGTH;
    // What is quoted is cut short, so its total length exceeds what is here; the header must be whole all the same.
    if (end - quoted < IPV4_HEADER_LENGTH + QUOTED_PAYLOAD) {
      this.stack.counters.drop("icmpv4-truncated");
      return;
    }
    const fault = checkIpv4(bytes, quoted, end, false);
    if (fault !== undefined && fault !== "ipv4-total-length") {
      this.stack.counters.drop(fault);
      return;
    }
    const headerLength = ipv4HeaderLength(bytes, quoted);
    if (end - quoted < headerLength + QUOTED_PAYLOAD) {
      this.stack.counters.drop("icmpv4-truncated");
      return;
    }
    if (!this.stack.ownsIpv4(ipv4Source(bytes, quoted))) {
      this.stack.counters.drop("icmpv4-not-ours");
      return;
    }
    const error: IcmpError = {
      type: icmpv4Type(bytes, at),
      code: icmpv4Code(bytes, at),
      source32: ipv4Source(bytes, quoted),
      destination32: ipv4Destination(bytes, quoted),
      length: ipv4TotalLength(bytes, quoted),
      nextHopMtu: icmpv4NextHopMtu(bytes, at),
      bytes,
      at: quoted + headerLength,
    };
    const protocol = ipv4Protocol(bytes, quoted);
    if (protocol === PROTOCOL_UDP) this.stack.udp.receiveError(error);
    else if (protocol === PROTOCOL_TCP) this.stack.tcp.receiveError(error);
  }
}
