import { NetworkError } from "../../src/error/index.js";
import { milliseconds, type Duration } from "../duration.js";
import { bandwidth } from "./bandwidth.js";
import { mtuBlackHole } from "./black-hole.js";
import { bursts } from "./bursts.js";
import { mark } from "./congestion.js";
import type { FaultRule } from "./fault-rule.js";
import { corrupt, delay, duplicate, jitter, loss, partition, reorder, truncate } from "./rules.js";

/** What a fault's figure is: a share of 0 to 1, ms, bits a second, bytes, or one of some words. */
export type FigureKind = "probability" | "duration" | "rate" | "bytes" | readonly string[];

export interface FaultFigure {
  readonly kind: FigureKind;
  /** Absent: it must be given. */
  readonly fallback?: number | string;
  /** What makes sense to try, least first: for who draws faults, and for a slider. Absent for words. */
  readonly range?: readonly [number, number];
}

export interface FaultKind {
  /** What it does, in a few words. */
  readonly summary: string;
  /** In their order; the first is the one that a spec may give alone. */
  readonly figures: Readonly<Record<string, FaultFigure>>;
  readonly make: (
    figures: Readonly<Record<string, number>>,
    words: Readonly<Record<string, string>>,
  ) => FaultRule;
}

/** A fault as files, forms and reports have it: `{ loss: 0.2 }`, `{ bursts: { enter: 0.01, leave: 0.3 } }`, `"partition"`. */
export type FaultSpec = string | Readonly<Record<string, unknown>>;

const share = (fallback?: number): FaultFigure => ({
  kind: "probability",
  range: [0, 1],
  ...(fallback !== undefined && { fallback }),
});
const time = (most: number, fallback?: number): FaultFigure => ({
  kind: "duration",
  range: [0, most],
  ...(fallback !== undefined && { fallback }),
});

/** Every fault that a wire can have, by its name. */
export const FAULT_KINDS: Readonly<Record<string, FaultKind>> = Object.freeze({
  loss: {
    summary: "loses frames independently of each other",
    figures: { probability: share() },
    make: ({ probability }) => loss(probability!),
  },
  bursts: {
    summary: "loses frames in bursts, as radio does",
    figures: { enter: share(), leave: share(), bad: share(1), good: share(0) },
    make: ({ enter, leave, bad, good }) => bursts({ enter: enter!, leave: leave!, bad: bad!, good: good! }),
  },
  delay: {
    summary: "adds to the latency of every frame",
    figures: { by: time(1000) },
    make: ({ by }) => delay(by!),
  },
  jitter: {
    summary: "adds a latency drawn for each frame anew",
    figures: { upTo: time(500) },
    make: ({ upTo }) => jitter(upTo!),
  },
  reorder: {
    summary: "holds some frames back, so that others overtake them",
    figures: { probability: share(), by: time(500, 10) },
    make: ({ probability, by }) => reorder(probability!, by!),
  },
  duplicate: {
    summary: "delivers some frames twice",
    figures: { probability: share(), later: time(500, 0) },
    make: ({ probability, later }) => duplicate(probability!, later!),
  },
  corrupt: {
    summary: "flips a bit in some frames",
    figures: { probability: share() },
    make: ({ probability }) => corrupt(probability!),
  },
  truncate: {
    summary: "cuts some frames short",
    figures: { probability: share() },
    make: ({ probability }) => truncate(probability!),
  },
  mark: {
    summary: "marks some packets as congested, if their ends understand that",
    figures: { probability: share() },
    make: ({ probability }) => mark(probability!),
  },
  bandwidth: {
    summary: "lets through so many bits a second, with a queue before",
    figures: {
      rate: { kind: "rate", range: [8_000, 1e9] },
      queue: { kind: "bytes", range: [1_500, 1e6], fallback: 65_536 },
      discipline: { kind: Object.freeze(["tail-drop", "red"]), fallback: "tail-drop" },
    },
    make: ({ rate, queue }, { discipline }) =>
      bandwidth(rate!, { queue: queue!, discipline: discipline as "tail-drop" | "red" }),
  },
  "mtu-black-hole": {
    summary: "loses longer IP packets without a word",
    figures: { mtu: { kind: "bytes", range: [68, 1500] } },
    make: ({ mtu }) => mtuBlackHole(mtu!),
  },
  partition: { summary: "lets nothing through", figures: {}, make: () => partition() },
});

/**
 * Makes a rule of what a file or a form says.
 *
 * @example
 * faultOf({ loss: "20%" });
 * faultOf({ reorder: { probability: 0.1, by: "30ms" } });
 * faultOf("partition");
 * @throws NetworkError EINVAL for what is none, with what would be
 */
export function faultOf(spec: FaultSpec): FaultRule {
  const entries = typeof spec === "string" ? [[spec, {}] as const] : Object.entries(spec);
  const [name, given] = entries[0] ?? ["", undefined];
  if (entries.length !== 1) throw wrong(JSON.stringify(spec), "want one fault, as in { loss: 0.2 }");
  const kind = Object.hasOwn(FAULT_KINDS, name) ? FAULT_KINDS[name] : undefined;
  if (kind === undefined) throw wrong(name, `there are ${Object.keys(FAULT_KINDS).join(", ")}`);
  const names = Object.keys(kind.figures);
  const values = new Map(
    Object.entries(typeof given === "object" && given !== null ? given : { [names[0] ?? "value"]: given }),
  );
  for (const figure of values.keys()) {
    if (!names.includes(figure)) throw wrong(`${name}.${figure}`, `want ${names.join(", ") || "no figure"}`);
  }
  const figures: Record<string, number> = {};
  const words: Record<string, string> = {};
  for (const [figure, { kind: what, fallback }] of Object.entries(kind.figures)) {
    const value = readFigure(`${name}.${figure}`, what, values.get(figure) ?? fallback);
    if (typeof value === "number") figures[figure] = value;
    else words[figure] = value;
  }
  return kind.make(figures, words);
}

const RATE_UNITS: Readonly<Record<string, number>> = Object.freeze({ "": 1, k: 1e3, M: 1e6, G: 1e9 });

/** A figure as a person writes it: 0.2 or "20%"; ms or "30ms"; "64kbit/s"; bytes. */
function readFigure(name: string, kind: FigureKind, value: unknown): number | string {
  if (value === undefined) throw wrong(name, "it is missing");
  if (typeof kind !== "string") {
    if (typeof value === "string" && kind.includes(value)) return value;
    throw wrong(`${name} ${String(value)}`, `want ${kind.join(" or ")}`);
  }
  const number = typeof value === "number" ? value : undefined;
  const text = typeof value === "string" ? value.trim() : "";
  switch (kind) {
    case "probability": {
      const share = number ?? (/^[\d.]+%$/.test(text) ? Number(text.slice(0, -1)) / 100 : Number.NaN);
      if (share >= 0 && share <= 1) return share;
      throw wrong(`${name} ${String(value)}`, 'want 0 to 1, or "20%"');
    }
    case "duration":
      return milliseconds((number ?? text) as Duration);
    case "rate": {
      const [, amount, unit] = /^([\d.]+) ?([kMG]?)bit\/s$/.exec(text) ?? [];
      const rate = number ?? (amount === undefined ? Number.NaN : Number(amount) * RATE_UNITS[unit!]!);
      if (rate > 0 && rate < Infinity) return rate;
      throw wrong(`${name} ${String(value)}`, 'want bits a second, or "64kbit/s"');
    }
    case "bytes":
      if (number !== undefined && Number.isInteger(number) && number >= 0) return number;
      throw wrong(`${name} ${String(value)}`, "want bytes");
  }
}

function wrong(subject: string, detail: string): NetworkError {
  return new NetworkError("EINVAL", "read fault", subject, detail);
}
