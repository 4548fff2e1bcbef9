import { Ipv4Address, MacAddress } from "../../../src/address/index.js";
import type { LinkDevice, Random } from "../../../src/host/index.js";
import { Stack, type StackInterface, type StackOptions } from "../../../src/stack/index.js";
import { ARP, IPV4, arp, ethernet } from "./build.js";
import { readFrame, type ReadFrame } from "./read.js";
import { cutIntoSegments } from "./segmentation.js";

/** The machine under test, and the neighbor who talks with it. */
export const OWN_IP = "10.0.0.1";
export const OWN_MAC = "02:00:00:00:00:01";
export const PEER_IP = "10.0.0.9";
export const PEER_MAC = "02:00:00:00:00:09";

/** More polls than that at one moment are an endless loop. */
const MAX_POLLS = 1000;

/** The same numbers each time. */
export function fixedRandom(): Random {
  let state = 1;
  return { uint32: () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) };
}

/** A link whose other end is the test. */
export class ScriptedLink implements LinkDevice {
  mac = MacAddress.parse(OWN_MAC);
  mtu = 1500;
  up = true;
  transmitChecksums = false;
  receiveChecksums = false;
  segmentationOffload?: number;
  /** The lengths of the frames that were cut into segments. */
  readonly large: number[] = [];
  onReceive?: (frame: Uint8Array, length: number, now: number) => void;
  onLinkChange?: () => void;
  setMulticastFilter?: (groups: readonly MacAddress[]) => void;
  onTransmit: (frame: Uint8Array) => void = () => undefined;

  transmit(frame: Uint8Array, length: number, segmentSize?: number): void {
    // What the stack leaves behind `length` is its own business: the copy ends there.
    const copy = frame.slice(0, length);
    if (segmentSize === undefined) {
      this.onTransmit(copy);
      return;
    }
    this.large.push(length);
    for (const cut of cutIntoSegments(copy, segmentSize)) this.onTransmit(cut);
  }
}

export interface MachineOptions extends Partial<StackOptions> {
  readonly mtu?: number;
  /** Bytes of the largest packet that the link cuts into segments. */
  readonly segmentationOffload?: number;
  readonly gateway?: string;
}

/**
 * A stack on virtual time with a scripted link. It is polled only when it asks for it, through `onWake` or `nextPoll`,
 * so that each test here also tests that it does ask.
 */
export class Machine {
  readonly stack: Stack;
  readonly link = new ScriptedLink();
  readonly eth0: StackInterface;
  /** Virtual time in ms. */
  now = 0;
  /** What was sent and not yet looked at. ARP requests that were answered are left out. */
  readonly sent: ReadFrame[] = [];
  /** Who answers ARP requests, by IP address. */
  readonly neighbors = new Map<string, string>([[PEER_IP, PEER_MAC]]);
  readonly #incoming: Uint8Array[] = [];
  #woken = false;
  #settling = false;

  constructor({ mtu, segmentationOffload, gateway, ...options }: MachineOptions = {}) {
    this.stack = new Stack({ random: fixedRandom(), ...options });
    this.stack.onWake = () => (this.#woken = true);
    if (mtu !== undefined) this.link.mtu = mtu;
    if (segmentationOffload !== undefined) this.link.segmentationOffload = segmentationOffload;
    this.link.onTransmit = (frame) => this.#transmitted(frame);
    this.eth0 = this.stack.attach(this.link, { name: "eth0" });
    this.eth0.configure({
      address: Ipv4Address.parse(OWN_IP),
      prefixLength: 24,
      dns: [],
      ...(gateway === undefined ? {} : { gateway: Ipv4Address.parse(gateway) }),
    });
    this.settle();
  }

  /** An IPv4 packet arrives from the peer. */
  receiveIp(packet: Uint8Array, to = OWN_MAC): void {
    this.receive(ethernet(to, PEER_MAC, IPV4, packet));
  }

  receive(frame: Uint8Array): void {
    this.link.onReceive?.(frame, frame.length, this.now);
    this.settle();
  }

  /** Lets several things happen at one moment, before the stack is polled. */
  whileNotPolled(act: () => void): void {
    this.#settling = true;
    try {
      act();
    } finally {
      this.#settling = false;
    }
    this.settle();
  }

  /** Runs what the stack wants to run now. From inside a callback it does nothing: the poll goes on after it. */
  settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    try {
      this.#poll();
    } finally {
      this.#settling = false;
    }
  }

  /** Lets `ms` pass, with a poll at each time the stack asks for. */
  advance(ms: number): void {
    const end = this.now + ms;
    while (this.stack.nextPoll <= end) {
      this.now = Math.max(this.now, this.stack.nextPoll);
      this.settle();
    }
    this.now = end;
  }

  #poll(): void {
    for (let polls = 0; this.#woken || this.stack.nextPoll <= this.now; polls++) {
      if (polls === MAX_POLLS) throw new Error(`the stack wants to be polled without end at ${this.now} ms`);
      this.#woken = false;
      this.stack.poll(this.now);
      for (const frame of this.#incoming.splice(0)) this.link.onReceive?.(frame, frame.length, this.now);
    }
  }

  #transmitted(bytes: Uint8Array): void {
    const frame = readFrame(bytes, this.now);
    const request = frame.arp?.operation === 1 ? frame.arp : undefined;
    const mac = request && this.neighbors.get(request.targetIp);
    if (request === undefined || mac === undefined) {
      this.sent.push(frame);
      return;
    }
    const reply = arp({
      operation: 2,
      senderMac: mac,
      senderIp: request.targetIp,
      targetMac: request.senderMac,
      targetIp: request.senderIp,
    });
    this.#incoming.push(ethernet(frame.from, mac, ARP, reply));
    this.#woken = true;
  }
}
