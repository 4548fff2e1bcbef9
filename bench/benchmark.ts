/** One figure that a benchmark found. */
export interface Measurement {
  /** Stable, for programs that compare runs: the benchmark's name, a slash, what was measured. */
  readonly name: string;
  /** For people, in a few words. */
  readonly title: string;
  readonly value: number;
  readonly unit: string;
  /** The name of the measurement of the same run that this one is compared with. */
  readonly against?: string;
  /** This one's rate divided by that one's: the median of the rounds' ratios. */
  readonly ratio?: number;
  /** What the ratio is to reach. */
  readonly atLeast?: number;
  /** What the value is to stay within. */
  readonly atMost?: number;
}

/** How much work a run may make of its benchmarks, and whom it tells how far it is. */
export interface Effort {
  /** How often each figure is taken; the median counts. */
  readonly rounds: number;
  /** How long one round of one figure lasts, in ms. */
  readonly roundTime: number;
  /** Whether what takes a minute is measured, too. */
  readonly isThorough: boolean;
  readonly progress: (text: string) => void;
}

export interface Benchmark {
  /** What selects it on the command line, alone or with the others in its folder: "tcp/echo". */
  readonly name: string;
  /** One line for --help. */
  readonly summary: string;
  /** @throws Error if something went wrong besides being slow: lost bytes, a refused connection */
  readonly run: (effort: Effort) => Promise<readonly Measurement[]>;
}
