import {
  DhcpServerMachine,
  type DhcpOneSubnet,
  type DhcpServerEvent,
  type DhcpServerPolicy,
  type DhcpServerSink,
  type DhcpSubnet,
  type ServerLease,
} from "../../src/dhcp/index.js";
import { MacAddress, type Ipv4Address } from "../../src/address/index.js";
import type { Random } from "../../src/host/index.js";
import { parseDhcp, type DhcpMessage, type DhcpMessageType, type DhcpOptions } from "../../src/wire/index.js";
import { bytesOf, describeMessage, ip, SERVER } from "./messages.js";

export const mac = (number: number): MacAddress => MacAddress.fromValue(0x02_00_00_00_00_00 + number);

/** What differs from a server with the pool 10.0.0.100 to 10.0.0.102. */
export type ServerChange = Partial<DhcpServerPolicy & Omit<DhcpOneSubnet, "subnets">> & {
  readonly subnets?: readonly DhcpSubnet[];
  readonly random?: Random;
};

/** A server machine on virtual time. `log` is as in `ClientDialogue`. */
export class ServerDialogue implements DhcpServerSink {
  now = 0;
  deadline = Infinity;
  readonly machine: DhcpServerMachine;
  readonly sent: DhcpMessage[] = [];
  readonly bytes: Uint8Array[] = [];
  readonly events: DhcpServerEvent[] = [];
  /** Whether the link can check addresses; those it was asked for. */
  canCheck = false;
  readonly checks: Ipv4Address[] = [];
  /** What the store was told, and what it throws instead of taking it. */
  readonly records: ServerLease[] = [];
  readonly removed: string[] = [];
  /** What the store knows of each address. */
  readonly stored = new Map<number, ServerLease>();
  storeError: Error | undefined;
  /** What the link throws instead of sending. */
  sendError: Error | undefined;
  #log: string[] = [];

  constructor({ subnets, ...change }: ServerChange = {}) {
    const base = { address: SERVER, random: { uint32: () => 0 } };
    const pool = { first: ip("10.0.0.100"), last: ip("10.0.0.102") };
    const options =
      subnets === undefined
        ? { ...base, prefixLength: 24, pool, ...change }
        : { ...base, ...change, subnets };
    this.machine = new DhcpServerMachine(options, this);
  }

  /** Lets time pass to `now`, with a poll at each deadline on the way. */
  until(now: number): this {
    while (this.deadline <= now) {
      this.now = this.deadline;
      this.machine.poll(this.now);
    }
    this.now = now;
    return this;
  }

  receive(type: DhcpMessageType, fields: Partial<DhcpMessage> = {}, options: DhcpOptions = {}): this {
    this.machine.receive(bytesOf(type, fields, options), this.now);
    return this;
  }

  /** DISCOVER and REQUEST: a client that takes what it is offered. @returns the address, undefined without an ACK */
  lease(fields: Partial<DhcpMessage> = {}, options: DhcpOptions = {}): string | undefined {
    const before = this.sent.length;
    this.receive("DISCOVER", fields, options);
    const offer = this.sent[before];
    if (offer === undefined) return undefined;
    const taking = { ...options, requestedAddress: offer.yiaddr, serverIdentifier: SERVER };
    this.receive("REQUEST", fields, taking).take();
    const answer = this.sent[before + 1];
    return answer?.type === "ACK" ? answer.yiaddr.toString() : undefined;
  }

  /** A client that has `address` from then on. */
  bind(client: number, address: Ipv4Address): this {
    if (this.lease({ chaddr: mac(client) }, { requestedAddress: address }) !== address.toString())
      throw new Error(`${address} was not given`);
    return this;
  }

  release(client: number, ciaddr: Ipv4Address): this {
    return this.receive("RELEASE", { chaddr: mac(client), ciaddr }, { serverIdentifier: SERVER });
  }

  /** The state of an address, and the last byte of the MAC that has it. */
  stateOf(address: Ipv4Address): string | undefined {
    const lease = this.machine.leases.find((each) => each.address.equals(address));
    return lease && `${lease.state} ${lease.mac.value % 256}`;
  }

  /** @param owner who answered, if somebody in sight did */
  checked(address: Ipv4Address, isInUse: boolean, owner?: MacAddress): this {
    this.machine.checked(address, isInUse ? { free: false, owner } : { free: true }, this.now);
    return this;
  }

  take(): string[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }

  send(...[bytes, { address, port, mac }]: Parameters<DhcpServerSink["send"]>): void {
    if (this.sendError !== undefined) throw this.sendError;
    const message = parseDhcp(bytes);
    if (typeof message === "string") throw new Error(message);
    this.sent.push(message);
    this.bytes.push(bytes);
    this.#note(`> ${address}:${port}${mac ? ` at ${mac}` : ""} ${describeMessage(message)}`);
  }

  event(event: DhcpServerEvent): void {
    this.events.push(event);
    if (event.type === "ended") this.#note(`${event.address} ${event.reason}`);
    else if (event.type === "ignored") this.#note(`ignored: ${event.reason}`);
    else if (event.type === "conflict") this.#note(`${event.address} in use`);
    else if (event.type === "send-failed") this.#note(`${event.message} not sent`);
    else if (event.type === "store-failed") this.#note(`${event.operation} of ${event.address} failed`);
  }

  wake(deadline: number): void {
    this.deadline = deadline;
  }

  check(address: Ipv4Address): boolean {
    if (this.canCheck) this.checks.push(address);
    return this.canCheck;
  }

  record(lease: ServerLease): void {
    if (this.storeError !== undefined) throw this.storeError;
    this.records.push(lease);
    this.stored.set(lease.address.value, lease);
  }

  remove(address: Ipv4Address): void {
    if (this.storeError !== undefined) throw this.storeError;
    this.removed.push(address.toString());
    this.stored.delete(address.value);
  }

  #note(line: string): void {
    this.#log.push(`${this.now} ${line}`);
  }
}
