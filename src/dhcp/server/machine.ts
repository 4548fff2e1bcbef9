/**
 * The DHCP server's state machine (RFC 2131 §4.3). Bytes and the time come in through methods, everything else goes out
 * through the sink. What the leases say when a message comes in decides: a server keeps no state of an exchange but the
 * lease, and which addresses it is checking before it offers them. `now` is monotonic milliseconds.
 */
import { MacAddress, type Ipv4Address } from "../../address/index.js";
import type { CheckResult, Random } from "../../host/index.js";
import { DHCP_INFINITE_TIME, parseDhcp, type DhcpMessage } from "../../wire/index.js";
import { askedOptions, emitFitting } from "./asked-options.js";
import { identityOf } from "./client-identity.js";
import { makeSubnets } from "./configuration.js";
import type { DhcpServerIgnoreReason, DhcpServerSink } from "./events.js";
import type { ServerLease } from "./lease.js";
import { LeaseBook, type EarlierLease } from "./lease-book.js";
import type { TableLease } from "./lease-table.js";
import {
  DEFAULT_LEASES_PER_MAC,
  DEFAULT_MIN_LEASE,
  DEFAULT_QUARANTINE,
  type DhcpServerSettings,
} from "./options.js";
import {
  acknowledge,
  destinationOf,
  inform,
  leaseTimes,
  limitOf,
  offer,
  refuse,
  type DhcpServerMessage,
  type Grant,
} from "./replies.js";
import { subnetOf } from "./subnet-selection.js";
import type { Subnet, SubnetClient } from "./subnet.js";

export type DhcpServerMachineOptions = DhcpServerSettings & { readonly random: Random };

/** Addresses that are checked at a time; further ones are offered unchecked, as their clients probe them too. */
export const MAX_CHECKS = 32;
/** Addresses checked for one DISCOVER, if each is found in use: its client asks again, and gets further ones then. */
const MAX_CHECKS_FOR_DISCOVER = 4;

/** A message, who sent it, and the subnet that it came from. */
interface Request {
  readonly message: DhcpMessage;
  readonly client: SubnetClient;
  readonly subnet: Subnet;
}

/** A DISCOVER that waits until its address has been checked. */
interface PendingCheck {
  readonly request: Request;
  /** Addresses that were found in use for it before. */
  readonly failed: number;
}

export class DhcpServerMachine {
  /** Messages that got no answer, by reason. */
  readonly ignored: Partial<Record<DhcpServerIgnoreReason, number>> = {};

  readonly #options: DhcpServerMachineOptions;
  readonly #subnets: readonly Subnet[];
  readonly #book: LeaseBook;
  /** By address. */
  readonly #checks = new Map<number, PendingCheck>();
  readonly #sink: DhcpServerSink;

  /** @throws NetworkError EINVAL if an option makes no sense, or two contradict each other */
  constructor(options: DhcpServerMachineOptions, sink: DhcpServerSink) {
    this.#options = options;
    this.#subnets = makeSubnets(options);
    this.#book = new LeaseBook(this.#subnets, options.quarantine ?? DEFAULT_QUARANTINE, sink);
    this.#sink = sink;
  }

  /** Addresses that somebody has, had or may take, and those in quarantine. */
  get leases(): readonly ServerLease[] {
    return this.#book.leases;
  }

  /** Monotonic ms at which `poll` has something to do. */
  get deadline(): number {
    return this.#book.deadline;
  }

  /** Ends the leases that are over. */
  poll(now: number): void {
    this.#book.poll(now);
  }

  /**
   * Takes up a lease of an earlier life.
   * @returns false if its address is not given out any more
   */
  restore(lease: EarlierLease, now: number): boolean {
    return this.#book.restore(lease, now);
  }

  /** Forgets the checks that are under way, with what was to be offered: no answer to them will come. */
  cancelChecks(): void {
    for (const { request } of this.#checks.values()) {
      const own = request.subnet.table.ofClient(request.client.key);
      if (own?.state === "offered") this.#book.withdraw(request.subnet, own);
    }
    this.#checks.clear();
  }

  /** Takes a message that arrived on port 67; it is borrowed until this returns. */
  receive(bytes: Uint8Array, now: number): void {
    if (now >= this.deadline) this.poll(now);
    const message = parseDhcp(bytes);
    if (typeof message === "string") return this.ignore(message);
    const { type, chaddr, ciaddr, giaddr, options } = message;
    if (chaddr.value === 0 || chaddr.isMulticast) return this.ignore("bad-chaddr");
    if (type === "OFFER" || type === "ACK" || type === "NAK") return this.ignore("not-a-request", message);
    const identity = identityOf(message);
    this.#sink.event({
      type: "received",
      message: type,
      client: chaddr,
      hostName: identity.hostName,
      address: ciaddr.isUnspecified ? options.requestedAddress : ciaddr,
      relay: giaddr.isUnspecified ? undefined : giaddr,
    });
    const subnet = subnetOf(message, this.#subnets, this.#options.address);
    if (subnet === undefined) return this.ignore("other-network", message);
    const request = { message, subnet, client: subnet.client(identity) };
    switch (type) {
      case "DISCOVER":
        return this.receiveDiscover(request, now);
      case "REQUEST":
        return this.receiveRequest(request, now);
      case "DECLINE":
        return this.receiveDecline(request, now);
      case "RELEASE":
        return this.receiveRelease(request, now);
      case "INFORM":
        return this.receiveInform(request);
    }
  }

  /** Takes what a check that the sink was asked for has found. */
  checked(address: Ipv4Address, result: CheckResult, now: number): void {
    const pending = this.#checks.get(address.value);
    if (pending === undefined) return;
    this.#checks.delete(address.value);
    const { request, failed } = pending;
    const { message, subnet, client } = request;
    const lease = subnet.table.at(address.value);
    // Something else came of it meanwhile, for example a REQUEST for another server's offer.
    if (lease?.state !== "offered" || lease.key !== client.key) return;
    // A client that begins anew may use the address that this server has forgotten, or says to be over.
    if (result.free || result.owner?.equals(message.chaddr) === true)
      return this.propose(request, address, now);
    const { owner } = result;
    this.#book.quarantine(subnet, { ...lease, mac: owner ?? MacAddress.fromValue(0) }, now);
    this.#sink.event({ type: "conflict", client: message.chaddr, address, owner });
    if (failed + 1 < MAX_CHECKS_FOR_DISCOVER) this.receiveDiscover(request, now, failed + 1);
    else this.ignore("no-address-left", message);
  }

  private receiveDiscover(request: Request, now: number, failed = 0): void {
    const { message, subnet, client } = request;
    const own = subnet.table.ofClient(client.key);
    if (!holds(own) && this.isAtLimit(request)) return this.ignore("too-many-leases", message);
    const address = subnet.choose(client, message.options.requestedAddress);
    if (address === undefined) return this.ignore("no-address-left", message);
    const pending = this.#checks.get(address.value);
    // Bound: a client that restarts has its lease while it decides. Offered: the address was checked already.
    const isHeld = holds(own) && own.address.equals(address);
    if (!isHeld) this.#book.offer(subnet, client, address, now);
    if (pending !== undefined) this.#checks.set(address.value, { ...pending, request });
    else if (isHeld || !this.check(request, address, failed)) this.propose(request, address, now);
  }

  /** Whether an answer to a check will come. */
  private check(request: Request, address: Ipv4Address, failed: number): boolean {
    if (this.#options.check === false || this.#checks.size >= MAX_CHECKS) return false;
    if (!this.#sink.check(address)) return false;
    this.#checks.set(address.value, { request, failed });
    return true;
  }

  /** Answers DISCOVER. */
  private propose(request: Request, address: Ipv4Address, now: number): void {
    const { message, subnet, client } = request;
    if (this.#options.rapidCommit === true && message.options.rapidCommit === true)
      return this.lease(request, address, now);
    if (subnet.table.ofClient(client.key)?.state !== "bound") this.#book.offer(subnet, client, address, now);
    const grant = this.grant(request, address);
    this.answer(offer(this.#options.address, subnet.network, message, grant), request, grant);
  }

  /** Which of the four kinds of REQUEST it is shows in its fields (RFC 2131 §4.3.2, table 4). */
  private receiveRequest(request: Request, now: number): void {
    const { message, subnet, client } = request;
    const { ciaddr, options } = message;
    const own = subnet.table.ofClient(client.key);
    const isSelecting = options.serverIdentifier !== undefined;
    if (isSelecting && !this.isForThis(message)) {
      if (own?.state === "offered") this.#book.withdraw(subnet, own);
      return this.ignore("other-server", message);
    }
    const isExtending = !ciaddr.isUnspecified;
    const asked = isExtending ? ciaddr : options.requestedAddress;
    if (asked === undefined) return this.ignore("no-address-asked", message);
    if (!subnet.contains(asked)) return this.refuse(request, "wrong network");
    if (own === undefined && !isSelecting && !isExtending && client.reservation === undefined) {
      // INIT-REBOOT by a stranger: another server may know it.
      return this.ignore("unknown-client", message);
    }
    if (own?.address.equals(asked) === false) return this.refuse(request, "not your address");
    const { reservation } = client;
    if (reservation?.address.equals(asked) === false && subnet.canGive(reservation.address, client))
      return this.refuse(request, "another address is reserved for you");
    // Unless it is its own, the server has forgotten it: the client is trusted if nobody else has the address.
    if (!subnet.canGive(asked, client)) return this.refuse(request, "address not available");
    if (!holds(own) && this.isAtLimit(request)) return this.ignore("too-many-leases", message);
    this.lease(request, asked, now);
  }

  private receiveDecline({ message, subnet, client }: Request, now: number): void {
    if (!this.isForThis(message)) return this.ignore("other-server", message);
    const own = subnet.table.ofClient(client.key);
    const { requestedAddress } = message.options;
    if (!holds(own) || requestedAddress?.equals(own.address) !== true)
      return this.ignore("unknown-client", message);
    this.#book.decline(subnet, own, now);
  }

  private receiveRelease({ message, subnet, client }: Request, now: number): void {
    if (!this.isForThis(message)) return this.ignore("other-server", message);
    const own = subnet.table.ofClient(client.key);
    if (own?.state !== "bound" || !own.address.equals(message.ciaddr))
      return this.ignore("unknown-client", message);
    this.#book.release(subnet, own, now);
  }

  private receiveInform(request: Request): void {
    const { message, subnet } = request;
    if (!subnet.contains(message.ciaddr)) return this.ignore("bad-ciaddr", message);
    this.answer(inform(this.#options.address, subnet.network, message), request);
  }

  /** A client is told that it has a lease only once that is recorded. */
  private lease(request: Request, address: Ipv4Address, now: number): void {
    const { message, subnet, client } = request;
    const grant = this.grant(request, address);
    const expiresAt = now + grant.times.lease * 1_000;
    if (!this.#book.bind(subnet, client, address, expiresAt)) return this.ignore("not-recorded", message);
    this.answer(acknowledge(this.#options.address, subnet.network, message, grant), request, grant);
  }

  /** Where the server is not authoritative, an address that makes no sense here may make sense to another server. */
  private refuse(request: Request, reason: string): void {
    const { message } = request;
    const isMine = message.options.serverIdentifier !== undefined;
    if (this.#options.authoritative === false && !isMine) return this.ignore("not-authoritative", message);
    this.answer(refuse(this.#options.address, message, reason), request);
  }

  private answer(answer: DhcpServerMessage, request: Request, grant?: Grant): void {
    const { message, subnet, client } = request;
    const address = grant?.address ?? message.ciaddr;
    const asked =
      answer.type === "NAK"
        ? []
        : askedOptions(message.options.parameterRequestList, subnet.settingsFor(address, client).options);
    const bytes = emitFitting(answer, asked, limitOf(message));
    if (bytes === undefined) return this.ignore("reply-too-long", message);
    const destination = destinationOf(answer, message);
    const told = { message: answer.type, client: answer.chaddr, destination: destination.address };
    try {
      this.#sink.send(bytes, destination);
    } catch (error) {
      return this.#sink.event({ type: "send-failed", ...told, error });
    }
    this.#sink.event({
      type: "sent",
      ...told,
      address: grant?.address,
      leaseSeconds: grant?.times.lease,
      reason: answer.options.message,
    });
  }

  private grant({ message, subnet, client }: Request, address: Ipv4Address): Grant {
    const { leaseSeconds: most } = subnet.settingsFor(address, client);
    const { minLeaseSeconds = DEFAULT_MIN_LEASE, random } = this.#options;
    const { leaseTime } = message.options;
    const wanted = leaseTime === undefined || leaseTime === DHCP_INFINITE_TIME ? most : leaseTime;
    return { address, times: leaseTimes(Math.min(most, Math.max(minLeaseSeconds, wanted)), random) };
  }

  /** Whether the MAC has as many addresses as one may have, so that changing identifiers do not drain a pool. */
  private isAtLimit({ message, subnet }: Request): boolean {
    const { maxLeasesPerMac = DEFAULT_LEASES_PER_MAC } = this.#options;
    return subnet.table.countOf(message.chaddr.value) >= maxLeasesPerMac;
  }

  private isForThis({ options: { serverIdentifier } }: DhcpMessage): boolean {
    return serverIdentifier?.value === this.#options.address.value;
  }

  private ignore(reason: DhcpServerIgnoreReason, message?: DhcpMessage): void {
    const count = (this.ignored[reason] ?? 0) + 1;
    this.ignored[reason] = count;
    if (count === 1) this.#sink.event({ type: "ignored", reason, client: message?.chaddr });
  }
}

/** Whether a client has its lease now, or may take it. */
function holds(lease: TableLease | undefined): lease is TableLease {
  return lease !== undefined && lease.state !== "free";
}
