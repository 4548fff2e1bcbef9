import type { Ipv4Address } from "../../address/index.js";
import type { ClientIdentity } from "./client-identity.js";
import type { DhcpServerSink } from "./events.js";
import type { ServerLease } from "./lease.js";
import { NOBODY, type TableLease } from "./lease-table.js";
import { OFFER_HOLD } from "./options.js";
import type { Subnet, SubnetClient } from "./subnet.js";

/** A lease from before the server was started, with its end on the clock of now. */
export type EarlierLease = ClientIdentity & Pick<ServerLease, "address" | "state" | "expiresAt">;

/** What a lease becomes: written down, recorded where it must outlive the server, and ended when its time is over. */
export class LeaseBook {
  readonly #subnets: readonly Subnet[];
  readonly #quarantine: number;
  readonly #sink: DhcpServerSink;
  #deadline = Infinity;

  /** @param quarantine how long a declined address is given to nobody, in ms */
  constructor(subnets: readonly Subnet[], quarantine: number, sink: DhcpServerSink) {
    this.#subnets = subnets;
    this.#quarantine = quarantine;
    this.#sink = sink;
  }

  get leases(): ServerLease[] {
    return this.#subnets.flatMap(({ table }) => [...table.leases]);
  }

  /** Monotonic ms at which the next state ends. */
  get deadline(): number {
    return this.#deadline;
  }

  /** Ends what is over. */
  poll(now: number): void {
    let next = Infinity;
    for (const subnet of this.#subnets) {
      const { table } = subnet;
      while (table.nextToEnd !== undefined && table.nextToEnd.expiresAt <= now)
        this.end(subnet, table.nextToEnd, now);
      next = Math.min(next, table.nextToEnd?.expiresAt ?? Infinity);
    }
    this.#deadline = next;
    this.#sink.wake(next);
  }

  /** Keeps an address for a client that is offered it. */
  offer(subnet: Subnet, client: SubnetClient, address: Ipv4Address, now: number): void {
    const lease = leaseOf(client, subnet, address, "offered", now + OFFER_HOLD);
    this.set(subnet, lease, client.key);
  }

  /** @returns false if it could not be recorded; then nothing has changed */
  bind(subnet: Subnet, client: SubnetClient, address: Ipv4Address, expiresAt: number): boolean {
    const lease = leaseOf(client, subnet, address, "bound", expiresAt);
    if (!this.record(lease)) return false;
    this.set(subnet, lease, client.key);
    return true;
  }

  release(subnet: Subnet, lease: TableLease, now: number): void {
    this.free(subnet, lease, now);
    this.record({ ...lease, state: "free", expiresAt: now });
    this.ended(lease, "released");
  }

  /** The client does not take what it was offered. */
  withdraw(subnet: Subnet, lease: TableLease): void {
    subnet.forget(lease);
  }

  decline(subnet: Subnet, lease: TableLease, now: number): void {
    this.quarantine(subnet, lease, now);
    this.ended(lease, "declined");
  }

  /** @param lease with the MAC that is to blame: an address in quarantine counts as one of its own */
  quarantine(subnet: Subnet, { address, mac, reserved }: ServerLease, now: number): void {
    const expiresAt = now + this.#quarantine;
    const lease: ServerLease = { address, mac, state: "declined", expiresAt, reserved };
    this.record(lease);
    this.set(subnet, lease, NOBODY);
  }

  /**
   * Takes up a lease of an earlier life.
   * @returns false if its address is not given out any more
   */
  restore(lease: EarlierLease, now: number): boolean {
    const subnet = this.#subnets.find((each) => each.contains(lease.address));
    if (subnet?.givesOut(lease.address) !== true) return false;
    const reserved = subnet.isReserved(lease.address);
    const isOver = lease.state === "free" || lease.expiresAt <= now;
    if (isOver && (reserved || lease.state === "declined")) return true;
    const { key } = subnet.client(lease);
    const other = subnet.table.ofClient(key);
    const isOlder = other !== undefined && !other.address.equals(lease.address) && isLater(other, lease);
    const restored: ServerLease = { ...lease, reserved, state: isOver ? "free" : lease.state };
    this.set(subnet, restored, lease.state === "declined" || isOlder ? NOBODY : key);
    return true;
  }

  private end(subnet: Subnet, lease: TableLease, now: number): void {
    if (lease.state === "bound") {
      this.free(subnet, lease, now);
      return this.ended(lease, "expired");
    }
    subnet.forget(lease);
    if (lease.state === "declined") this.remove(lease.address);
  }

  /** The address stays the client's until somebody else needs it, so that one who returns gets it again. */
  private free(subnet: Subnet, lease: TableLease, now: number): void {
    const isOwners = subnet.table.ofClient(lease.key) === lease;
    // A reserved address is the client's anyway, and one who got another has no use for this.
    if (lease.reserved || !isOwners) return subnet.forget(lease);
    subnet.set({ ...lease, state: "free", expiresAt: now }, lease.key);
  }

  private set(subnet: Subnet, lease: ServerLease, key: string): void {
    subnet.set(lease, key);
    if (lease.state === "free" || lease.expiresAt >= this.#deadline) return;
    this.#deadline = lease.expiresAt;
    this.#sink.wake(lease.expiresAt);
  }

  private ended({ mac, address }: ServerLease, reason: "expired" | "released" | "declined"): void {
    this.#sink.event({ type: "ended", client: mac, address, reason });
  }

  private record(lease: ServerLease): boolean {
    try {
      this.#sink.record(lease);
      return true;
    } catch (error) {
      this.#sink.event({ type: "store-failed", operation: "record", address: lease.address, error });
      return false;
    }
  }

  private remove(address: Ipv4Address): void {
    try {
      this.#sink.remove(address);
    } catch (error) {
      this.#sink.event({ type: "store-failed", operation: "remove", address, error });
    }
  }
}

function leaseOf(
  { mac, clientIdentifier, hostName }: ClientIdentity,
  subnet: Subnet,
  address: Ipv4Address,
  state: "offered" | "bound",
  expiresAt: number,
): ServerLease {
  const reserved = subnet.isReserved(address);
  return { address, mac, clientIdentifier, hostName, state, expiresAt, reserved };
}

/** Which of a client's two leases tells where it is: a bound one before a free one, and the one that lasts longer. */
function isLater(a: Pick<ServerLease, "state" | "expiresAt">, b: typeof a): boolean {
  if (a.state !== b.state) return a.state === "bound";
  return a.expiresAt > b.expiresAt;
}
