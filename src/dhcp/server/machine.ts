/**
 * The DHCP server's state machine (RFC 2131 §4.3): one pool on one subnet. Bytes and the time come in through methods,
 * everything else goes out through the sink. What the table says when a message comes in decides: RFC 2131's server
 * keeps no state of an exchange but the lease. `now` is monotonic milliseconds.
 */
import { Cidr, type Ipv4Address } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import type { Random } from "../../host/index.js";
import { DHCP_INFINITE_TIME, emitDhcp, parseDhcp, type DhcpMessage } from "../../wire/index.js";
import type { DhcpServerIgnoreReason, DhcpServerSink } from "./events.js";
import type { ServerLease } from "./lease.js";
import { LeaseTable, NOBODY, type KeyedLease } from "./lease-table.js";
import {
  DEFAULT_LEASE,
  DEFAULT_MIN_LEASE,
  DEFAULT_QUARANTINE,
  MAX_SERVER_DNS,
  OFFER_HOLD,
  type DhcpOneSubnet,
  type DhcpServerPolicy,
} from "./options.js";
import {
  acknowledge,
  clientKey,
  destinationOf,
  inform,
  leaseTimes,
  limitOf,
  offer,
  refuse,
  type DhcpServerMessage,
  type LeaseTimes,
  type ServerParameters,
} from "./replies.js";

export type DhcpServerMachineOptions = DhcpServerPolicy &
  DhcpOneSubnet & {
    readonly random: Random;
  };

export class DhcpServerMachine {
  /** Messages that got no answer, by reason. */
  readonly ignored: Partial<Record<DhcpServerIgnoreReason, number>> = {};

  readonly #parameters: ServerParameters;
  readonly #leaseSeconds: number;
  readonly #table: LeaseTable;
  readonly #random: Random;
  readonly #sink: DhcpServerSink;
  #deadline = Infinity;

  /** @throws NetworkError EINVAL if the pool is not within the subnet, or another option makes no sense */
  constructor(options: DhcpServerMachineOptions, sink: DhcpServerSink) {
    const { address, pool, gateway, dns = [], leaseSeconds = DEFAULT_LEASE } = options;
    const subnet = checkedSubnet(options);
    if (dns.length > MAX_SERVER_DNS) throw invalid(`${dns.length} name servers`);
    if (!isLeaseTime(leaseSeconds)) throw invalid(`a lease of ${leaseSeconds} s`);
    const excluded = [address, subnet.network as Ipv4Address, subnet.broadcast!];
    if (gateway !== undefined) excluded.push(gateway);
    this.#parameters = { subnet, address, gateway, dns };
    this.#leaseSeconds = leaseSeconds;
    this.#table = new LeaseTable(pool.first, pool.last, excluded);
    this.#random = options.random;
    this.#sink = sink;
  }

  /** In the order in which the addresses were first given. */
  get leases(): readonly ServerLease[] {
    return this.#table.leases;
  }

  /** Monotonic ms at which `poll` has something to do. */
  get deadline(): number {
    return this.#deadline;
  }

  /** Ends the leases that are over. */
  poll(now: number): void {
    for (const lease of this.#table.due(now)) this.#free(lease, now, "expired");
    this.#wakeAt(this.#table.nextExpiry);
  }

  /** Takes a message that arrived on port 67; it is borrowed until this returns. */
  receive(bytes: Uint8Array, now: number): void {
    if (now >= this.#deadline) this.poll(now);
    const message = parseDhcp(bytes);
    if (typeof message === "string") return this.#ignore(message);
    const { type, chaddr, ciaddr, giaddr, options } = message;
    if (chaddr.value === 0 || chaddr.isMulticast) return this.#ignore("bad-chaddr");
    if (type === "OFFER" || type === "ACK" || type === "NAK") return this.#ignore("not-a-request", message);
    // Without this, replies could be sent to anybody, by anybody.
    if (!giaddr.isUnspecified && !this.#inSubnet(giaddr)) return this.#ignore("other-network", message);
    this.#sink.event({
      type: "received",
      message: type,
      client: chaddr,
      hostName: options.hostName,
      address: ciaddr.isUnspecified ? options.requestedAddress : ciaddr,
    });
    switch (type) {
      case "DISCOVER":
        return this.#receiveDiscover(message, now);
      case "REQUEST":
        return this.#receiveRequest(message, now);
      case "DECLINE":
        return this.#receiveDecline(message, now);
      case "RELEASE":
        return this.#receiveRelease(message, now);
      case "INFORM":
        return this.#receiveInform(message);
    }
  }

  #receiveDiscover(message: DhcpMessage, now: number): void {
    const key = clientKey(message);
    const address = this.#table.choose(key, message.options.requestedAddress);
    if (address === undefined) return this.#ignore("no-address-left", message);
    // A client that restarts keeps its lease while it decides.
    if (this.#table.ofClient(key)?.state !== "bound") {
      this.#set({
        address,
        key,
        mac: message.chaddr,
        state: "offered",
        expiresAt: now + OFFER_HOLD,
        reserved: false,
      });
    }
    const times = this.#timesFor(message);
    this.#reply(offer(this.#parameters, message, address, times), message, times.lease);
  }

  /** Which of the four kinds of REQUEST it is shows in its fields (RFC 2131 §4.3.2, table 4). */
  #receiveRequest(message: DhcpMessage, now: number): void {
    const { ciaddr, options } = message;
    const own = this.#table.ofClient(clientKey(message));
    if (options.serverIdentifier !== undefined && !this.#isForThis(message)) {
      if (own?.state === "offered") this.#set({ ...own, state: "free", expiresAt: now });
      return this.#ignore("other-server", message);
    }
    const extending = !ciaddr.isUnspecified;
    const asked = extending ? ciaddr : options.requestedAddress;
    if (asked === undefined) return this.#ignore("no-address-asked", message);
    if (!this.#inSubnet(asked)) return this.#refuse(message, "wrong network");
    if (own !== undefined) {
      return own.address.equals(asked)
        ? this.#lease(message, asked, now)
        : this.#refuse(message, "not your address");
    }
    if (options.serverIdentifier !== undefined) return this.#refuse(message, "not offered");
    // INIT-REBOOT by a stranger: another server may know it.
    if (!extending) return this.#ignore("unknown-client", message);
    // Extending a lease that this server has forgotten: the client is trusted if nobody else has the address.
    if (this.#table.isAvailable(asked)) return this.#lease(message, asked, now);
    return this.#refuse(message, "address not available");
  }

  #receiveDecline(message: DhcpMessage, now: number): void {
    if (!this.#isForThis(message)) return this.#ignore("other-server", message);
    const own = this.#table.ofClient(clientKey(message));
    const { requestedAddress } = message.options;
    if (own === undefined || requestedAddress === undefined || !own.address.equals(requestedAddress)) {
      return this.#ignore("unknown-client", message);
    }
    this.#set({ ...own, key: NOBODY, state: "declined", expiresAt: now + DEFAULT_QUARANTINE });
    this.#sink.event({ type: "ended", client: own.mac, address: own.address, reason: "declined" });
  }

  #receiveRelease(message: DhcpMessage, now: number): void {
    if (!this.#isForThis(message)) return this.#ignore("other-server", message);
    const own = this.#table.ofClient(clientKey(message));
    if (own?.state !== "bound" || !own.address.equals(message.ciaddr))
      return this.#ignore("unknown-client", message);
    this.#free(own, now, "released");
  }

  #receiveInform(message: DhcpMessage): void {
    if (!this.#inSubnet(message.ciaddr)) return this.#ignore("bad-ciaddr", message);
    this.#reply(inform(this.#parameters, message), message, undefined);
  }

  #lease(message: DhcpMessage, address: Ipv4Address, now: number): void {
    const times = this.#timesFor(message);
    const expiresAt = now + times.lease * 1_000;
    this.#set({
      address,
      key: clientKey(message),
      mac: message.chaddr,
      state: "bound",
      expiresAt,
      reserved: false,
    });
    this.#reply(acknowledge(this.#parameters, message, address, times), message, times.lease);
  }

  #refuse(message: DhcpMessage, reason: string): void {
    this.#reply(refuse(this.#parameters, message, reason), message, undefined);
  }

  /** The address stays the client's until somebody else needs it, so that one who returns gets it again. */
  #free(lease: KeyedLease, now: number, reason: "expired" | "released"): void {
    this.#set({ ...lease, state: "free", expiresAt: now });
    if (lease.state !== "bound") return;
    this.#sink.event({ type: "ended", client: lease.mac, address: lease.address, reason });
  }

  #set(lease: KeyedLease): void {
    this.#table.set(lease);
    if (lease.state !== "free" && lease.expiresAt < this.#deadline) this.#wakeAt(lease.expiresAt);
  }

  #reply(reply: DhcpServerMessage, request: DhcpMessage, leaseSeconds: number | undefined): void {
    const destination = destinationOf(reply);
    this.#sink.send(emitDhcp(reply, limitOf(request)), destination);
    this.#sink.event({
      type: "sent",
      message: reply.type,
      client: reply.chaddr,
      address: reply.yiaddr.isUnspecified ? undefined : reply.yiaddr,
      leaseSeconds,
      destination: destination.address,
    });
  }

  #timesFor({ options: { leaseTime } }: DhcpMessage): LeaseTimes {
    const most = this.#leaseSeconds;
    const wanted = leaseTime === undefined || leaseTime === DHCP_INFINITE_TIME ? most : leaseTime;
    return leaseTimes(Math.min(most, Math.max(DEFAULT_MIN_LEASE, wanted)), this.#random);
  }

  #isForThis({ options: { serverIdentifier } }: DhcpMessage): boolean {
    return serverIdentifier?.value === this.#parameters.address.value;
  }

  #inSubnet(address: Ipv4Address): boolean {
    return this.#parameters.subnet.contains(address);
  }

  #ignore(reason: DhcpServerIgnoreReason, message?: DhcpMessage): void {
    const count = (this.ignored[reason] ?? 0) + 1;
    this.ignored[reason] = count;
    if (count === 1) this.#sink.event({ type: "ignored", reason, client: message?.chaddr });
  }

  #wakeAt(deadline: number): void {
    this.#deadline = deadline;
    this.#sink.wake(deadline);
  }
}

function checkedSubnet({ address, prefixLength, pool: { first, last } }: DhcpServerMachineOptions): Cidr {
  if (!(prefixLength >= 1 && prefixLength <= 30)) throw invalid(`a prefix of ${prefixLength} bits`);
  const subnet = new Cidr(address, prefixLength);
  if (first.value > last.value || !subnet.contains(first) || !subnet.contains(last)) {
    throw invalid(`pool ${first.toString()}-${last.toString()} in ${subnet.toString()}`);
  }
  return subnet;
}

function isLeaseTime(seconds: number): boolean {
  return seconds === Infinity || (Number.isInteger(seconds) && seconds >= 1 && seconds < DHCP_INFINITE_TIME);
}

function invalid(what: string): NetworkError {
  return new NetworkError("EINVAL", "make DHCP server with", what);
}
