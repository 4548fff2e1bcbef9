import type { IpAddress } from "../address/index.js";
import { NetworkError } from "../error/index.js";
import type { Io, LinkDevice, Random } from "../host/index.js";
import { ETHERNET_HEADER_LENGTH } from "../wire/ethernet.js";
import { Counters } from "./counters.js";
import { Icmp } from "./icmp/icmp.js";
import { AddressChecks } from "./interface/address-check.js";
import { EthernetInterface } from "./interface/ethernet.js";
import type { StackInterface } from "./interface/interface.js";
import { LoopbackInterface } from "./interface/loopback.js";
import { PostponedFrames } from "./interface/postponed.js";
import { createIo } from "./io/index.js";
import { ForwardingPaths } from "./ip/forward.js";
import { Ip } from "./ip/ip.js";
import { Packet } from "./ip/packet.js";
import type { Routes } from "./ip/routes.js";
import type { DefencePolicy } from "./neighbor/defence.js";
import { tuningOf, udpTuningOf, type Profile, type StackOptions } from "./options.js";
import { DYNAMIC_PORTS, checkPortRange, type PortRange } from "./ports.js";
import { TaskQueue, type Task } from "./tasks.js";
import { Tcp } from "./tcp/tcp.js";
import { TimerQueue } from "./timers.js";
import { Udp } from "./udp/udp.js";

/**
 * Rounds of timers, output and callbacks in one poll at most: a callback that always causes another one must not
 * keep the host from its other work. What is left makes `nextPoll` say "now".
 */
const MAX_ROUNDS = 64;

/** RFC 791 §3.2: what each link carries at least, in bytes. */
const MIN_MTU = 68;

/**
 * A TCP/IP host. It has no clock and no thread: frames come in through the link devices attached to it, time comes in
 * through `poll`, frames leave through the link devices, and `nextPoll` and `onWake` say when it wants to be polled.
 *
 * @example
 * const stack = new Stack({ random });
 * const eth0 = stack.attach(link, { name: "eth0" });
 * eth0.configure({ address: Ipv4Address.parse("10.0.0.2"), prefixLength: 24, dns: [] });
 * stack.onWake = () => schedule(() => stack.poll(clock.now()));
 * const listener = new stack.io.Listener({ port: 80, onReadable() { … } });
 */
export class Stack {
  readonly counters = new Counters();
  readonly random: Random;
  readonly profile: Profile;
  readonly forwarding: boolean;
  readonly acceptRedirects: boolean;
  readonly addressDefence: DefencePolicy;
  readonly privilegedPorts: "allowed" | "refused";
  readonly ephemeralPorts: PortRange;
  /** The classes of ECMA-419, bound to this stack. */
  readonly io: Io;
  readonly interfaces: StackInterface[] = [];
  readonly loopback: LoopbackInterface;
  readonly ip: Ip;
  readonly icmp = new Icmp(this);
  readonly addressChecks = new AddressChecks(this);
  readonly udp: Udp;
  readonly tcp: Tcp;
  readonly timers = new TimerQueue();
  /** Where an outgoing frame is built. Links consume it before `transmit` returns, so that one is enough. */
  frame: Uint8Array;
  readonly forwardingPaths = new ForwardingPaths(this);
  /** True while a link's `transmit` runs. */
  isTransmitting = false;
  /** What links deliver meanwhile, though they must not. */
  readonly postponed = new PostponedFrames(this);
  /** The packet being received. */
  readonly packet = new Packet();
  /** The time of the last poll or received frame, in monotonic ms. */
  now = 0;
  /** Installed by the host: the stack has work to do and wants `poll` soon. Called once until the next poll. */
  onWake?: () => void;

  readonly #tasks = new TaskQueue();
  #polling = false;
  #awake = false;
  /** What `nextPoll` was when a poll had ended, and the host asked for it. */
  #plannedPoll = Infinity;

  constructor(options: StackOptions) {
    this.random = options.random;
    this.profile = options.profile ?? "host";
    this.forwarding = options.forwarding ?? false;
    this.acceptRedirects = options.acceptRedirects ?? false;
    this.addressDefence = options.addressDefence ?? "once";
    this.privilegedPorts = options.privilegedPorts ?? "allowed";
    this.ephemeralPorts = checkPortRange(options.ephemeralPorts ?? DYNAMIC_PORTS);
    this.ip = new Ip(this);
    this.udp = new Udp(this, udpTuningOf(this.profile, options.udp));
    this.tcp = new Tcp(this, tuningOf(this.profile, options.tcp));
    this.loopback = new LoopbackInterface(this);
    this.interfaces.push(this.loopback);
    this.frame = new Uint8Array(ETHERNET_HEADER_LENGTH + this.loopback.mtu);
    this.io = createIo(this);
  }

  /** The routing table: those that the interfaces' configurations make, and those that are added. */
  get routes(): Routes {
    return this.ip.routes;
  }

  /**
   * Makes an interface of a link device. It has no address until it is configured.
   * @throws NetworkError EINVAL if the link carries less than 68 bytes, or joins and cuts TCP segments on a host that
   *   forwards: what one link has joined does not fit the next, and its checksums are unfinished
   */
  attach(link: LinkDevice, options: { readonly name: string }): EthernetInterface {
    if (link.mtu < MIN_MTU)
      throw new NetworkError("EINVAL", "attach", options.name, `an MTU of ${link.mtu} bytes`);
    if (this.forwarding && link.segmentationOffload !== undefined && link.segmentationOffload > 0)
      throw new NetworkError("EINVAL", "attach", options.name, "a router's links must not cut TCP segments");
    const length = ETHERNET_HEADER_LENGTH + Math.max(link.mtu, link.segmentationOffload ?? 0);
    if (length > this.frame.length) this.frame = new Uint8Array(length);
    const device = new EthernetInterface(this, link, options.name);
    this.interfaces.push(device);
    return device;
  }

  /** When `poll` wants to be called next, in monotonic ms; Infinity: not before something happens. */
  get nextPoll(): number {
    return this.#tasks.isEmpty && !this.tcp.hasOutput ? this.timers.next : this.now;
  }

  /** Runs what is due at `now` (monotonic ms): callbacks, then timers, then output, until all is quiet. */
  poll(now: number): void {
    // A callback may reach the host's loop and come back here; the outer poll goes on with what it finds.
    if (this.#polling) return;
    this.#polling = true;
    this.#awake = true;
    this.now = now;
    let isQuiet = false;
    try {
      for (let round = 0; round < MAX_ROUNDS && !isQuiet; round++) {
        this.#tasks.run();
        this.timers.run(now);
        this.tcp.flush();
        isQuiet = this.#tasks.isEmpty;
      }
    } finally {
      this.#polling = false;
      this.#awake = false;
      this.#plannedPoll = this.nextPoll;
      // A callback has thrown, and the host may not come to ask for `nextPoll`; or there was no end of callbacks.
      if (!isQuiet) this.wake();
    }
  }

  /** Asks the host for a poll. */
  wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    this.onWake?.();
  }

  /** `wake`, if there is something to do now, or before the poll that the host plans. */
  wakeIfSooner(): void {
    const next = this.nextPoll;
    if (next <= this.now || next < this.#plannedPoll) this.wake();
  }

  /** `wake`, if the poll that the host plans is due already: it may still be late. */
  wakeIfDue(): void {
    if (this.#plannedPoll <= this.now) this.wake();
  }

  /** Queues callbacks until the stack's state has settled. */
  defer(task: Task): void {
    this.#tasks.add(task);
    this.wake();
  }

  isOwnAddress(address: IpAddress): boolean {
    return address.isLoopback || this.interfaces.some((device) => device.owns(address));
  }

  /** `isOwnAddress` without an object. */
  ownsIpv4(value: number): boolean {
    if (value >>> 24 === 127) return true;
    for (const device of this.interfaces) {
      if (device.ownsIpv4(value)) return true;
    }
    return false;
  }

  /** Nobody on the link answers for `address`, and `frames` have waited for it in vain. */
  neighborUnreachable(
    device: StackInterface,
    address: IpAddress,
    frames: readonly Uint8Array[],
    now: number,
  ): void {
    this.icmp.gatewayFailed(address);
    this.routes.gatewayFailed(address);
    this.icmp.undeliverable(device, frames, now);
    this.tcp.neighborUnreachable(address);
  }

  /** An interface has lost `address`: what is bound to it cannot go on (RFC 1122 §4.2.4). */
  addressRemoved(address: IpAddress): void {
    this.tcp.addressRemoved(address);
  }
}
