/**
 * The DHCP client's state machine (RFC 2131 §4.4, figure 5). Bytes and the time come in through methods, everything
 * else goes out through the sink. It has one deadline: the next retransmission, or the next point in the lease's life.
 *
 *     STOPPED → INIT → SELECTING → REQUESTING → PROBING → BOUND → RENEWING → REBINDING → INIT
 *
 * Every way back, by NAK, silence, conflict or expiry, goes through `#restart`. `now` is monotonic milliseconds.
 */
import { Ipv4Address, type MacAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import type { ProbeResult, Random } from "../../host/index.js";
import { DHCP_SERVER_PORT, emitDhcp, parseDhcp, type DhcpMessage } from "../../wire/index.js";
import { sameConfiguration, type DhcpBinding } from "./binding.js";
import type { DhcpChangeReason, DhcpClientSink, DhcpIgnoreReason } from "./events.js";
import { readLease, type DhcpLease } from "./lease.js";
import {
  decline,
  discover,
  extend,
  release,
  request,
  type DhcpClientIdentity,
  type DhcpClientMessage,
} from "./messages.js";
import type { DhcpClientMachineOptions } from "./options.js";
import type { DhcpClientState } from "./states.js";
import {
  DECLINE_WAIT,
  extensionDelay,
  PROBE_LIMIT,
  REQUEST_ATTEMPTS,
  retransmissionDelay,
} from "./timing.js";

/** A host name is one DNS label (RFC 1035 §2.3.4). */
export const MAX_HOST_NAME = 63;

const MAX_SECS = 0xffff;

export class DhcpClientMachine {
  /** Messages dropped, by reason. */
  readonly ignored: Partial<Record<DhcpIgnoreReason, number>> = {};

  readonly #identity: DhcpClientIdentity;
  readonly #random: Random;
  readonly #sink: DhcpClientSink;
  #state: DhcpClientState = "STOPPED";
  #deadline = Infinity;
  #binding: DhcpBinding | undefined;
  /** The lease being obtained: offered in REQUESTING, acknowledged in PROBING. */
  #candidate: DhcpLease | undefined;
  #xid = 0;
  #secs = 0;
  /** When this try for an address began: what `secs` counts from. */
  #startedAt = 0;
  /** When the first REQUEST with this xid was sent: what the lease counts from. */
  #requestedAt = 0;
  /** Messages sent since the state was entered. */
  #attempts = 0;
  /** NAKs and conflicts since the client was last bound. */
  #setbacks = 0;
  #cancelProbe: (() => void) | undefined;

  /** @throws NetworkError EINVAL if the host name cannot be sent */
  constructor(options: DhcpClientMachineOptions, sink: DhcpClientSink) {
    const { mac, mtu, random, hostName, broadcast = false } = options;
    if (hostName !== undefined) checkHostName(hostName);
    this.#identity = { mac, mtu, hostName, broadcast };
    this.#random = random;
    this.#sink = sink;
  }

  get state(): DhcpClientState {
    return this.#state;
  }

  /** The lease in use: from BOUND until it is lost. */
  get lease(): DhcpLease | undefined {
    return this.#binding?.lease;
  }

  /** What is configured, and why. */
  get binding(): DhcpBinding | undefined {
    return this.#binding;
  }

  /** Begins at the next `poll`. */
  start(now: number): void {
    if (this.#state !== "STOPPED") return;
    this.#setbacks = 0;
    this.#restart(now);
  }

  /** Gives the address back. */
  stop(): void {
    if (this.#state === "STOPPED") return;
    const { lease } = this;
    this.#endProbe();
    if (lease !== undefined) {
      this.#send(release(this.#identity, this.#random.uint32(), lease), lease.server, lease.address);
      this.#lose("released");
    }
    this.#candidate = undefined;
    this.#enter("STOPPED");
    this.#wakeAt(Infinity);
  }

  /** Does what is due. */
  poll(now: number): void {
    if (now < this.#deadline) return this.#sink.wake(this.#deadline);
    switch (this.#state) {
      case "INIT":
        return this.#select(now);
      case "SELECTING":
        return this.#sendDiscover(now);
      case "REQUESTING":
        return this.#attempts < REQUEST_ATTEMPTS ? this.#sendRequest(now) : this.#restart(now);
      case "PROBING":
        return this.#bind(false);
      case "BOUND":
      case "RENEWING":
      case "REBINDING":
        return this.#extend(now);
      case "STOPPED":
    }
  }

  /** Takes a message that arrived on port 68; it is borrowed until this returns. */
  receive(bytes: Uint8Array, now: number): void {
    const message = parseDhcp(bytes);
    if (typeof message === "string") return this.#ignore(message);
    if (!message.chaddr.equals(this.#identity.mac)) return this.#ignore("wrong-chaddr");
    if (message.xid !== this.#xid) return this.#ignore("wrong-xid");
    switch (message.type) {
      case "OFFER":
        return this.#receiveOffer(message, now);
      case "ACK":
        return this.#receiveAck(message, now);
      case "NAK":
        return this.#receiveNak(message, now);
      default:
        return this.#ignore("not-a-reply");
    }
  }

  /** Takes the result of the probe that the sink was asked for. */
  probed(result: ProbeResult, now: number): void {
    const candidate = this.#candidate;
    if (this.#state !== "PROBING" || candidate === undefined) return;
    this.#cancelProbe = undefined;
    if (result.free) return this.#bind(true);
    this.#decline(candidate, result.owner, now);
  }

  /** The address in use had to be given up to `owner` (RFC 5227 §2.4). */
  conflicted(address: Ipv4Address, owner: MacAddress, now: number): void {
    const { lease } = this;
    if (lease === undefined || !lease.address.equals(address)) return;
    this.#lose("conflict");
    this.#decline(lease, owner, now);
  }

  /** RFC 2131 §3.1, 5: somebody else has the address. */
  #decline(lease: DhcpLease, owner: MacAddress, now: number): void {
    this.#sink.event({ type: "conflict", address: lease.address, owner });
    const message = decline(this.#identity, this.#random.uint32(), lease);
    this.#send(message, Ipv4Address.broadcast, Ipv4Address.unspecified);
    this.#setBack(now, DECLINE_WAIT);
  }

  #select(now: number): void {
    this.#enter("SELECTING");
    this.#xid = this.#random.uint32();
    this.#startedAt = now;
    this.#sendDiscover(now);
  }

  #sendDiscover(now: number): void {
    this.#secs = this.#secondsSince(this.#startedAt, now);
    this.#broadcast(discover(this.#identity, { xid: this.#xid, secs: this.#secs }));
    this.#awaitAnswer(now);
  }

  #receiveOffer(message: DhcpMessage, now: number): void {
    if (this.#state !== "SELECTING") return this.#ignore("unexpected");
    const lease = readLease(message, now);
    if (typeof lease === "string") return this.#ignore(lease);
    this.#sink.event({ type: "received", message: "OFFER", xid: message.xid, lease });
    this.#candidate = lease;
    this.#requestedAt = now;
    this.#enter("REQUESTING");
    this.#sendRequest(now);
  }

  /** With the DISCOVER's `secs`, so that relays treat both alike (RFC 2131 §4.4.1). */
  #sendRequest(now: number): void {
    this.#broadcast(request(this.#identity, { xid: this.#xid, secs: this.#secs }, this.#candidate!));
    this.#awaitAnswer(now);
  }

  #receiveAck(message: DhcpMessage, now: number): void {
    const asked = this.#asked;
    if (asked === undefined) return this.#ignore("unexpected");
    const lease = readLease(message, this.#requestedAt);
    if (typeof lease === "string") return this.#ignore(lease);
    if (!this.#mayAnswer(lease.server, asked)) return this.#ignore("wrong-server");
    if (!lease.address.equals(asked.address)) return this.#ignore("wrong-address");
    this.#sink.event({ type: "received", message: "ACK", xid: message.xid, lease });
    if (this.#state === "REQUESTING") this.#probe(lease, now);
    else this.#renew(lease, now);
  }

  #receiveNak({ xid, options }: DhcpMessage, now: number): void {
    const asked = this.#asked;
    const { serverIdentifier: server, message: text } = options;
    if (asked === undefined) return this.#ignore("unexpected");
    if (server === undefined) return this.#ignore("no-server");
    if (!this.#mayAnswer(server, asked)) return this.#ignore("wrong-server");
    this.#sink.event({ type: "received", message: "NAK", xid, server, text });
    this.#lose("nak");
    this.#setBack(now, 0);
  }

  /** The lease that an ACK or NAK would be about; undefined while none is due. */
  get #asked(): DhcpLease | undefined {
    if (this.#state === "REQUESTING") return this.#candidate;
    return this.#state === "RENEWING" || this.#state === "REBINDING" ? this.lease : undefined;
  }

  /** Any server may extend a lease in REBINDING, before that only its own. */
  #mayAnswer(server: Ipv4Address, asked: DhcpLease): boolean {
    return this.#state === "REBINDING" || server.equals(asked.server);
  }

  #probe(lease: DhcpLease, now: number): void {
    this.#candidate = lease;
    this.#enter("PROBING");
    this.#wakeAt(now + PROBE_LIMIT);
    this.#cancelProbe = this.#sink.probe(lease.address);
    if (this.#cancelProbe === undefined) this.#bind(false);
  }

  #bind(probed: boolean): void {
    const lease = this.#candidate!;
    this.#endProbe();
    this.#candidate = undefined;
    this.#setbacks = 0;
    this.#enter("BOUND");
    this.#wakeAt(lease.renewsAt);
    const { configuration } = lease;
    this.#sink.configure(configuration);
    this.#sink.announce(lease.address);
    this.#change("bound", { configuration, source: "dhcp", lease, probed });
  }

  #renew(lease: DhcpLease, now: number): void {
    const { configuration: before, probed } = this.#binding!;
    const reason = this.#state === "REBINDING" ? "rebound" : "renewed";
    this.#enter("BOUND");
    this.#wakeAt(Math.max(now, lease.renewsAt));
    let { configuration } = lease;
    if (sameConfiguration(configuration, before)) configuration = before;
    else this.#sink.configure(configuration);
    this.#change(reason, { configuration, source: "dhcp", lease, probed });
  }

  /** BOUND, RENEWING and REBINDING differ only in how late it is (RFC 2131 §4.4.5). */
  #extend(now: number): void {
    const lease = this.lease!;
    const expiry = lease.expiresAt;
    if (now >= expiry) {
      this.#lose("expired");
      return this.#restart(now);
    }
    const rebinding = lease.rebindsAt;
    const late = now >= rebinding;
    this.#enter(late ? "REBINDING" : "RENEWING");
    // A new xid each time, so that an answer tells which REQUEST it is for, and from when the lease counts.
    this.#xid = this.#random.uint32();
    this.#requestedAt = now;
    const secs = this.#secondsSince(lease.renewsAt, now);
    const message = extend(this.#identity, { xid: this.#xid, secs }, lease);
    this.#send(message, late ? Ipv4Address.broadcast : lease.server, lease.address);
    this.#wakeAt(now + extensionDelay((late ? expiry : rebinding) - now, expiry - lease.obtainedAt));
  }

  #lose(reason: DhcpChangeReason): void {
    if (this.#binding === undefined) return;
    this.#sink.configure(undefined);
    this.#change(reason, undefined);
  }

  #change(reason: DhcpChangeReason, current: DhcpBinding | undefined): void {
    const previous = this.#binding;
    this.#binding = current;
    this.#sink.event({ type: "changed", reason, previous, current });
  }

  /** Starts over because the network said no: at once the first time, then ever later, so that no server keeps it busy. */
  #setBack(now: number, least: number): void {
    const backoff = this.#setbacks === 0 ? 0 : retransmissionDelay(this.#setbacks - 1, this.#random);
    this.#setbacks++;
    this.#restart(now + Math.max(least, backoff));
  }

  #restart(at: number): void {
    this.#candidate = undefined;
    this.#enter("INIT");
    this.#wakeAt(at);
  }

  #endProbe(): void {
    this.#cancelProbe?.();
    this.#cancelProbe = undefined;
  }

  #awaitAnswer(now: number): void {
    this.#wakeAt(now + retransmissionDelay(this.#attempts, this.#random));
    this.#attempts++;
  }

  #broadcast(message: DhcpClientMessage): void {
    this.#send(message, Ipv4Address.broadcast, Ipv4Address.unspecified);
  }

  #send(message: DhcpClientMessage, destination: Ipv4Address, source: Ipv4Address): void {
    const { type, xid, ciaddr, options } = message;
    this.#sink.send(emitDhcp(message), { address: destination, port: DHCP_SERVER_PORT }, source);
    this.#sink.event({
      type: "sent",
      message: type,
      xid,
      destination,
      address: ciaddr.isUnspecified ? options.requestedAddress : ciaddr,
      server: options.serverIdentifier ?? (destination.isBroadcast ? undefined : destination),
    });
  }

  #enter(state: DhcpClientState): void {
    const from = this.#state;
    if (state === from) return;
    this.#state = state;
    this.#attempts = 0;
    this.#sink.event({ type: "state", from, to: state });
  }

  #ignore(reason: DhcpIgnoreReason): void {
    const count = (this.ignored[reason] ?? 0) + 1;
    this.ignored[reason] = count;
    if (count === 1) this.#sink.event({ type: "ignored", reason });
  }

  #wakeAt(deadline: number): void {
    this.#deadline = deadline;
    this.#sink.wake(deadline);
  }

  #secondsSince(start: number, now: number): number {
    return Math.min(MAX_SECS, Math.floor((now - start) / 1_000));
  }
}

function checkHostName(hostName: string): void {
  let characters = 0;
  let printable = true;
  for (const character of hostName) {
    characters++;
    if (character <= " " || character > "~") printable = false;
  }
  if (printable && characters >= 1 && characters <= MAX_HOST_NAME) return;
  throw new NetworkError(
    "EINVAL",
    "start DHCP with host name",
    hostName,
    "not 1 to 63 printable ASCII characters",
  );
}
