import { Ipv4Address } from "../../address/index.js";
import type { Random, WallClock } from "../../host/index.js";
import { DHCP_SERVER_PORT, emitDhcp } from "../../wire/index.js";
import { sameConfiguration, type DhcpBinding } from "./binding.js";
import type { DhcpChangeReason, DhcpClientSink, DhcpFailure, DhcpIgnoreReason } from "./events.js";
import type { DhcpLease } from "./lease.js";
import type { LinkLocalMachine } from "./link-local.js";
import type { DhcpClientIdentity, DhcpClientMessage } from "./messages.js";
import type { DhcpClientMachineOptions } from "./options.js";
import { ReplyReader } from "./reply.js";
import type { DhcpClientState } from "./states.js";
import { LINK_LOCAL_WAIT, OFFER_WAIT, retransmissionDelay } from "./timing.js";

const MAX_SECS = 0xffff;

/**
 * What the states of the client share: what it remembers, and its effects. What is done in a state stands in a file of its
 * own, as functions of this. Between two calls of the machine:
 *
 * - `binding` is what the interface has. With a lease in BOUND, RENEWING and REBINDING, in INIT-REBOOT and REBOOTING after the
 *   link was down; link-local at most in the others; nothing in STOPPED.
 * - `candidate` is the lease that is not in use yet: chosen (REQUESTING), leased (PROBING), or to be confirmed (INIT-REBOOT
 *   and REBOOTING, unless that is the binding's).
 * - `deadline` is when the state has something to do; Infinity while the link is down and nothing can end.
 */
export class ClientCore {
  /** Messages dropped, by reason. */
  readonly ignored: Partial<Record<DhcpIgnoreReason, number>> = {};
  readonly replies: ReplyReader;
  readonly random: Random;
  readonly wallClock: WallClock | undefined;
  readonly choose: DhcpClientMachineOptions["choose"];
  readonly offerWait: number;
  readonly rapidCommit: boolean;
  readonly storesLease: boolean;
  /** Ms without an address until one is chosen; Infinity: never. */
  readonly linkLocalWait: number;

  state: DhcpClientState = "STOPPED";
  deadline = Infinity;
  isLinkUp = true;
  binding: DhcpBinding | undefined;
  candidate: DhcpLease | undefined;
  /** Why the candidate gets configured once it was probed. */
  reason: DhcpChangeReason = "bound";
  /** Whether the candidate may be used even if nobody confirms it: it runs still, by a clock that is right. */
  isCandidateCurrent = false;
  /** Offers to choose among. */
  offers: DhcpLease[] = [];
  /** An address to ask for: the one of the last lease, which has expired. */
  hint: Ipv4Address | undefined;
  xid = 0;
  secs = 0;
  /** When this try for an address began: what `secs` counts from. */
  startedAt = -Infinity;
  /** When the first message with this xid that an ACK may answer was sent: what the lease counts from. */
  requestedAt = 0;
  /** Messages sent since the state was entered. */
  attempts = 0;
  /** NAKs and conflicts since the client was last bound. */
  setbacks = 0;
  cancelProbe: (() => void) | undefined;
  /** When to choose a link-local address; Infinity: not, or done already. */
  linkLocalAt = Infinity;
  linkLocal: LinkLocalMachine | undefined;
  /** Wall-clock ms that the stored lease counts from; 0 if that is unknown, -1 if nothing is stored. */
  storedFrom = -1;

  constructor(
    options: DhcpClientMachineOptions,
    readonly identity: DhcpClientIdentity,
    readonly sink: DhcpClientSink,
  ) {
    const { linkLocal = false } = options;
    this.replies = new ReplyReader(identity);
    this.random = options.random;
    this.wallClock = options.wallClock;
    this.choose = options.choose;
    this.offerWait = options.offerWait ?? (options.choose === undefined ? 0 : OFFER_WAIT);
    this.rapidCommit = options.rapidCommit ?? false;
    this.storesLease = options.storesLease ?? true;
    if (linkLocal === false) this.linkLocalWait = Infinity;
    else this.linkLocalWait = (linkLocal === true ? undefined : linkLocal.after) ?? LINK_LOCAL_WAIT;
  }

  /** The lease in use. */
  get lease(): DhcpLease | undefined {
    return this.binding?.lease;
  }

  enter(state: DhcpClientState): void {
    const from = this.state;
    if (state === from) return;
    this.state = state;
    this.attempts = 0;
    this.sink.event({ type: "state", from, to: state });
  }

  /** Goes back to INIT, to begin anew at `at` if the link is up then. */
  restart(at: number): void {
    this.endProbe();
    this.candidate = undefined;
    this.offers = [];
    this.enter("INIT");
    this.deadline = this.isLinkUp ? at : Infinity;
  }

  /** Starts over because the network said no: at once the first time, then ever later, so that no server keeps it busy. */
  setBack(now: number, least: number): void {
    const backoff = this.setbacks === 0 ? 0 : retransmissionDelay(this.setbacks - 1, this.random);
    this.setbacks++;
    this.restart(now + Math.max(least, backoff));
  }

  /** A new transaction: only answers to what is sent from now on count. */
  begin(now: number): void {
    this.xid = this.random.uint32();
    this.requestedAt = now;
  }

  awaitAnswer(now: number): void {
    this.deadline = now + retransmissionDelay(this.attempts, this.random);
    this.attempts++;
  }

  /** Since `start`, for the field `secs`. */
  countSecs(start: number, now: number): void {
    this.secs = Math.min(MAX_SECS, Math.floor((now - start) / 1_000));
  }

  broadcast(message: DhcpClientMessage): void {
    this.send(message, Ipv4Address.broadcast, Ipv4Address.unspecified);
  }

  send(message: DhcpClientMessage, destination: Ipv4Address, source: Ipv4Address): void {
    const { type, xid, ciaddr, options } = message;
    this.sink.send(emitDhcp(message), { address: destination, port: DHCP_SERVER_PORT }, source);
    this.sink.event({
      type: "sent",
      message: type,
      xid,
      destination,
      address: ciaddr.isUnspecified ? options.requestedAddress : ciaddr,
      server: options.serverIdentifier ?? (destination.isBroadcast ? undefined : destination),
    });
  }

  /** Gives the interface what `next` says instead of what it has. */
  change(reason: DhcpChangeReason, next: DhcpBinding | undefined, now: number): void {
    const previous = this.binding;
    let current = next;
    if (next === undefined || previous === undefined) this.sink.configure(next?.configuration);
    else if (sameConfiguration(next.configuration, previous.configuration))
      current = { ...next, configuration: previous.configuration };
    else this.sink.configure(next.configuration);
    this.binding = current;
    this.linkLocalAt = current === undefined ? now + this.linkLocalWait : Infinity;
    this.sink.event({ type: "changed", reason, previous, current });
  }

  /** Takes the address of a lease away; a link-local one stays. */
  lose(reason: DhcpChangeReason, now: number): void {
    if (this.lease !== undefined) this.change(reason, undefined, now);
  }

  endProbe(): void {
    this.cancelProbe?.();
    this.cancelProbe = undefined;
  }

  fail(reason: DhcpFailure, detail?: string): void {
    this.sink.event(detail === undefined ? { type: "failed", reason } : { type: "failed", reason, detail });
  }

  ignore(reason: DhcpIgnoreReason): void {
    const count = (this.ignored[reason] ?? 0) + 1;
    this.ignored[reason] = count;
    if (count === 1) this.sink.event({ type: "ignored", reason });
  }
}
