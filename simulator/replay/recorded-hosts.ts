import { MacAddress } from "../../src/address/index.js";
import { MOST_FILE_FRAMES, type FileFrame } from "../capture/read/index.js";
import { dissect, findFields, type Dissection } from "../dissect/index.js";
import { parseFilter } from "../filter/index.js";

/** A host of a capture. */
export interface Recorded {
  readonly mac: MacAddress;
  /** The IPv4 address that it had last, as far as the capture tells. */
  readonly address: string | undefined;
}

const UNSPECIFIED = "0.0.0.0";

/** What begins a conversation with whom it is sent to. */
const isQuestion = parseFilter("(tcp.flags.syn && !tcp.flags.ack) || icmp.type == 8");
/** One question counts more than all that a file can have of other frames. */
const ASKING_WEIGHT = MOST_FILE_FRAMES;

/** The hosts of a capture: whoever has sent a frame, and whoever was sent one. */
export class RecordedHosts {
  /** By MAC, in the order in which they appear. */
  readonly #addresses = new Map<string, string | undefined>();
  /** How much each was asked: see `mostAsked`. */
  readonly #asked = new Map<string, number>();
  readonly #macs = new Map<string, string>();

  constructor(frames: readonly FileFrame[]) {
    for (const { bytes } of frames) this.#learn(dissect(bytes));
  }

  /**
   * Who is asked the most: to whom most TCP connections are opened and most pings are sent, and if nobody is asked anything, who
   * is sent most frames. Undefined if nobody is.
   */
  get mostAsked(): Recorded | undefined {
    let most: string | undefined;
    for (const [mac, count] of this.#asked) {
      if (most === undefined || count > this.#asked.get(most)!) most = mac;
    }
    return most === undefined ? undefined : this.#host(most);
  }

  /** @param who a MAC or an IPv4 address */
  find(who: string): Recorded | undefined {
    const mac = this.#macs.get(who) ?? MacAddress.tryParse(who)?.toString();
    return mac === undefined || !this.#addresses.has(mac) ? undefined : this.#host(mac);
  }

  /** The MAC of whoever has this IPv4 address. */
  macOf(address: string): MacAddress | undefined {
    const mac = this.#macs.get(address);
    return mac === undefined ? undefined : MacAddress.parse(mac);
  }

  #host(mac: string): Recorded {
    return { mac: MacAddress.parse(mac), address: this.#addresses.get(mac) };
  }

  #learn(dissection: Dissection): void {
    const first = (name: string): string | undefined =>
      findFields(dissection, name)[0]?.value as string | undefined;
    const [from, to] = [first("eth.src"), first("eth.dst")];
    if (from === undefined || to === undefined) return;
    this.#note(from, first("arp.src.proto_ipv4") ?? first("ip.src"));
    if (MacAddress.parse(to).isMulticast) return;
    this.#asked.set(to, (this.#asked.get(to) ?? 0) + (isQuestion(dissection) ? ASKING_WEIGHT : 1));
    // What a DHCP server offers is not the client's yet, though it is sent there.
    const isOffer = dissection.protocol === "DHCP";
    this.#note(to, isOffer || this.#addresses.get(to) !== undefined ? undefined : first("ip.dst"));
  }

  #note(mac: string, address: string | undefined): void {
    const isKnown = address !== undefined && address !== UNSPECIFIED;
    this.#addresses.set(mac, isKnown ? address : this.#addresses.get(mac));
    if (isKnown) this.#macs.set(address, mac);
  }
}
