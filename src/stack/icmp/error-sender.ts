import {
  ICMPV4_ECHO_REQUEST,
  ICMPV4_HEADER_LENGTH,
  ICMPV4_PARAMETER_PROBLEM,
  ICMPV4_TIME_EXCEEDED,
  ICMPV4_UNREACHABLE,
  icmpv4Type,
} from "../../wire/icmpv4.js";
import { IPV4_HEADER_LENGTH, PROTOCOL_ICMP, ipv4IsFirstFragment, ipv4Protocol } from "../../wire/ipv4.js";
import type { Packet } from "../ip/packet.js";
import { RateLimit } from "../rate-limit.js";
import type { Stack } from "../stack.js";
import { sendIcmp } from "./send.js";

/** RFC 1812 §4.3.2.3: an error quotes as much of its packet as fits into 576 bytes, with all headers. */
const MAX_QUOTED = 576 - IPV4_HEADER_LENGTH - ICMPV4_HEADER_LENGTH;

/** ICMP errors a second (RFC 1812 §4.3.2.8 asks for a limit; Linux sends 1,000 in all, a device need not). */
const ERRORS_PER_SECOND = 100;
const ERROR_BURST = 20;

/** RFC 1812 §4.3.2.5: a router's errors go before ordinary traffic. A host's have no precedence (RFC 1349 §5.1). */
const ROUTER_TYPE_OF_SERVICE = 0xc0;

/** Sends ICMP errors: only where RFC 1122 §3.2.2 and RFC 1812 §4.3.2.7 allow one, and not too many. */
export class ErrorSender {
  readonly #limit = new RateLimit(ERRORS_PER_SECOND, ERROR_BURST);

  constructor(private readonly stack: Stack) {}

  unreachable(packet: Packet, code: number, rest: number): void {
    this.send(packet, ICMPV4_UNREACHABLE, code, rest);
  }

  timeExceeded(packet: Packet, code: number): void {
    this.send(packet, ICMPV4_TIME_EXCEEDED, code, 0);
  }

  /** @param pointer offset of the octet that is wrong, from the IP header's beginning */
  parameterProblem(packet: Packet, pointer: number): void {
    this.send(packet, ICMPV4_PARAMETER_PROBLEM, 0, pointer << 24);
  }

  private send(packet: Packet, type: number, code: number, rest: number): void {
    const { bytes, ipAt, at, end } = packet;
    const { stack } = this;
    // Never about a group, a fragment other than the first, or another ICMP error.
    if (packet.toGroup || !ipv4IsFirstFragment(bytes, ipAt)) return;
    const isIcmp = ipv4Protocol(bytes, ipAt) === PROTOCOL_ICMP;
    if (isIcmp && (end === at || icmpv4Type(bytes, at) !== ICMPV4_ECHO_REQUEST)) return;
    // A router speaks for whom it forwards: it answers from an address of its own.
    const isOurs = stack.ownsIpv4(packet.destination32);
    const path = isOurs ? stack.ip.pathBack(packet) : stack.ip.path(packet.source);
    if (path === undefined || path.groupMac !== undefined) return;
    if (!this.#limit.take(packet.now)) {
      stack.counters.drop("icmpv4-rate-limit");
      return;
    }
    if (stack.forwarding) path.typeOfService = ROUTER_TYPE_OF_SERVICE;
    stack.counters.icmpOutErrors++;
    sendIcmp(stack, path, type, code, rest, bytes.subarray(ipAt, Math.min(end, ipAt + MAX_QUOTED)));
  }
}
