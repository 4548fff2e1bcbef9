import type { Lan } from "../../lan/index.js";

/** Something that is to come true in a run. Those of a scenario are looked at one after the other. */
export interface Expectation {
  /** Which line of the file says it. */
  readonly line: number;
  /** As a sentence: "sensor has an address". */
  readonly text: string;
  /** In virtual ms since the run began: it is not looked at before; absent: as soon as the one before has come true. */
  readonly at: number | undefined;
  /** In virtual ms: so long it may take. */
  readonly within: number;
  /** Begins to look. */
  readonly begin: (lan: Lan) => Watch;
}

/** Looks whether an expectation has come true. */
export interface Watch {
  /** Asked after each moment's events. */
  readonly holds: () => boolean;
  /** What there is instead: for people. */
  readonly instead: () => string;
  readonly end?: () => void;
}
