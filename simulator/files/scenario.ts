import { NetworkError } from "../../src/error/index.js";
import { Lan, type LanOptions } from "../lan/index.js";
import type { StoryLine } from "../story.js";
import type { Expectation } from "./expect/expectation.js";
import type { HostPlan, RouterPlan, ScenarioPlan } from "./plan.js";

/** How long a scenario is run that does not say it and expects nothing, in virtual ms. */
const DEFAULT_DURATION = 60_000;

/** What became of an expectation. */
export interface Outcome {
  readonly line: number;
  readonly text: string;
  readonly isMet: boolean;
  /** In virtual ms: when it came true, or was given up. */
  readonly time: number;
  /** What there was instead; empty if it came true. */
  readonly instead: string;
}

/** What a run of a scenario has come to. */
export interface ScenarioReport {
  readonly lan: Lan;
  readonly outcomes: readonly Outcome[];
  /** Whether all that was expected came true. */
  readonly isMet: boolean;
}

export interface RunOptions extends Pick<LanOptions, "capture" | "evidence"> {
  /** Instead of the file's. */
  readonly seed?: number;
  /** In virtual ms: how long it goes on at least; absent: as the file says. */
  readonly duration?: number;
  /** Called with the LAN before any time passes. */
  readonly onLan?: (lan: Lan) => void;
  readonly onStory?: (line: StoryLine) => void;
  /** Called as soon as it is known. */
  readonly onOutcome?: (outcome: Outcome) => void;
}

/**
 * A LAN, what goes wrong on it, and what is expected, as a file says it. `loadScenario` reads it.
 *
 * @example
 * const scenario = await loadScenario("simulator/scenarios/first-boot.yaml");
 * const { isMet } = await scenario.run();
 */
export class Scenario {
  readonly file: string;
  readonly #plan: ScenarioPlan;

  constructor(file: string, plan: ScenarioPlan) {
    this.file = file;
    this.#plan = plan;
  }

  get title(): string {
    return this.#plan.title;
  }

  /** What happens, in a sentence or two. */
  get about(): string {
    return this.#plan.about;
  }

  /** Absent: the file names none. */
  get seed(): number | undefined {
    return this.#plan.seed;
  }

  /** How long it is run, in virtual ms. */
  get duration(): number {
    const { duration, expectations } = this.#plan;
    return duration ?? (expectations.length === 0 ? DEFAULT_DURATION : 0);
  }

  get expectations(): readonly Pick<Expectation, "line" | "text">[] {
    return this.#plan.expectations;
  }

  /**
   * Makes its LAN and switches it on; what goes wrong is scheduled. Time passes when the caller lets it.
   * @throws ScenarioError for hosts that do not go together
   */
  start({ seed = this.seed, onLan, onStory, ...options }: RunOptions = {}): Lan {
    const { switches, routers, hosts, cables, schedule } = this.#plan;
    const lan = new Lan({
      ...(options.capture !== undefined && { capture: options.capture }),
      ...(options.evidence !== undefined && { evidence: options.evidence }),
      ...(seed !== undefined && { seed }),
    });
    if (onStory !== undefined) lan.follow(onStory);
    onLan?.(lan);
    for (const name of switches) lan.switch(name);
    for (const router of routers) router.field.at(() => addRouter(lan, router));
    for (const host of hosts) host.field.at(() => addHosts(lan, host));
    for (const { field, between, link, faults } of cables) {
      const [a, b] = between.map((name) => switchOf(lan, name));
      const cable = field.at(() => lan.join(a!, b!, link));
      for (const fault of faults) cable.impair(fault);
    }
    lan.schedule(schedule);
    return lan;
  }

  /**
   * Starts it, and lets time pass until each expectation has come true or its time is over, and the duration is.
   * What has not come true is in the report.
   */
  async run(options: RunOptions = {}): Promise<ScenarioReport> {
    const lan = this.start(options);
    const outcomes: Outcome[] = [];
    for (const expectation of this.#plan.expectations) {
      const outcome = await check(lan, expectation);
      outcomes.push(outcome);
      options.onOutcome?.(outcome);
    }
    const left = (options.duration ?? this.duration) - lan.simulation.now();
    if (left > 0) await lan.runFor(left);
    return { lan, outcomes, isMet: outcomes.every(({ isMet }) => isMet) };
  }
}

async function check(lan: Lan, { line, text, at = 0, within, begin }: Expectation): Promise<Outcome> {
  const { simulation } = lan;
  if (at > simulation.now()) await simulation.runFor(at - simulation.now());
  const watch = begin(lan);
  try {
    // Not the LAN's own: it would add its evidence to an error that nobody sees.
    await simulation.until(watch.holds, { within });
    return { line, text, isMet: true, time: simulation.now(), instead: "" };
  } catch (error) {
    if (!(error instanceof NetworkError) || error.code !== "ETIMEDOUT") throw error;
    return { line, text, isMet: false, time: simulation.now(), instead: watch.instead() };
  } finally {
    watch.end?.();
  }
}

function addRouter(lan: Lan, { name, networks, uplink, routes }: RouterPlan): void {
  lan.router(name, {
    networks: networks.map((network) => ({ ...network, on: switchOf(lan, network.on) })),
    ...(uplink && { uplink: { ...uplink, on: switchOf(lan, uplink.on) } }),
    routes,
  });
}

function addHosts(lan: Lan, { names, app, options, on, losesPower }: HostPlan): void {
  for (const name of names) {
    const host = lan.host(name, {
      ...options,
      ...(app && { app }),
      ...(on.length > 0 && { on: on.map((each) => switchOf(lan, each)) }),
    });
    if (losesPower !== undefined) host.losePower(losesPower);
  }
}

function switchOf(lan: Lan, name: string): Lan["defaultSwitch"] {
  return lan.switches.find((each) => each.name === name) ?? lan.switch(name);
}
