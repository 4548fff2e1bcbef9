import type { StackInterface } from "../../../src/stack/index.js";
import { App } from "./app.js";
import { tcp } from "./build.js";
import { Machine, OWN_IP, PEER_IP, type MachineOptions } from "./machine.js";
import type { ReadFrame } from "./read.js";
import { dataOf, describeSegment, flagsOf, optionsOf, specOf, type SegmentSpec } from "./segment-spec.js";

/** The port that the machine listens on, and the peer's. */
export const OWN_PORT = 80;
export const PEER_PORT = 7000;

/** The peer's initial sequence number, unless a test names another one. */
const PEER_ISN = 50_000;
/** FIN, SYN, RST, URG, ECE and CWR: PSH says little, and ACK is compared with its number. */
const CHECKED_FLAGS = 0xe7;
/** The peer's first TSval. */
const PEER_CLOCK = 1_000_000;

/**
 * A TCP test as a dialogue: what the peer sends, what it must receive, and at what virtual time. The peer's machine
 * answers ARP by itself; everything else is the test's.
 *
 * @example
 * const { app, peer, clock } = dialogue();
 * app.connects();
 * peer.receives({ syn: true, seq: 0, mss: 1460, wscale: 7, win: 65535 });
 * clock.advance(20);
 * peer.sends({ syn: true, seq: 0, ack: 1, win: 4000 });
 * peer.receives({ seq: 1, ack: 1 });
 */
export class Dialogue {
  readonly machine: Machine;
  /** The program on the machine under test. */
  readonly app: App;
  readonly peer: Peer;
  readonly clock: {
    readonly now: number;
    /** Lets so many ms pass. What was sent before must have been looked at: time would be unclear otherwise. */
    advance(ms: number): void;
  };

  constructor(options: MachineOptions = {}) {
    this.machine = new Machine(options);
    this.app = new App(this.machine, PEER_IP, PEER_PORT, OWN_PORT);
    this.peer = new Peer(this.machine, PEER_PORT);
    const { machine, peer } = this;
    this.clock = {
      get now() {
        return machine.now;
      },
      advance(ms) {
        peer.mustHaveReadAll();
        machine.advance(ms);
      },
    };
  }

  get eth0(): StackInterface {
    return this.machine.eth0;
  }

  /** What was dropped so far, by reason. */
  get drops(): Readonly<Partial<Record<string, number>>> {
    return this.machine.stack.counters.drops;
  }

  /** Somebody else on the peer's machine. */
  anotherPeer(port: number, isn = PEER_ISN): Peer {
    return new Peer(this.machine, port, isn);
  }

  /** The whole of an active open, with what the peer's SYN says of itself. */
  opens(spec: Pick<SegmentSpec, "win" | "mss" | "wscale" | "sackOk" | "ts"> = {}): void {
    this.app.connects();
    this.peer.receives({ syn: true });
    this.peer.sends({ syn: true, seq: 0, ack: 1, win: 65_535, mss: 1460, ...spec });
    this.peer.receives({ seq: 1, ack: 1 });
    this.app.heard();
  }

  /** The whole of a passive open, up to the connection's being accepted. */
  isOpened(spec: Pick<SegmentSpec, "win" | "mss" | "wscale"> = {}): void {
    const { app, peer } = this;
    app.listens();
    peer.sends({ syn: true, seq: 0, win: 65_535, mss: 1460, ...spec });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1, ...(spec.win !== undefined && { win: spec.win }) });
    peer.receivesNothing();
    app.heard();
  }
}

export function dialogue(options?: MachineOptions): Dialogue {
  return new Dialogue(options);
}

/** The other end: one TCP port of another host. */
export class Peer {
  /** The machine's port it talks with. */
  port = OWN_PORT;
  #window = 65_535;
  /** The machine's initial sequence number, from its first SYN. */
  #theirIsn = 0;
  #knowsIsn = false;
  /** The machine's first TSval. */
  #theirClock = 0;

  constructor(
    private readonly machine: Machine,
    private readonly ownPort: number,
    private isn = PEER_ISN,
  ) {}

  /** The next connection between the same ports: sequence numbers count anew, from `isn`. */
  beginsAnew(isn: number): void {
    this.isn = isn;
    this.#knowsIsn = false;
  }

  sends(spec: SegmentSpec): void {
    this.mustHaveReadAll();
    this.#window = spec.win ?? this.#window;
    const packet = tcp(
      { source: PEER_IP, destination: OWN_IP },
      {
        from: this.ownPort,
        to: this.port,
        sequence: (this.isn + (spec.seq ?? 0)) >>> 0,
        acknowledgment: spec.ack === undefined ? 0 : (this.#theirIsn + spec.ack) >>> 0,
        flags: flagsOf(spec),
        window: this.#window,
        urgent: spec.urg ?? 0,
        ecn: spec.ecn ?? 0,
        options: optionsOf(spec, { isn: this.#theirIsn, clock: PEER_CLOCK, echo: this.#theirClock }),
        data: dataOf(spec),
      },
    );
    this.machine.receiveIp(packet);
  }

  /**
   * The next segment that has arrived must be this one: flags and length exactly, other fields where `spec` names
   * them; it must have been sent at this moment, or at the time `at` in ms.
   */
  receives(spec: SegmentSpec & { readonly at?: number }): void {
    const expected = `${spec.at ?? this.machine.now} ms: ${describeSegment(spec, dataOf(spec))}`;
    const frame = this.#take();
    if (frame === undefined) fail(`expected ${expected}\nbut nothing was sent`, this.receives);
    const got = this.#spec(frame);
    const data = frame.tcp!.data;
    const fits =
      frame.time === (spec.at ?? this.machine.now) &&
      (flagsOf(spec) & CHECKED_FLAGS) === (flagsOf(got) & CHECKED_FLAGS) &&
      (spec.ack === undefined) === (got.ack === undefined) &&
      (["seq", "ack", "win", "urg", "mss", "wscale", "uto", "ecn"] as const).every(
        (key) => spec[key] === undefined || spec[key] === got[key],
      ) &&
      (["sackOk", "sack", "ts"] as const).every(
        (key) => spec[key] === undefined || JSON.stringify(spec[key]) === JSON.stringify(got[key]),
      ) &&
      Buffer.from(data).equals(dataOf({ ...spec, seq: spec.seq ?? got.seq }));
    if (!fits) fail(`expected ${expected}\nbut got  ${this.#describe(frame)}`, this.receives);
  }

  receivesNothing(): void {
    const frame = this.#take();
    if (frame !== undefined) fail(`expected nothing, but got ${this.#describe(frame)}`, this.receivesNothing);
  }

  /** Looks at nothing that has come. @returns how many segments that were */
  ignores(): number {
    let count = 0;
    while (this.#take() !== undefined) count++;
    return count;
  }

  /** What has come, as "time: segment", for tables. */
  heard(): string[] {
    const heard: string[] = [];
    for (let frame = this.#take(); frame !== undefined; frame = this.#take())
      heard.push(this.#describe(frame));
    return heard;
  }

  mustHaveReadAll(): void {
    const unread = this.machine.sent.filter((frame) => frame.tcp?.to === this.ownPort);
    if (unread.length === 0) return;
    const list = unread.map((frame) => this.#describe(frame)).join("\n");
    fail(`the test has not looked at\n${list}`, this.mustHaveReadAll);
  }

  #take(): ReadFrame | undefined {
    const { sent } = this.machine;
    const index = sent.findIndex((frame) => frame.tcp?.to === this.ownPort);
    if (index < 0) return undefined;
    const frame = sent.splice(index, 1)[0]!;
    const { from, flags, sequence } = frame.tcp!;
    this.port = from;
    if ((flags & 0x02) !== 0 && !this.#knowsIsn) {
      this.#theirIsn = sequence;
      this.#theirClock = frame.tcp!.timestamps?.[0] ?? 0;
      this.#knowsIsn = true;
    }
    return frame;
  }

  #spec(frame: ReadFrame): SegmentSpec {
    const segment = frame.tcp!;
    const seq = (segment.sequence - this.#theirIsn) >>> 0;
    // A SYN echoes nothing yet.
    const echo = segment.timestamps?.[1] === 0 ? 0 : PEER_CLOCK;
    const origins = { isn: this.isn, clock: this.#theirClock, echo };
    const spec = specOf(segment, seq, (segment.acknowledgment - this.isn) >>> 0, origins);
    return { ...spec, ecn: frame.ecn! };
  }

  #describe(frame: ReadFrame): string {
    return `${frame.time} ms: ${describeSegment(this.#spec(frame), frame.tcp!.data)}`;
  }
}

/** Fails the test at the line that called `caller`. */
function fail(message: string, caller: (...args: never[]) => unknown): never {
  const error = new Error(message);
  Error.captureStackTrace(error, caller);
  throw error;
}
