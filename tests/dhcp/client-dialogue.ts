import { MacAddress, type Ipv4Address } from "../../src/address/index.js";
import type { Ipv4Configuration, ProbeResult, Random } from "../../src/host/index.js";
import {
  DhcpClientMachine,
  type DhcpClientEvent,
  type DhcpClientMachineOptions,
  type DhcpClientSink,
} from "../../src/dhcp/index.js";
import { parseDhcp, type DhcpMessage, type DhcpOptions } from "../../src/wire/index.js";
import { ADDRESS, bytesOf, describeMessage, ip, MAC, SERVER } from "./messages.js";

export const OTHER_MAC = MacAddress.parse("02:00:00:00:00:99");

/** Each number differs, and each makes a jitter of 0: 1000, 3001, 5002, … */
export function withoutJitter(): Random {
  let calls = 0;
  return { uint32: () => 1000 + 2001 * calls++ };
}

export const OFFERED: DhcpOptions = {
  serverIdentifier: SERVER,
  leaseTime: 3600,
  subnetMask: ip("255.255.255.0"),
  routers: [SERVER],
  dnsServers: [SERVER],
};

export const NAK: DhcpOptions = { serverIdentifier: SERVER, message: "no" };

/**
 * A client machine on virtual time. `log` is what it did, with the time in ms; the dialogue is read from `take()`,
 * which gives what was done since it was last called.
 */
export class ClientDialogue implements DhcpClientSink {
  now = 0;
  deadline = Infinity;
  readonly machine: DhcpClientMachine;
  readonly sent: DhcpMessage[] = [];
  readonly events: DhcpClientEvent[] = [];
  /** What the interface has. */
  configured: Ipv4Configuration | undefined;
  isLinkUp = true;
  /** The addresses that the link was asked about. */
  readonly asked: Ipv4Address[] = [];
  /** What the link can do. */
  canProbe = true;
  /** What storage holds. */
  stored: Uint8Array | undefined;
  #log: string[] = [];

  constructor(options: Partial<DhcpClientMachineOptions> = {}) {
    this.machine = new DhcpClientMachine({ mac: MAC, mtu: 1500, random: withoutJitter(), ...options }, this);
  }

  start(isLinkUp = true): this {
    this.isLinkUp = isLinkUp;
    this.machine.start(this.now, isLinkUp, this.stored);
    return this.until(this.now);
  }

  link(isUp: boolean): this {
    this.isLinkUp = isUp;
    this.machine.linkChanged(isUp, this.now);
    return this;
  }

  conflict(address: Ipv4Address = ADDRESS): this {
    this.machine.conflicted(address, OTHER_MAC, this.now);
    return this;
  }

  /** Lets time pass to `now`, with a poll at each deadline on the way. */
  until(now: number): this {
    while (this.deadline <= now) {
      this.now = Math.max(this.now, this.deadline);
      this.machine.poll(this.now);
    }
    this.now = now;
    return this;
  }

  receive(
    type: "OFFER" | "ACK" | "NAK",
    fields: Partial<DhcpMessage> = {},
    options: DhcpOptions = OFFERED,
  ): this {
    const xid = this.sent.at(-1)?.xid ?? 0;
    const yiaddr = type === "NAK" ? {} : { yiaddr: ADDRESS };
    this.machine.receive(bytesOf(type, { xid, ...yiaddr, ...fields }, options), this.now);
    return this;
  }

  probed(result: ProbeResult, address: Ipv4Address = ADDRESS): this {
    this.machine.probed(address, result, this.now);
    return this;
  }

  /** From nothing to BOUND in no time, and the log forgotten. */
  bind(options: DhcpOptions = OFFERED): this {
    this.start().receive("OFFER", {}, options).receive("ACK", {}, options).probed({ free: true }).take();
    return this;
  }

  take(): string[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }

  /** When messages of a type went out since `take` was last called. */
  sendTimes(type: string): number[] {
    const lines = this.take().filter((line) => line.includes(` ${type} `));
    return lines.map((line) => parseInt(line));
  }

  send(...[bytes, destination, source]: Parameters<DhcpClientSink["send"]>): void {
    const message = parseDhcp(bytes);
    if (typeof message === "string") throw new Error(message);
    this.sent.push(message);
    this.#note(`${source} > ${destination.address}:${destination.port} ${describeMessage(message)}`);
  }

  configure(configuration: Parameters<DhcpClientSink["configure"]>[0]): void {
    this.configured = configuration;
    if (configuration === undefined) return this.#note("configure nothing");
    const { address, prefixLength, gateway, dns } = configuration;
    this.#note(`configure ${address}/${prefixLength} gateway ${gateway} dns ${dns.join()}`);
  }

  probe(address: Parameters<DhcpClientSink["probe"]>[0]): (() => void) | undefined {
    this.#note(`probe ${address}`);
    this.asked.push(address);
    return this.canProbe ? () => this.#note("probe ended") : undefined;
  }

  announce(address: Parameters<DhcpClientSink["announce"]>[0]): void {
    this.#note(`announce ${address}`);
  }

  store(lease: Uint8Array | undefined): void {
    this.stored = lease;
    this.#note(lease === undefined ? "forget" : "store");
  }

  event(event: DhcpClientEvent): void {
    this.events.push(event);
    if (event.type === "state") this.#note(event.to);
    else if (event.type === "ignored") this.#note(`ignored: ${event.reason}`);
    else if (event.type === "conflict") this.#note(`conflict with ${event.owner}`);
    else if (event.type === "changed") this.#note(event.reason);
    else if (event.type === "failed") this.#note(`failed: ${event.reason}`);
  }

  wake(deadline: number): void {
    this.deadline = deadline;
  }

  #note(line: string): void {
    this.#log.push(`${this.now} ${line}`);
  }
}
