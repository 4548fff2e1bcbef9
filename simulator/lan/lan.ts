import { NetworkError } from "../../src/error/index.js";
import { Cable, type CableEnd, type CableOptions } from "../cable.js";
import { LanCapture } from "../capture/lan-capture.js";
import type { RingLimits } from "../capture/frame-ring.js";
import type { Duration } from "../duration.js";
import type { Observable, Observer } from "../sighting.js";
import { routerHost, type Router } from "../router/router.js";
import type { RouterOptions } from "../router/options.js";
import { Simulation, type SimulationOptions } from "../simulation.js";
import type { StoryLine, Telling } from "../story.js";
import { Switch, type SwitchOptions } from "../switch.js";
import { AccessPoint, type AccessPointOptions } from "../wifi/access-point.js";
import { Air } from "../wifi/air.js";
import { announceLan, appendTo, gatherEvidence } from "./evidence.js";
import { Fingerprint } from "./fingerprint.js";
import { LanHost, type LanHostOptions } from "./lan-host.js";
import { applySchedule, type ScheduleSource } from "./schedule.js";
import { seedOfEnvironment } from "./seed.js";

/** How many lines of its story a LAN keeps: what a person reads behind a failure, and more. */
export const STORY_LIMIT = 1_000;

/** Between a host and its switch, where nothing else is asked for. */
export const DEFAULT_LATENCY: Duration = 1;

/** How a cable of a LAN is: its name comes from what it leads to. */
export type LinkOptions = Omit<CableOptions, "name">;

/** Whoever sends frames on a LAN. */
interface Sender {
  /** @returns for each of its cables a function that ends it */
  observe(observer: Observer): (() => void)[];
}

export interface LanOptions extends SimulationOptions {
  /** How much is kept of what crosses it; absent: CAPTURE_LIMITS. False: nothing. */
  readonly capture?: Partial<RingLimits> | false;
  /** Decides every random draw; absent: what WIRELET_SEED says, or 1. */
  readonly seed?: number;
  /** Whether what fails says how to look into it, and writes a capture for that; absent: true. */
  readonly evidence?: boolean;
}

/**
 * Hosts, switches and cables on virtual time, each with a name of its own. Who observes it sees each frame once, as its
 * sender sent it.
 *
 * @example
 * const lan = new Lan({ seed: 7 });
 * lan.host("router", { address: "192.168.1.1/24", app: dhcpServer() });
 * const sensor = lan.host("sensor", { stack: "device", app: firmware() });
 * await lan.until(() => sensor.network.ipv4 !== undefined, { within: "30s" });
 */
export class Lan implements Observable {
  readonly simulation: Simulation;
  /** The last frames that its hosts have sent. */
  readonly capture: LanCapture;
  /** What radios hear. */
  readonly air = new Air();
  readonly #switches = new Map<string, Switch>();
  readonly #hosts = new Map<string, LanHost>();
  readonly #cables = new Map<string, Cable>();
  readonly #senders: Sender[] = [];
  readonly #observers = new Map<Observer, (() => void)[]>();
  readonly #followers = new Set<(line: StoryLine) => void>();
  #story: StoryLine[] = [];
  readonly #isSeedGiven: boolean;
  readonly #givesEvidence: boolean;
  readonly #explained = new WeakSet<Error>();

  /** @throws NetworkError EINVAL if the environment names a seed that is none */
  constructor(options: LanOptions = {}) {
    const seed = options.seed ?? seedOfEnvironment();
    this.simulation = new Simulation({ ...options, ...(seed !== undefined && { seed }) });
    this.#isSeedGiven = options.seed !== undefined;
    this.#givesEvidence = options.evidence ?? true;
    this.capture = new LanCapture(this, options.capture);
    announceLan(this);
  }

  get seed(): number {
    return this.simulation.seed;
  }

  /** In the order in which they were added. */
  get hosts(): readonly LanHost[] {
    return [...this.#hosts.values()];
  }

  get switches(): readonly Switch[] {
    return [...this.#switches.values()];
  }

  get cables(): readonly Cable[] {
    return [...this.#cables.values()];
  }

  /** Where a host is plugged in that is not told where: made when it is first wanted. */
  get defaultSwitch(): Switch {
    return this.#switches.get("switch") ?? this.switch("switch");
  }

  /** Adds a switch. @throws NetworkError EADDRINUSE if the name is taken */
  switch(name: string, options: Omit<SwitchOptions, "name"> = {}): Switch {
    const added = new Switch({ ...options, name });
    this.#add(this.#switches, "switch", name, added);
    return added;
  }

  /**
   * Adds a host and switches it on.
   * @throws NetworkError EADDRINUSE if the name is taken, EINVAL for an address that is none
   */
  host<T = undefined>(name: string, options: LanHostOptions<T> = {}): LanHost<T> {
    if (this.#hosts.has(name)) throw taken("host", name);
    const host = new LanHost<T>(this, name, options);
    this.#hosts.set(name, host as LanHost);
    this.#show(host);
    if (options.isOff !== true) host.powerOn();
    return host;
  }

  /**
   * Adds a router between networks, and switches it on: with a DHCP server in each of them that is to have one, and with NAT
   * towards its uplink.
   *
   * @example
   * lan.router("router", {
   *   networks: [{ on: home, address: "192.168.1.1/24", dhcp: true }],
   *   uplink: { on: internet, address: "203.0.113.7/24", nat: true },
   * });
   * @throws NetworkError as `host`, and ENETUNREACH for a route through a router that is in none of the networks
   */
  router(name: string, options: RouterOptions): LanHost<Router> {
    return this.host(name, routerHost(options));
  }

  /**
   * Plugs in something that is no host of this LAN's: a program that sends and receives frames.
   * @param on absent: the default switch
   * @returns its end of a cable of its own; what it sends is observed as what hosts send is
   * @throws NetworkError EADDRINUSE if the name is taken
   */
  plug(name: string, { on = this.defaultSwitch, ...link }: LinkOptions & { on?: Switch } = {}): CableEnd {
    const cable = this.cable(name, link);
    on.connect(cable);
    const end = cable.plug({ name });
    this.#show({ observe: (observer) => [cable.observe(observer, { from: end })] });
    return end;
  }

  /**
   * Adds a Wi-Fi access point, and a switch of that name that it is: hosts join it that have the `wifi` option.
   *
   * @example
   * lan.accessPoint("ap", { ssid: "home", password: "correct horse" });
   * lan.host("sensor", { wifi: { ssid: "home", password: "correct horse" }, app: firmware() });
   * @throws NetworkError EADDRINUSE if the name is taken, EINVAL for an SSID or password that cannot be
   */
  accessPoint(name: string, options: AccessPointOptions): AccessPoint {
    const on = options.on ?? this.defaultSwitch;
    const bridge = this.switch(name);
    const accessPoint = new AccessPoint(this.simulation, this.air, name, bridge, options);
    this.join(bridge, on);
    this.air.add(accessPoint);
    return accessPoint;
  }

  /** Joins two switches. The cable is called "A to B". @throws NetworkError EADDRINUSE if they are joined already */
  join(a: Switch, b: Switch, options: LinkOptions = {}): Cable {
    const cable = this.cable(`${a.name} to ${b.name}`, options);
    a.connect(cable);
    b.connect(cable);
    return cable;
  }

  /** Adds a cable with both ends free. @throws NetworkError EADDRINUSE if the name is taken */
  cable(name: string, options: LinkOptions = {}): Cable {
    const cable = new Cable(this.simulation, { latency: DEFAULT_LATENCY, ...options, name });
    this.#add(this.#cables, "cable", name, cable);
    return cable;
  }

  /** How many hosts it has. */
  get size(): number {
    return this.#hosts.size;
  }

  /** Whether it has a host of that name. */
  has(name: string): boolean {
    return this.#hosts.has(name);
  }

  /** @throws NetworkError EHOSTUNREACH if there is none of that name */
  find(name: string): LanHost {
    const host = this.#hosts.get(name);
    if (host === undefined) {
      const names = [...this.#hosts.keys()].join(", ");
      throw new NetworkError("EHOSTUNREACH", "find host", name, `on this LAN there are ${names}`);
    }
    return host;
  }

  /**
   * Has things go wrong at their times, from now on.
   * @returns a function that ends what goes on, and what has not begun
   * @throws NetworkError EINVAL for a fault that is none, EHOSTUNREACH for a name that the LAN does not have; then nothing happens
   */
  schedule(schedule: ScheduleSource): () => void {
    return applySchedule(this, schedule);
  }

  /** What tells whether two runs are the same, of all that happens from now on. */
  fingerprint(): Fingerprint {
    return new Fingerprint(this);
  }

  /** Lets virtual time pass. */
  runFor(duration: Duration): Promise<void> {
    return this.#explaining(this.simulation.runFor(duration));
  }

  /**
   * Lets virtual time pass until `condition` holds; it is asked first and after each moment's events.
   * @throws NetworkError ETIMEDOUT, with the evidence, if it does not come to hold within that time
   */
  until(condition: () => boolean, options: { within?: Duration } = {}): Promise<void> {
    return this.#explaining(this.simulation.until(condition, options));
  }

  /**
   * Lets virtual time pass until `work` is settled: a request that a host makes, a program.
   * @returns a promise that settles as `work` does
   * @throws NetworkError ETIMEDOUT, with the evidence, if it is not settled within that time
   */
  async finish<T>(work: Promise<T>, options: { within?: Duration } = {}): Promise<T> {
    let isOver = false;
    const settle = (): void => void (isOver = true);
    work.then(settle, settle);
    await this.until(() => isOver, options);
    return work;
  }

  /** What was told last, the newest at the end; at most STORY_LIMIT lines. */
  get story(): readonly StoryLine[] {
    return this.#story.slice(-STORY_LIMIT);
  }

  /** Adds a line to the story, at this moment of virtual time; nothing for what is not worth one. */
  tell(who: string, telling: Telling | undefined): void {
    if (telling === undefined) return;
    const line: StoryLine = { time: this.simulation.now(), who, ...telling };
    // Cut in large pieces, since each cut moves all lines.
    if (this.#story.push(line) >= 2 * STORY_LIMIT) this.#story = this.#story.slice(-STORY_LIMIT);
    for (const follower of this.#followers) follower(line);
  }

  /** Hands each further line of the story to `follower`. @returns a function that ends it */
  follow(follower: (line: StoryLine) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** What to look into a failure with: the seed, the last of the story, a capture that it writes, and the command that repeats it. */
  evidence(): string {
    return gatherEvidence(this, this.#isSeedGiven);
  }

  /** Adds the evidence to an error's message, once; nothing if the LAN was told to give none. */
  explain(error: unknown): void {
    if (!this.#givesEvidence || !(error instanceof Error) || this.#explained.has(error)) return;
    this.#explained.add(error);
    appendTo(error, this.evidence());
  }

  /** A frame that a switch passes on is shown as its sender sent it, and not again. */
  observe(observer: Observer): () => void {
    const ends = this.#senders.flatMap((sender) => sender.observe(observer));
    this.#observers.set(observer, ends);
    return () => {
      this.#observers.delete(observer);
      for (const end of ends) end();
    };
  }

  async #explaining<T>(moving: Promise<T>): Promise<T> {
    try {
      return await moving;
    } catch (error) {
      this.explain(error);
      throw error;
    }
  }

  /** Shows what it sends to everybody who observes the LAN, now or later. */
  #show(sender: Sender): void {
    this.#senders.push(sender);
    for (const [observer, ends] of this.#observers) ends.push(...sender.observe(observer));
  }

  #add<T>(table: Map<string, T>, kind: string, name: string, item: T): void {
    if (table.has(name)) throw taken(kind, name);
    table.set(name, item);
  }
}

function taken(kind: string, name: string): NetworkError {
  return new NetworkError("EADDRINUSE", `add ${kind}`, name, "the LAN has one of that name");
}
