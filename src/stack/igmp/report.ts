import { Ipv4Address } from "../../address/index.js";
import { ETHERNET_HEADER_LENGTH } from "../../wire/ethernet.js";
import {
  IGMPV3_RECORD_LENGTH,
  IGMPV3_REPORT_LENGTH,
  IGMP_LENGTH,
  emitIgmp,
  emitIgmpRecord,
  emitIgmpReport,
} from "../../wire/igmp.js";
import { ROUTER_ALERT_LENGTH, addRouterAlert } from "../../wire/ipv4-options.js";
import { IPV4_HEADER_LENGTH, PROTOCOL_IGMP, emitIpv4 } from "../../wire/ipv4.js";
import type { EthernetInterface } from "../interface/ethernet.js";
import { multicastMac } from "../ip/path.js";
import type { Stack } from "../stack.js";

const IP_AT = ETHERNET_HEADER_LENGTH;
const IGMP_AT = IP_AT + IPV4_HEADER_LENGTH + ROUTER_ALERT_LENGTH;

/** 224.0.0.22: where reports of version 3 go (RFC 3376 §4.2.14). */
const IGMPV3_ROUTERS = 0xe000_0016;
/** RFC 3376 §4: every message has a TTL of 1 and the precedence of Internetwork Control. */
const TIME_TO_LIVE = 1;
const TYPE_OF_SERVICE = 0xc0;

/** Gathers the records of reports of version 3 in the stack's frame, as many as fit into one packet. */
export class ReportWriter {
  #records = 0;
  #length = IGMPV3_REPORT_LENGTH;

  constructor(
    private readonly stack: Stack,
    private readonly device: EthernetInterface,
  ) {}

  add(type: number, group: number, sources: readonly number[]): void {
    const { frame } = this.stack;
    const room = this.device.mtu - IPV4_HEADER_LENGTH - ROUTER_ALERT_LENGTH;
    if (this.#length + IGMPV3_RECORD_LENGTH + 4 * sources.length > room) this.flush();
    this.#length += emitIgmpRecord(frame, IGMP_AT + this.#length, type, group, sources);
    this.#records++;
  }

  /** Sends what was gathered, if anything was. */
  flush(): void {
    const length = this.#length;
    const records = this.#records;
    this.#length = IGMPV3_REPORT_LENGTH;
    this.#records = 0;
    if (records === 0) return;
    emitIgmpReport(this.stack.frame, IGMP_AT, records, length);
    send(this.stack, this.device, length, IGMPV3_ROUTERS);
  }
}

/** Sends a message of version 1 or 2. */
export function sendVersion2(
  stack: Stack,
  device: EthernetInterface,
  type: number,
  group: number,
  destination: number,
): void {
  emitIgmp(stack.frame, IGMP_AT, type, group);
  send(stack, device, IGMP_LENGTH, destination);
}

function send(stack: Stack, device: EthernetInterface, length: number, destination: number): void {
  const { frame, counters } = stack;
  const withChecksum = !device.transmitChecksums;
  // RFC 3376 §4.2.13: a host without an address says so.
  const own = device.addresses.find(({ address }) => address.family === 4)?.address;
  const source = own instanceof Ipv4Address ? own.value : 0;
  emitIpv4(frame, IP_AT, length, TIME_TO_LIVE, PROTOCOL_IGMP, source, destination, false, TYPE_OF_SERVICE);
  addRouterAlert(frame, IP_AT, withChecksum);
  counters.ipOutRequests++;
  counters.ipOutMcastPkts++;
  counters.igmpOutMsgs++;
  device.sendTo(multicastMac(destination), frame, IGMP_AT + length);
}
