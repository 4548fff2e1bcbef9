import { TickClock } from "../../../hosts/xs/clock.js";
import { XsTimers } from "../../../hosts/xs/timers.js";
import type { Simulation } from "../../../simulator/index.js";
import type { Clock, Timers } from "../../../src/host/index.js";
import type { Change, SiteClient } from "./site-client.js";
import { Site, type SiteOptions, type SiteServer } from "./site.js";

const POOL = ["192.168.7.100", "192.168.7.199"] as const;

/** From when until when the server is away, in virtual ms. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

export interface LongRunOptions extends SiteOptions {
  /** The server's, in seconds, or Infinity. */
  readonly leaseSeconds: number;
  /** How long it all takes, in virtual ms. */
  readonly duration: number;
  /** One after the other. In turn, the server is stopped, its cable is cut, and it restarts without its memory. */
  readonly outages: readonly Outage[];
}

/** What came of it. */
export interface LongRun {
  readonly client: SiteClient;
  readonly changes: readonly Change[];
  /** Each time at which the client had an address that the server would have given to somebody else. */
  readonly overstays: readonly string[];
  /** The least value that the client's 32-bit counter had, and how often it went around. */
  readonly ticks: { readonly least: number; readonly wraps: number };
  /** What the client's clock, made of these ticks, is ahead of the time that has passed, in ms. */
  readonly clockError: number;
}

/** A client as on ESP32, with clock and timers of 32-bit milliseconds, and a server that is away at times. */
export function runThrough({ leaseSeconds, duration, outages, ...options }: LongRunOptions): LongRun {
  const site = new Site(options);
  const watch = new LeaseWatch(site);
  const addServer = (name: string): SiteServer =>
    site.addServer(name, {
      address: "192.168.7.1",
      pool: POOL,
      leaseSeconds,
      onEvent: (event) => {
        if (event.type !== "sent" || event.message !== "ACK") return;
        watch.leased(site.now + (event.leaseSeconds ?? 0) * 1_000);
      },
    });
  const services = new Services32(site.simulation);
  const client = site.addClient("device", { clock: services.clock, timers: services.timers });
  watch.of(client);
  let server = addServer("server");
  client.client.start();

  for (const [index, { from, to }] of outages.entries()) {
    site.runTo(from);
    if (index % 3 === 1) server.cable.cut();
    else server.server.stop();
    site.runTo(to);
    if (index % 3 === 1) {
      server.cable.mend();
    } else if (index % 3 === 0) {
      server.server.start();
    } else {
      server.cable.cut();
      server = addServer(`server after outage ${index}`);
    }
  }
  site.runTo(duration);
  watch.look();
  const clockError = services.clock.now() - site.now;
  return { client, changes: client.changes, overstays: watch.overstays, ticks: services.ticks, clockError };
}

/** Compares what a client has with what its server has granted, at each moment at which one of them changes. */
class LeaseWatch {
  readonly overstays: string[] = [];
  #expiry = -Infinity;
  #client: SiteClient | undefined;
  #had = false;

  constructor(private readonly site: Site) {}

  of(client: SiteClient): void {
    this.#client = client;
    client.host.network.watch(() => this.look());
  }

  /** The server has just granted the address until `expiry`, ms. */
  leased(expiry: number): void {
    this.look();
    this.#expiry = expiry;
  }

  look(): void {
    const { now } = this.site;
    // That it was there until now counts, even if it has just gone.
    if (this.#had && now > this.#expiry) this.overstays.push(`at ${now} ms, lease until ${this.#expiry} ms`);
    this.#had = this.#client?.address !== undefined;
  }
}

/** What ESP32 has: `Time.ticks`, 32 bits and signed, and `Timer`, whose delays are 32 bits. They begin at 0. */
class Services32 {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ticks = { least: 0, wraps: 0 };
  #last = 0;

  constructor(simulation: Simulation) {
    const native = simulation.timers;
    this.timers = new XsTimers({
      set: (callback, delay) => native.set(callback, delay | 0),
      clear: (timer) => native.clear(timer),
    });
    this.clock = new TickClock(() => this.#read(simulation.now()), this.timers);
  }

  #read(now: number): number {
    const ticks = now | 0;
    this.ticks.least = Math.min(this.ticks.least, ticks);
    if (this.#last < 0 && ticks >= 0) this.ticks.wraps++;
    this.#last = ticks;
    return ticks;
  }
}
