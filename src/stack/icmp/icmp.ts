import type { IpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import { readI32 } from "../../wire/bytes.js";
import {
  ICMPV4_ECHO_REPLY,
  ICMPV4_ECHO_REQUEST,
  ICMPV4_HEADER_LENGTH,
  ICMPV4_PARAMETER_PROBLEM,
  ICMPV4_REDIRECT,
  ICMPV4_TIME_EXCEEDED,
  ICMPV4_UNREACHABLE,
  TIME_EXCEEDED_IN_REASSEMBLY,
  TIME_EXCEEDED_IN_TRANSIT,
  UNREACHABLE_FRAGMENTATION_NEEDED,
  UNREACHABLE_HOST,
  checkIcmpv4,
  icmpv4Identifier,
  icmpv4Sequence,
  icmpv4Type,
} from "../../wire/icmpv4.js";
import {
  IPV4_HEADER_LENGTH,
  IPV4_MAX_LENGTH,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  ipv4IsFirstFragment,
  ipv4TypeOfService,
} from "../../wire/ipv4.js";
import type { StackInterface } from "../interface/interface.js";
import { readHeader } from "../ip/input.js";
import type { Packet } from "../ip/packet.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import { ErrorSender } from "./error-sender.js";
import { localError, readError, type IcmpError } from "./received-error.js";
import { Redirects } from "./redirects.js";
import { sendIcmp } from "./send.js";

export type { IcmpError } from "./received-error.js";

/** Echo replies, and errors about requests, that wait for the next poll at most. */
export const MAX_WAITING_REPLIES = 16;

/** An answer to an echo request gets the class that it asked for (RFC 1349 §5.1), but no congestion mark of its own. */
const DSCP_MASK = 0xfc;

/** Called with an answer to `Icmp.sendEcho`, which has arrived at `now` (monotonic ms). */
export type EchoReceiver = (
  from: IpAddress,
  identifier: number,
  sequence: number,
  data: Uint8Array,
  now: number,
) => void;

/** Called with an ICMP error about an echo request of this host's, as a router on the way has sent it. */
export type EchoErrorReceiver = (
  from: IpAddress,
  identifier: number,
  sequence: number,
  type: number,
  code: number,
  now: number,
) => void;

/** ICMP for IPv4 (RFC 792, RFC 1122 §3.2.2). */
export class Icmp implements Task {
  /** Installed by whoever pings. */
  onEchoReply: EchoReceiver | undefined;
  /** Installed by whoever traces routes. */
  onEchoError: EchoErrorReceiver | undefined;
  queued = false;
  readonly #waiting: (() => void)[] = [];
  readonly #errors: ErrorSender;
  readonly #redirects: Redirects;

  constructor(private readonly stack: Stack) {
    this.#errors = new ErrorSender(stack);
    this.#redirects = new Redirects(stack);
  }

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
        if (packet.toGroup) counters.drop("icmpv4-echo-group");
        else this.answerEcho(packet);
        return;
      case ICMPV4_ECHO_REPLY:
        this.receiveReply(packet);
        return;
      case ICMPV4_UNREACHABLE:
      case ICMPV4_TIME_EXCEEDED:
      case ICMPV4_PARAMETER_PROBLEM:
        this.receiveError(packet);
        return;
      case ICMPV4_REDIRECT:
        // Whoever is on the link could send all traffic through itself: so they are ignored unless asked for.
        if (!this.stack.acceptRedirects || !this.#redirects.accept(packet)) counters.drop("icmpv4-redirect");
        return;
      default:
        counters.drop("icmpv4-type");
    }
  }

  /**
   * Sends an echo request ("ping").
   * @param timeToLive hops at most, 1 to 255
   * @throws NetworkError ENETUNREACH if there is no route, EMSGSIZE above 65,507 bytes
   */
  sendEcho(
    destination: IpAddress,
    identifier: number,
    sequence: number,
    data: Uint8Array,
    timeToLive?: number,
  ): void {
    const path = this.stack.ip.path(destination);
    if (path === undefined) throw new NetworkError("ENETUNREACH", "ping", destination.toString());
    if (ICMPV4_HEADER_LENGTH + data.length > IPV4_MAX_LENGTH - IPV4_HEADER_LENGTH) {
      throw new NetworkError("EMSGSIZE", "ping", destination.toString());
    }
    if (timeToLive !== undefined) path.timeToLive = timeToLive;
    sendIcmp(this.stack, path, ICMPV4_ECHO_REQUEST, 0, (identifier << 16) | (sequence & 0xffff), data);
    this.stack.wake();
  }

  /**
   * Reports to its sender that a packet could not be delivered; never for a group, an error, or a fragment other
   * than the first (RFC 1122 §3.2.2).
   */
  sendUnreachable(packet: Packet, code: number): void {
    this.#errors.unreachable(packet, code, 0);
  }

  /** RFC 1191 §4. @param mtu of the link that the packet does not fit, in bytes */
  sendFragmentationNeeded(packet: Packet, mtu: number): void {
    this.#errors.unreachable(packet, UNREACHABLE_FRAGMENTATION_NEEDED, mtu);
  }

  /** RFC 1812 §5.3.1. */
  sendTimeExceeded(packet: Packet): void {
    this.#errors.timeExceeded(packet, TIME_EXCEEDED_IN_TRANSIT);
  }

  /** RFC 1122 §3.2.2.5. @param pointer offset of what is wrong from the IP header's beginning */
  sendParameterProblem(packet: Packet, pointer: number): void {
    this.#errors.parameterProblem(packet, pointer);
  }

  /** Reports that the rest of a packet did not come (RFC 792). @param frame the first fragment */
  sendReassemblyTimeout(frame: Uint8Array): void {
    const { packet, interfaces, now } = this.stack;
    readHeader(packet, interfaces[0]!, frame, now, false);
    packet.toGroup = false;
    if (this.stack.ownsIpv4(packet.destination32))
      this.#errors.timeExceeded(packet, TIME_EXCEEDED_IN_REASSEMBLY);
  }

  /** Packets have waited for a neighbor in vain: whoever has sent them is told, be it a socket here or another host. */
  undeliverable(device: StackInterface, frames: readonly Uint8Array[], now: number): void {
    const { packet } = this.stack;
    for (const frame of frames) {
      readHeader(packet, device, frame, now, false);
      packet.toGroup = false;
      if (!this.stack.ownsIpv4(packet.source32)) this.sendUnreachable(packet, UNREACHABLE_HOST);
      else if (ipv4IsFirstFragment(frame, packet.ipAt)) {
        const error = localError(packet, UNREACHABLE_HOST);
        if (error.protocol === PROTOCOL_UDP) this.stack.udp.receiveError(error);
      }
    }
  }

  /** Nobody answers for `gateway`, which a redirect may have named. */
  gatewayFailed(gateway: IpAddress): void {
    this.#redirects.gatewayFailed(gateway);
  }

  /** Hands over one answer; the others come in tasks of their own, lest they be lost if the receiver throws. */
  runTask(): void {
    const handOver = this.#waiting.shift();
    if (handOver === undefined) return;
    if (this.#waiting.length > 0) this.stack.defer(this);
    handOver();
  }

  private receiveReply({ bytes, at, end, source, now }: Packet): void {
    const identifier = icmpv4Identifier(bytes, at);
    if (this.stack.addressChecks.answered(source, identifier)) return;
    if (this.onEchoReply === undefined || this.#waiting.length === MAX_WAITING_REPLIES) {
      this.stack.counters.drop("icmpv4-reply");
      return;
    }
    const data = new Uint8Array(bytes.subarray(at + ICMPV4_HEADER_LENGTH, end));
    const sequence = icmpv4Sequence(bytes, at);
    this.handOver(() => this.onEchoReply?.(source, identifier, sequence, data, now));
  }

  private answerEcho(packet: Packet): void {
    const { bytes, ipAt, at, end } = packet;
    const path = this.stack.ip.pathBack(packet);
    if (path === undefined) {
      this.stack.counters.drop("no-route");
      return;
    }
    path.typeOfService = ipv4TypeOfService(bytes, ipAt) & DSCP_MASK;
    const rest = readI32(bytes, at + 4);
    sendIcmp(this.stack, path, ICMPV4_ECHO_REPLY, 0, rest, bytes.subarray(at + ICMPV4_HEADER_LENGTH, end));
  }

  private receiveError(packet: Packet): void {
    const error = readError(this.stack, packet);
    if (typeof error === "string") {
      this.stack.counters.drop(error);
      return;
    }
    if (error.protocol === PROTOCOL_UDP) {
      if (!this.stack.udp.receiveError(error)) this.stack.counters.drop("icmpv4-not-ours");
    } else if (error.protocol === PROTOCOL_TCP) this.stack.tcp.receiveError(error);
    else if (error.protocol === PROTOCOL_ICMP) this.receiveEchoError(packet.source, error);
  }

  private receiveEchoError(from: IpAddress, { bytes, at, type, code, now }: IcmpError): void {
    if (this.onEchoError === undefined || this.#waiting.length === MAX_WAITING_REPLIES) {
      this.stack.counters.drop("icmpv4-reply");
      return;
    }
    const identifier = icmpv4Identifier(bytes, at);
    const sequence = icmpv4Sequence(bytes, at);
    this.handOver(() => this.onEchoError?.(from, identifier, sequence, type, code, now));
  }

  private handOver(task: () => void): void {
    this.#waiting.push(task);
    this.stack.defer(this);
  }
}
