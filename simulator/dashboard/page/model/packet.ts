import { dissect, type Dissection } from "../../../dissect/index.js";
import type { PacketRecord, TcpSample } from "../../protocol/index.js";
import type { Flow } from "./flows.js";
import { readHeaders, type Headers } from "./headers.js";

/** What became of a packet somewhere on its way. */
export interface Fate {
  /** The host that it was on its way to; undefined: it was on its first wire. */
  readonly where: string | undefined;
  /** "dropped: loss 20%" */
  readonly comment: string;
}

/** A line of the list of packets. */
export interface Row {
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly summary: string;
}

/** A frame that was seen, and what the page has found out about it. */
export class Packet {
  readonly number: number;
  /** Virtual ms. */
  readonly time: number;
  /** The host that sent it. */
  readonly sender: string;
  readonly bytes: Uint8Array;
  readonly tcp: TcpSample | undefined;
  /** What conversations, ladders and plots are made of; undefined for what is no Ethernet frame. */
  readonly headers: Headers | undefined;
  fates: readonly Fate[];
  /** The conversation that it belongs to. */
  flow: Flow | undefined;
  #row: Row | undefined;

  constructor({ number, time, bytes, comment, tcp }: PacketRecord, sender: string) {
    this.number = number;
    this.time = time;
    this.sender = sender;
    this.bytes = bytes;
    this.tcp = tcp;
    this.headers = readHeaders(bytes);
    this.fates = comment === undefined ? [] : [{ where: undefined, comment }];
  }

  /** Whether somebody for whom it was has not got it. */
  get isDropped(): boolean {
    return this.fates.some(({ comment }) => comment.includes("dropped"));
  }

  /** What became of it, in one line; "" if it arrived as it was sent. */
  get fate(): string {
    return this.fates
      .map(({ where, comment }) => (where === undefined ? comment : `${comment} (on the way to ${where})`))
      .join("; ");
  }

  /** Its line in the list. Made when it is first looked at: most packets scroll by unseen. */
  get row(): Row {
    if (this.#row === undefined) {
      const { protocol, source, destination, summary } = dissect(this.bytes);
      this.#row = { protocol, source, destination, summary };
    }
    return this.#row;
  }

  /** Its whole tree, made each time. */
  dissect(): Dissection {
    const { number, time, sender, fate } = this;
    return dissect(this.bytes, {
      ...{ number, time, interface: sender, hosts: [sender] },
      ...(fate !== "" && { comment: fate }),
    });
  }
}
