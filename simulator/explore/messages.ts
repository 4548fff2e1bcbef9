import type { Schedule } from "../lan/index.js";
import type { Attempt } from "./attempt.js";
import type { ScenarioModule } from "./load.js";
import type { RunOptions } from "./runner.js";
import type { Shrunk } from "./shrink.js";

/** What a thread is started with. */
export interface ThreadData {
  readonly scenario: ScenarioModule;
  readonly options: RunOptions;
}

/** What it is asked to do, one after the other. */
export type Order = { readonly run: number } | { readonly shrink: Attempt };

/** What was drawn, before it is run: should the run never end, it is known what it was. */
export interface Drawn {
  readonly drawn: Schedule;
}

/** What it says besides: first that it is ready, or why it is not, then one answer to each order. */
export type Answer =
  | { readonly ready: true }
  | { readonly error: string }
  | { readonly attempt: Attempt }
  | { readonly shrunk: Shrunk };
