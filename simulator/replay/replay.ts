import type { MacAddress } from "../../src/address/index.js";
import { ETHERNET_HEADER_LENGTH, ethernetSource } from "../../src/wire/index.js";
import type { CableEnd } from "../cable.js";
import { LINK_TYPE_ETHERNET, type FileFrame } from "../capture/read/index.js";
import type { Lan } from "../lan/index.js";
import type { Simulation } from "../simulation.js";
import type { Switch } from "../switch.js";
import { answerArp } from "./answer-arp.js";
import { Connections } from "./connections.js";
import { RecordedHosts } from "./recorded-hosts.js";

export interface ReplayOptions {
  /** The MAC of a host on the LAN that takes the part of one in the capture: what that one sent is left out. */
  readonly as?: MacAddress;
  /** Where it is plugged in; absent: the LAN's default switch. */
  readonly on?: Switch;
  /** Of its port; absent: "replay". */
  readonly name?: string;
}

/**
 * Sends the frames of a capture into a LAN, at their times: the first one at once, the others as long after it as they were
 * recorded. Whoever is there hears them as if their senders were plugged in.
 *
 * The senders answer ARP, as else nobody could answer them. Where a host on the LAN takes the part of one in the capture, the
 * acknowledgments that its TCP connections get are brought in line with the sequence numbers which it has chosen now.
 *
 * @example
 * const { frames } = readCaptureFile(readFileSync("failed.pcapng"));
 * const sensor = lan.host("sensor", { mac: "02:00:00:00:00:07", address: "192.168.1.7/24" });
 * const replay = new Replay(lan, frames, { as: sensor.mac });
 * await lan.runFor(replay.duration);
 */
export class Replay {
  /** From the first frame to the last, in virtual ms. */
  readonly duration: number;
  /** How many frames are not sent, since they are the part of somebody on the LAN. */
  readonly leftOut: number;
  /** How many frames are not sent, since they are not Ethernet's. */
  readonly foreign: number;
  readonly #simulation: Simulation;
  readonly #end: CableEnd;
  readonly #frames: readonly FileFrame[];
  readonly #connections = new Connections();
  readonly #as: MacAddress | undefined;
  /** When the capture's time 0 is, in virtual ms. */
  readonly #origin: number;
  #next = 0;
  #sent = 0;

  constructor(lan: Lan, frames: readonly FileFrame[], { as, on, name = "replay" }: ReplayOptions = {}) {
    // A file may have frames of several interfaces, whose clocks need not agree about the order.
    const ethernet = frames.filter(isEthernet).sort((a, b) => a.time - b.time);
    const [first, last] = [ethernet[0], ethernet[ethernet.length - 1]];
    this.#simulation = lan.simulation;
    this.#as = as;
    this.#frames = ethernet;
    this.#origin = lan.simulation.now() - (first?.time ?? 0);
    this.duration = first === undefined || last === undefined ? 0 : last.time - first.time;
    this.foreign = frames.length - ethernet.length;
    this.leftOut = ethernet.filter((frame) => this.#isOwn(frame)).length;
    // Nothing is added to the times that were recorded.
    this.#end = lan.plug(name, { latency: 0, ...(on !== undefined && { on }) });
    const hosts = new RecordedHosts(ethernet);
    this.#end.onReceive = (bytes, length) => {
      this.#connections.answered(bytes, length);
      answerArp(this.#end, bytes, length, (address) => this.#macOf(hosts, address));
    };
    this.#schedule();
  }

  /** How many frames it has sent. */
  get sent(): number {
    return this.#sent;
  }

  #schedule(): void {
    const frame = this.#frames[this.#next];
    if (frame !== undefined) this.#simulation.scheduleAt(this.#origin + frame.time, () => this.#play(frame));
  }

  #play(frame: FileFrame): void {
    this.#next++;
    this.#schedule();
    if (this.#isOwn(frame)) {
      this.#connections.recorded(frame.bytes);
      return;
    }
    const bytes = this.#connections.translate(frame.bytes);
    this.#sent++;
    this.#end.transmit(bytes, bytes.length);
  }

  #isOwn({ bytes }: FileFrame): boolean {
    return this.#as !== undefined && ethernetSource(bytes).equals(this.#as);
  }

  #macOf(hosts: RecordedHosts, address: string): MacAddress | undefined {
    const mac = hosts.macOf(address);
    return mac === undefined || this.#as?.equals(mac) === true ? undefined : mac;
  }
}

function isEthernet({ linkType, bytes }: FileFrame): boolean {
  return linkType === LINK_TYPE_ETHERNET && bytes.length >= ETHERNET_HEADER_LENGTH;
}
