import { dhcpXid, parseDhcp, type DhcpMessage } from "../../wire/index.js";
import type { DhcpIgnoreReason } from "./events.js";
import type { DhcpClientIdentity } from "./messages.js";

/** Messages looked at in a second. A site's servers answer a client with a few; parsing thousands would stall a device. */
export const MAX_MESSAGES_PER_SECOND = 50;

/** Tells answers from everything else that arrives, and bounds the work that others can make by sending a lot. */
export class ReplyReader {
  #since = -Infinity;
  #looks = 0;

  constructor(private readonly identity: DhcpClientIdentity) {}

  /**
   * The message, if it answers the question `xid`, or why it does not.
   * @param now monotonic ms
   */
  read(bytes: Uint8Array, xid: number, now: number): DhcpMessage | DhcpIgnoreReason {
    // Before anything else: on a link where answers are broadcast, most of them are for others.
    if ((dhcpXid(bytes) ?? xid) !== xid) return "wrong-xid";
    if (!this.mayLook(now)) return "flood";
    const message = parseDhcp(bytes);
    if (typeof message === "string") return message;
    const { type } = message;
    if (type !== "OFFER" && type !== "ACK" && type !== "NAK") return "not-a-reply";
    const { mac, clientIdentifier: own } = this.identity;
    if (!message.chaddr.equals(mac)) return "wrong-chaddr";
    // RFC 6842 §3: servers send it back, so that clients that share a MAC know whom they mean; old servers do not.
    const { clientIdentifier: named = own } = message.options;
    const isOwn = named.length === own.length && named.every((byte, at) => byte === own[at]);
    return isOwn ? message : "wrong-client-identifier";
  }

  private mayLook(now: number): boolean {
    if (now - this.#since >= 1_000) {
      this.#since = now;
      this.#looks = 0;
    }
    return ++this.#looks <= MAX_MESSAGES_PER_SECOND;
  }
}
