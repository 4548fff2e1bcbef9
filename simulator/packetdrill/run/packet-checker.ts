import { formatPacket } from "../packet/format.js";
import type { LivePacket, LiveTcp } from "../packet/live-packet.js";
import type { Packet } from "../packet/packet.js";
import { firstWrongByte } from "../packet/payload.js";
import { ScriptError, type Location } from "../script-error.js";
import type { Settings } from "../settings.js";
import type { ScriptClock } from "./clock.js";
import { comparePackets, formatEvent } from "./compare.js";
import type { Flow } from "./flow.js";
import type { Flows } from "./flows.js";
import { continues, join } from "./join.js";
import type { OutboundQueue, SentPacket } from "./outbound.js";
import { formatExpectation, isInTime, type Expectation } from "./timing.js";
import { formatSent, toScript } from "./translate.js";

/** How long, in µs, a packet is still waited for after its time, to tell when it comes instead. */
const PATIENCE = 2_000_000;

/** How long, in µs, a packet may take that may come at any time. */
const ANY_TIME = 3_600_000_000;

/** A packet that the script expects. */
interface Expected {
  readonly location: Location;
  readonly packet: Packet;
  /** Absent: any time. */
  readonly time: Expectation | undefined;
  readonly flow: Flow | undefined;
  readonly deadline: number;
}

/** Compares the packets that the stack sends with those that the script expects. */
export class PacketChecker {
  readonly #queue: OutboundQueue;
  readonly #flows: Flows;
  readonly #settings: Settings;
  readonly #clock: ScriptClock;

  constructor(queue: OutboundQueue, flows: Flows, settings: Settings, clock: ScriptClock) {
    this.#queue = queue;
    this.#flows = flows;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** @throws ScriptError unless the next packet of the stack is this one, at its time */
  expect(packet: Packet, time: Expectation | undefined, location: Location): void {
    const flow = packet.protocol === "icmp" ? undefined : this.#flows.flowOf(packet);
    if (packet.protocol !== "icmp" && flow === undefined) {
      throw new ScriptError(location, "there is no connection that this packet could belong to");
    }
    const { now } = this.#clock;
    const deadline =
      time === undefined ? now + ANY_TIME : Math.max(time.until + time.tolerance, now) + PATIENCE;
    const expected = { location, packet, time, flow, deadline };
    const first = this.#wait(expected);
    if (first === undefined) throw this.#missing(expected);
    this.#queue.take(first);
    const [live, last] = this.#collect(expected, first);
    this.#check(expected, live, [first.time, last.time]);
  }

  /** @throws ScriptError for a malformed packet; with `strictPackets` also for one that was not expected */
  finish(location: Location): void {
    this.#refuseMalformed(location);
    const [left] = this.#queue.waiting;
    if (!this.#settings.strictPackets || left === undefined) return;
    throw new ScriptError(location, "the stack sent a packet that the script does not expect", {
      expected: "no packet",
      actual: this.describe(left),
    });
  }

  /** A packet of the stack as a line of the script. */
  describe({ time, packet }: SentPacket): string {
    return formatEvent(time, formatSent(toScript(packet, this.#flows.ownerOf(packet))));
  }

  #wait({ packet, flow, deadline, location }: Expected): SentPacket | undefined {
    const belongs = (sent: LivePacket): boolean =>
      sent.transport.protocol === packet.protocol && (flow === undefined || flow.owns(sent));
    this.#clock.runUntil(
      () => this.#queue.malformed !== undefined || this.#queue.first(belongs) !== undefined,
      deadline,
    );
    this.#refuseMalformed(location);
    return this.#queue.first(belongs);
  }

  /** @returns the segments that make up one as long as the script expects, as that one, and the last of them */
  #collect(expected: Expected, first: SentPacket): readonly [LivePacket, SentPacket] {
    const { transport } = first.packet;
    if (transport.protocol !== "tcp" || expected.packet.protocol !== "tcp") return [first.packet, first];
    const segments: [LiveTcp, ...LiveTcp[]] = [transport];
    let last = first;
    let { length } = transport.payload;
    while (!this.#settings.strictSegments && length > 0 && length < expected.packet.length) {
      const next = this.#wait(expected);
      const segment = next?.packet.transport;
      if (next === undefined || segment?.protocol !== "tcp" || !continues(segments.at(-1)!, segment)) break;
      this.#queue.take(next);
      segments.push(segment);
      last = next;
      length += segment.payload.length;
    }
    return [{ ...first.packet, transport: join(segments, expected.packet.flags) }, last];
  }

  /** @param times when the first and the last segment were sent */
  #check(
    { packet, flow, location, time }: Expected,
    live: LivePacket,
    times: readonly [number, number],
  ): void {
    const { transport } = live;
    if (packet.protocol === "tcp" && transport.protocol === "tcp") flow?.learn(transport, packet);
    const actual = toScript(
      live,
      this.#flows.ownerOf(live),
      packet.protocol === "icmp" ? undefined : packet.ports,
    );
    const wrongTime = time && times.find((moment) => !isInTime(time, moment));
    const fail = (reason: string): ScriptError =>
      new ScriptError(location, reason, {
        expected: formatExpected(packet, time),
        actual: formatEvent(wrongTime ?? times[0], formatSent(actual, packet.marks)),
      });
    const differences = comparePackets(packet, actual, { timestampTicks: this.#timestampTicks(time) });
    if (differences.length > 0) throw fail(`another packet: ${differences.join(", ")}`);
    const wrong = wrongByte(live, flow);
    if (wrong >= 0) throw fail(`another packet: byte ${wrong} of its data was not written there`);
    if (wrongTime !== undefined) throw fail("the packet came at another time");
  }

  #timestampTicks(time: Expectation | undefined): number {
    const { timestampTick, toleranceMicroseconds } = this.#settings;
    return timestampTick === 0 ? Infinity : (time?.tolerance ?? toleranceMicroseconds) / timestampTick;
  }

  #refuseMalformed(location: Location): void {
    const { malformed } = this.#queue;
    if (malformed !== undefined)
      throw new ScriptError(location, `the stack sent a bad packet: ${malformed.fault}`);
  }

  #missing({ location, packet, time }: Expected): ScriptError {
    const others = this.#queue.waiting.map((sent) => this.describe(sent));
    return new ScriptError(location, "the packet did not come", {
      expected: formatExpected(packet, time),
      actual: others.length === 0 ? "no packet" : `no such packet, but ${others.join("; ")}`,
    });
  }
}

function formatExpected(packet: Packet, time: Expectation | undefined): string {
  return formatEvent(time === undefined ? "*" : formatExpectation(time), formatPacket(packet));
}

/** @returns the index of the first byte of data that is not the stream's; −1: all are */
function wrongByte({ transport }: LivePacket, flow: Flow | undefined): number {
  if (transport.protocol === "icmp") return -1;
  const offset = transport.protocol === "tcp" && flow !== undefined ? flow.offsetOfOutbound(transport) : 0;
  return firstWrongByte(transport.payload, offset);
}
