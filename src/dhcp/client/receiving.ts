import type { DhcpMessage } from "../../wire/index.js";
import type { ClientCore } from "./core.js";
import { renew } from "./extending.js";
import { forbidLinkLocal } from "./fallback.js";
import { readLease, type DhcpLease } from "./lease.js";
import { startProbe } from "./probing.js";
import { confirmed } from "./rebooting.js";
import { takeOffer } from "./selecting.js";
import { forgetLease } from "./storing.js";

/** Takes any message that arrived on port 68. What is not an answer to the last question is counted and dropped. */
export function receiveMessage(core: ClientCore, bytes: Uint8Array, now: number): void {
  const message = core.replies.read(bytes, core.xid, now);
  if (typeof message === "string") return core.ignore(message);
  switch (message.type) {
    case "OFFER":
      return receiveOffer(core, message, now);
    case "ACK":
      return receiveAck(core, message, now);
    case "NAK":
      return receiveNak(core, message, now);
    default:
  }
}

function receiveOffer(core: ClientCore, message: DhcpMessage, now: number): void {
  if (core.state !== "SELECTING") return core.ignore("unexpected");
  const { yiaddr, options } = message;
  const isForbidding = yiaddr.isUnspecified && options.autoConfigure === false;
  if (isForbidding && core.linkLocalWait < Infinity) return forbidLinkLocal(core, now);
  const lease = readLease(yiaddr, options, now);
  if (typeof lease === "string") return core.ignore(lease);
  takeOffer(core, message.xid, lease, now);
}

function receiveAck(core: ClientCore, { yiaddr, xid, options }: DhcpMessage, now: number): void {
  const asked = leaseAskedFor(core);
  const isRapid = core.state === "SELECTING" && core.rapidCommit && options.rapidCommit === true;
  if (asked === undefined && !isRapid) return core.ignore("unexpected");
  const lease = readLease(yiaddr, options, core.requestedAt);
  if (typeof lease === "string") return core.ignore(lease);
  // It took so long to arrive that the lease is over.
  if (lease.expiresAt <= now) return core.ignore("bad-lease-time");
  if (asked !== undefined && !mayAnswer(core, lease.server, asked)) return core.ignore("wrong-server");
  if (asked !== undefined && !lease.address.equals(asked.address)) return core.ignore("wrong-address");
  core.sink.event({ type: "received", message: "ACK", xid, lease });
  if (core.state === "REBOOTING") confirmed(core, lease, now);
  else if (core.lease === undefined) startProbe(core, lease, "bound", now);
  else renew(core, lease, now);
}

function receiveNak(core: ClientCore, { xid, options }: DhcpMessage, now: number): void {
  const asked = leaseAskedFor(core);
  const { serverIdentifier: server, message: text } = options;
  if (asked === undefined) return core.ignore("unexpected");
  if (server === undefined) return core.ignore("no-server");
  if (!mayAnswer(core, server, asked)) return core.ignore("wrong-server");
  core.sink.event({ type: "received", message: "NAK", xid, server, text });
  forgetLease(core);
  core.lose("nak", now);
  core.setBack(now, 0);
}

/** The lease that an ACK or NAK would be about; undefined while none is due. */
function leaseAskedFor(core: ClientCore): DhcpLease | undefined {
  switch (core.state) {
    case "REQUESTING":
      return core.candidate;
    case "REBOOTING":
      return core.lease ?? core.candidate;
    case "RENEWING":
    case "REBINDING":
      return core.lease;
    default:
      return undefined;
  }
}

/** REQUESTs by broadcast that name no server may be answered by any: in REBINDING, and after a reboot. */
function mayAnswer({ state }: ClientCore, server: DhcpLease["server"], asked: DhcpLease): boolean {
  return state === "REBINDING" || state === "REBOOTING" || server.equals(asked.server);
}
