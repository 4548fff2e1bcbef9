import { NetworkError } from "../../../src/error/index.js";
import type { Lan } from "../../lan/index.js";
import { RealTime } from "../../real-time.js";
import { readAction, type Action, type PlacedAction } from "./action.js";
import { readRun, writeRun, type Beginning, type RunRecord } from "./file.js";
import { perform } from "./perform.js";

/** Makes the LANs that runs begin with, by the names that files give them. All that is to be on is switched on. */
export type Scenarios = Readonly<Record<string, (beginning: Beginning) => Lan>>;

/** A LAN, the time that passes on it, and what a person does to it: enough to run the same again. */
export class Run {
  readonly lan: Lan;
  readonly beginning: Beginning;
  #heardOutside = false;
  readonly #actions: PlacedAction[] = [];
  #pace: RealTime | undefined;

  constructor(beginning: Beginning, lan: Lan) {
    this.beginning = beginning;
    this.lan = lan;
  }

  /**
   * A run that repeats another from its begin. It has not begun yet: `begin` lets time pass.
   * @throws NetworkError EINVAL if there is no such scenario
   */
  static again(record: RunRecord, scenarios: Scenarios): Run {
    const { beginning, actions, heardOutside } = record;
    const { scenario } = beginning;
    const make = Object.hasOwn(scenarios, scenario) ? scenarios[scenario] : undefined;
    if (make === undefined) {
      const names = Object.keys(scenarios).join(", ");
      throw new NetworkError("EINVAL", "begin scenario", scenario, `there are ${names}`);
    }
    const run = new Run(beginning, make(beginning));
    run.#heardOutside = heardOutside;
    for (const placed of actions) run.pace.plan(placed, () => run.#replay(placed));
    return run;
  }

  /** What lets its time pass, from the first use on. */
  get pace(): RealTime {
    return (this.#pace ??= new RealTime(this.lan.simulation));
  }

  /** The person's actions so far, with their places. */
  get actions(): readonly PlacedAction[] {
    return this.#actions;
  }

  get record(): RunRecord {
    const { beginning, actions, lan } = this;
    return { beginning, actions, until: lan.simulation.now(), heardOutside: this.#heardOutside };
  }

  /** Programs outside talk to its hosts: what they say is in no record. */
  hearOutside(): void {
    this.#heardOutside = true;
  }

  /** Does what a person asks for, now. @throws NetworkError if it makes no sense or cannot be done */
  act(value: unknown): void {
    const action = readAction(value, "the action");
    this.pace.here(() => this.#perform(action));
  }

  end(): void {
    this.#pace?.stop();
  }

  #perform(action: Action): void {
    const place = this.pace.place;
    perform(this.lan, action);
    this.#actions.push({ ...place, ...action });
  }

  #replay({ time, event, ...action }: PlacedAction): void {
    void [time, event];
    try {
      this.#perform(action);
    } catch (error) {
      // A file that a person has changed may ask for what cannot be done any more.
      this.lan.tell("replay", { topic: "error", text: (error as Error).message });
    }
  }
}

/** The file of a run. */
export function saveRun(run: Run): string {
  return writeRun(run.record);
}

/** A run that repeats the one in the file. @throws NetworkError EINVAL, with what is wrong in one line */
export function loadRun(text: string, scenarios: Scenarios): Run {
  return Run.again(readRun(text), scenarios);
}
