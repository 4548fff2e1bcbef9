import { SimulatedRandom } from "../../simulator/index.js";
import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import type { LinkDevice, Tcp, TcpOptions } from "../../src/host/index.js";
import { Stack } from "../../src/stack/index.js";

const ETHERNET_MTU = 1500;
const ETHERNET_HEADER = 14;
/** The largest that IPv4 has room for (RFC 791 §3.1). */
const LARGEST_PACKET = 65_535;

const CLIENT_ADDRESS = "10.0.0.1";
export const SERVER_ADDRESS = "10.0.0.2";
const PREFIX_LENGTH = 24;

/** Frames on their way in one direction at most: several windows of the stack's largest buffers. */
const MAX_FRAMES = 1024;

/** Stacks differ only in what they draw; a fixed seed makes their runs alike. */
const SEED = 1;

/** Frames up to this length are copied byte by byte where all of it would be 64 KiB. */
const SMALL_FRAME = 256;

/** What the cable between two stacks carries. */
export interface PairOptions {
  /**
   * True: TCP segments of up to 64 KiB, cut by nobody, and checksums left out and not looked at, as between two
   * virtual machines. Absent: packets of 1,500 bytes with every checksum.
   */
  readonly large?: boolean;
}

/** One beside the other in one buffer, as a network card has them; each begins where whole words do. */
function frameBuffers(length: number): readonly Uint8Array[] {
  const stride = (length + 3) & ~3;
  const buffer = new ArrayBuffer(MAX_FRAMES * stride);
  return Array.from({ length: MAX_FRAMES }, (_, i) => new Uint8Array(buffer, i * stride, length));
}

/**
 * One end of a cable that costs no time. What is transmitted is copied into a pooled buffer, as on any link that
 * holds frames, and waits there until the other end delivers it.
 */
class PairLink implements LinkDevice {
  readonly mtu = ETHERNET_MTU;
  readonly up = true;
  readonly transmitChecksums: boolean;
  readonly receiveChecksums: boolean;
  readonly segmentationOffload: number;
  onReceive?: (frame: Uint8Array, length: number, now: number) => void;
  /** Set once both ends are there. */
  peer!: PairLink;
  /** The first `#waiting` are on their way to this end; the others are free. */
  readonly #frames: readonly Uint8Array[];
  readonly #lengths = new Uint32Array(MAX_FRAMES);
  #waiting = 0;

  constructor(
    readonly mac: MacAddress,
    { large = false }: PairOptions,
  ) {
    this.transmitChecksums = this.receiveChecksums = large;
    this.segmentationOffload = large ? LARGEST_PACKET : 0;
    this.#frames = frameBuffers(ETHERNET_HEADER + Math.max(this.mtu, this.segmentationOffload));
  }

  transmit(frame: Uint8Array, length: number): void {
    this.peer.#hold(frame, length);
  }

  /** Hands the stack what waits for it. Its answers go the other way, so that nothing is added meanwhile. */
  deliver(now: number): void {
    for (let i = 0; i < this.#waiting; i++) this.onReceive?.(this.#frames[i]!, this.#lengths[i]!, now);
    this.#waiting = 0;
  }

  #hold(frame: Uint8Array, length: number): void {
    if (this.#waiting === MAX_FRAMES) throw new Error(`more than ${MAX_FRAMES} frames wait on the cable`);
    const copy = this.#frames[this.#waiting]!;
    // A whole ordinary frame costs less than a view of its beginning, and allocates nothing.
    if (this.segmentationOffload > 0 && length <= SMALL_FRAME)
      for (let i = 0; i < length; i++) copy[i] = frame[i]!;
    else copy.set(frame);
    this.#lengths[this.#waiting++] = length;
  }
}

/**
 * Two stacks of the host profile in this process, joined by a cable that is as fast as they are; time is real.
 *
 * @example
 * const pair = new Pair();
 * pair.serve(7, { onReadable() { … } });
 * const client = pair.connect(7, { onWritable() { … } });
 * pair.run(() => connected, 1000);
 */
export class Pair {
  readonly client: Stack;
  readonly server: Stack;
  readonly #clientLink: PairLink;
  readonly #serverLink: PairLink;

  constructor(options: PairOptions = {}) {
    this.#clientLink = new PairLink(MacAddress.parse("02:00:00:00:00:01"), options);
    this.#serverLink = new PairLink(MacAddress.parse("02:00:00:00:00:02"), options);
    this.#clientLink.peer = this.#serverLink;
    this.#serverLink.peer = this.#clientLink;
    this.client = makeStack(this.#clientLink, CLIENT_ADDRESS);
    this.server = makeStack(this.#serverLink, SERVER_ADDRESS);
  }

  /** Accepts connections on a port of the server. One that fails ends `run` with its error. */
  serve(port: number, options: TcpOptions): void {
    const { Listener, TCP } = this.server.io;
    new Listener({
      port,
      onReadable() {
        for (let from = this.read(); from !== undefined; from = this.read()) {
          new TCP({ onError: fail, ...options, from });
        }
      },
    });
  }

  /** Connects the client to that port. A connection that fails ends `run` with its error. */
  connect(port: number, options: TcpOptions): Tcp {
    return new this.client.io.TCP({ onError: fail, ...options, address: SERVER_ADDRESS, port });
  }

  /**
   * Lets both stacks work until `done`, which is asked between their turns.
   * @returns the time it ended, as `performance.now` tells it
   * @throws Error if it takes longer than `patience` ms
   */
  run(done: (now: number) => boolean, patience: number): number {
    const start = performance.now();
    for (let now = start; ; now = performance.now()) {
      if (done(now)) return now;
      if (now - start > patience) throw new Error(`the stacks have not finished within ${patience} ms`);
      this.#turn(now);
    }
  }

  /**
   * `run` for programs that await: promises that can settle do so between the turns.
   * @throws Error if it takes longer than `patience` ms
   */
  async runAwaiting(done: (now: number) => boolean, patience: number): Promise<number> {
    const start = performance.now();
    for (let now = start; ; now = performance.now()) {
      if (done(now)) return now;
      if (now - start > patience) throw new Error(`the stacks have not finished within ${patience} ms`);
      this.#turn(now);
      await undefined;
    }
  }

  /** On this cable nothing is lost, so nothing may have been dropped or repeated. @throws Error if it was */
  assertClean(): void {
    for (const { counters } of [this.client, this.server]) {
      const drops = JSON.stringify(counters.drops);
      if (drops !== "{}" || counters.tcpRetransSegs > 0) {
        throw new Error(`a stack dropped ${drops} and retransmitted ${counters.tcpRetransSegs} segments`);
      }
    }
  }

  #turn(now: number): void {
    this.#serverLink.deliver(now);
    this.server.poll(now);
    this.#clientLink.deliver(now);
    this.client.poll(now);
  }
}

function fail(error?: Error): void {
  throw error ?? new Error("the connection was closed");
}

function makeStack(link: LinkDevice, address: string): Stack {
  const random = SimulatedRandom.fromSeed(SEED).fork(address);
  const stack = new Stack({ random, profile: "host" });
  const network = stack.attach(link, { name: "eth0" });
  network.configure({ address: Ipv4Address.parse(address), prefixLength: PREFIX_LENGTH, dns: [] });
  return stack;
}
