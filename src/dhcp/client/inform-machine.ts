import { Ipv4Address, type MacAddress } from "../../address/index.js";
import type { DhcpDestination, Random } from "../../host/index.js";
import { DHCP_SERVER_PORT, emitDhcp, type DhcpOptions } from "../../wire/index.js";
import type { DhcpClientEvent, DhcpIgnoreReason } from "./events.js";
import { isHost } from "./lease.js";
import { identify, inform, type DhcpClientIdentity } from "./messages.js";
import type { DhcpRequestOptions } from "./options.js";
import { ReplyReader } from "./reply.js";
import { INFORM_ATTEMPTS, retransmissionDelay } from "./timing.js";

export const DHCP_INFORM_STATES = Object.freeze(["STOPPED", "INFORMING", "INFORMED", "FAILED"] as const);

/** FAILED: nobody answered. */
export type DhcpInformState = (typeof DHCP_INFORM_STATES)[number];

/**
 * What happens when options are asked for. "failed" with "no-server" comes once, when nobody has answered in a minute; with
 * "send" each time that the link throws.
 */
export type DhcpInformEvent =
  | Extract<DhcpClientEvent, { readonly type: "sent" | "ignored" | "failed" }>
  | { readonly type: "informed"; readonly options: DhcpOptions; readonly server: Ipv4Address };

/** Where the effects go, as those of `DhcpClientSink`. */
export interface DhcpInformSink {
  send(message: Uint8Array, destination: DhcpDestination, source: Ipv4Address): void;
  event(event: DhcpInformEvent): void;
  wake(deadline: number): void;
}

export interface DhcpInformMachineOptions extends DhcpRequestOptions {
  readonly mac: MacAddress;
  /** The longest IP datagram that can be received, in bytes. */
  readonly mtu: number;
  readonly random: Random;
}

/** Asks servers for options, for an address that is not theirs (RFC 2131 §4.4.3). Bytes and monotonic ms come in. */
export class DhcpInformMachine {
  /** Messages dropped, by reason. */
  readonly ignored: Partial<Record<DhcpIgnoreReason, number>> = {};
  readonly #identity: DhcpClientIdentity;
  readonly #random: Random;
  readonly #sink: DhcpInformSink;
  readonly #replies: ReplyReader;
  #state: DhcpInformState = "STOPPED";
  #address = Ipv4Address.unspecified;
  #xid = 0;
  #startedAt = 0;
  #attempts = 0;
  #deadline = Infinity;

  /** @throws NetworkError EINVAL or EMSGSIZE for options that cannot be sent */
  constructor(options: DhcpInformMachineOptions, sink: DhcpInformSink) {
    this.#identity = identify(options.mac, options.mtu, options);
    this.#random = options.random;
    this.#sink = sink;
    this.#replies = new ReplyReader(this.#identity);
  }

  get state(): DhcpInformState {
    return this.#state;
  }

  /** Begins at the next `poll`. @param address that the interface has */
  start(address: Ipv4Address, now: number): void {
    if (this.#state === "INFORMING") return;
    this.#state = "INFORMING";
    this.#address = address;
    this.#xid = this.#random.uint32();
    this.#startedAt = now;
    this.#attempts = 0;
    this.wakeAt(now);
  }

  stop(): void {
    this.#state = "STOPPED";
    this.wakeAt(Infinity);
  }

  /** Does what is due. */
  poll(now: number): void {
    if (now < this.#deadline) return this.#sink.wake(this.#deadline);
    if (this.#attempts === INFORM_ATTEMPTS) {
      this.#state = "FAILED";
      this.wakeAt(Infinity);
      this.#sink.event({ type: "failed", reason: "no-server" });
    } else this.ask(now);
  }

  /** Takes a message that arrived on port 68; it is borrowed until this returns. */
  receive(bytes: Uint8Array, now: number): void {
    const message = this.#replies.read(bytes, this.#xid, now);
    if (typeof message === "string") return this.ignore(message);
    const { type, options } = message;
    if (type !== "ACK" || this.#state !== "INFORMING") return this.ignore("unexpected");
    const { serverIdentifier: server } = options;
    if (server === undefined || !isHost(server)) return this.ignore("no-server");
    this.#state = "INFORMED";
    this.wakeAt(Infinity);
    this.#sink.event({ type: "informed", options, server });
  }

  private ask(now: number): void {
    const xid = this.#xid;
    const secs = Math.floor((now - this.#startedAt) / 1_000);
    const message = inform(this.#identity, { xid, secs }, this.#address);
    const destination = Ipv4Address.broadcast;
    this.#sink.send(emitDhcp(message), { address: destination, port: DHCP_SERVER_PORT }, this.#address);
    this.#sink.event({ type: "sent", message: "INFORM", xid, destination, address: this.#address });
    this.wakeAt(now + retransmissionDelay(this.#attempts, this.#random));
    this.#attempts++;
  }

  private ignore(reason: DhcpIgnoreReason): void {
    const count = (this.ignored[reason] ?? 0) + 1;
    this.ignored[reason] = count;
    if (count === 1) this.#sink.event({ type: "ignored", reason });
  }

  private wakeAt(deadline: number): void {
    this.#deadline = deadline;
    this.#sink.wake(deadline);
  }
}
