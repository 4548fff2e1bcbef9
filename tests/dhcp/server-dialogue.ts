import {
  DhcpServerMachine,
  type DhcpServerEvent,
  type DhcpServerMachineOptions,
  type DhcpServerSink,
} from "../../src/dhcp/index.js";
import { parseDhcp, type DhcpMessage, type DhcpMessageType, type DhcpOptions } from "../../src/wire/index.js";
import { bytesOf, describeMessage, ip, SERVER } from "./messages.js";

/** A server machine on virtual time, with the pool 10.0.0.100 to 10.0.0.102. `log` is as in `ClientDialogue`. */
export class ServerDialogue implements DhcpServerSink {
  now = 0;
  deadline = Infinity;
  readonly machine: DhcpServerMachine;
  readonly sent: DhcpMessage[] = [];
  readonly lengths: number[] = [];
  readonly events: DhcpServerEvent[] = [];
  #log: string[] = [];

  constructor(options: Partial<DhcpServerMachineOptions> = {}) {
    const pool = { first: ip("10.0.0.100"), last: ip("10.0.0.102") };
    const random = { uint32: () => 0 };
    this.machine = new DhcpServerMachine(
      { address: SERVER, prefixLength: 24, pool, random, ...options },
      this,
    );
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

  /** DISCOVER and REQUEST: a client that takes what it is offered. @returns the address */
  lease(fields: Partial<DhcpMessage> = {}, options: DhcpOptions = {}): string {
    this.receive("DISCOVER", fields, options);
    const requestedAddress = this.sent.at(-1)?.yiaddr;
    this.receive("REQUEST", fields, { ...options, requestedAddress, serverIdentifier: SERVER }).take();
    return this.sent.at(-1)!.yiaddr.toString();
  }

  take(): string[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }

  send(...[bytes, { address, port, mac }]: Parameters<DhcpServerSink["send"]>): void {
    const message = parseDhcp(bytes);
    if (typeof message === "string") throw new Error(message);
    this.sent.push(message);
    this.lengths.push(bytes.length);
    this.#note(`> ${address}:${port}${mac ? ` at ${mac}` : ""} ${describeMessage(message)}`);
  }

  event(event: DhcpServerEvent): void {
    this.events.push(event);
    if (event.type === "ended") this.#note(`${event.address} ${event.reason}`);
    else if (event.type === "ignored") this.#note(`ignored: ${event.reason}`);
  }

  wake(deadline: number): void {
    this.deadline = deadline;
  }

  check(): boolean {
    return false;
  }

  record(): void {
    this.#note("recorded");
  }

  remove(): void {
    this.#note("removed");
  }

  #note(line: string): void {
    this.#log.push(`${this.now} ${line}`);
  }
}
