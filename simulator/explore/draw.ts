import { NetworkError } from "../../src/error/index.js";
import { milliseconds, type Duration } from "../duration.js";
import { FAULT_KINDS, type FaultFigure, type FaultKind, type FaultSpec } from "../faults/index.js";
import { PLACE_FAULTS, type Lan, type Schedule, type ScheduledFault } from "../lan/index.js";
import type { SimulatedRandom } from "../random.js";
import { span } from "./span.js";

/** What schedules are drawn from. */
export interface FaultMenu {
  /** Names of `FAULT_KINDS` and `PLACE_FAULTS`; absent: all of them. */
  readonly faults?: readonly string[];
  /** Names of cables and hosts; absent: all of the LAN's. */
  readonly on?: readonly string[];
  /** The most faults of one schedule, which has one at least; absent: DEFAULT_MOST. */
  readonly most?: number;
  /** When the last of them begins at the latest; absent: DEFAULT_WITHIN. */
  readonly within?: Duration;
  /** How long each lasts at most; absent: DEFAULT_LASTING. */
  readonly lasting?: Duration;
}

/** So few that a person understands what they do together, and so many that some meet. */
export const DEFAULT_MOST = 5;
/** A boot and the first exchanges of what has booted. */
export const DEFAULT_WITHIN: Duration = "60s";
/** Longer than the first retries of most protocols. */
export const DEFAULT_LASTING: Duration = "30s";

/** How often a figure is given that need not be. */
const OPTIONAL_FIGURE = 0.3;
/** Of three rules, one is for what is sent, one for what is received, and one for both. */
const WAYS = Object.freeze(["out", "in", undefined] as const);

/** All that can go wrong, in the order in which it is drawn from. */
export const ALL_FAULTS: readonly string[] = Object.freeze([
  ...Object.keys(FAULT_KINDS),
  ...Object.keys(PLACE_FAULTS),
]);

/** @throws NetworkError EINVAL for what a menu cannot have */
export function checkMenu({ faults = [], most = DEFAULT_MOST, within = 0, lasting = 1 }: FaultMenu): void {
  const unknown = faults.find((name) => !ALL_FAULTS.includes(name));
  if (unknown !== undefined)
    throw new NetworkError("EINVAL", "draw fault", unknown, `there are ${ALL_FAULTS.join(", ")}`);
  if (!Number.isInteger(most) || most < 1)
    throw new NetworkError("EINVAL", "draw faults", `at most ${most}`, "want a whole number from 1");
  milliseconds(within);
  if (milliseconds(lasting) < 1)
    throw new NetworkError("EINVAL", "draw faults", `lasting ${lasting}`, "want at least 1 ms");
}

/**
 * Draws what goes wrong on a LAN as it is now, from its seed.
 * @throws NetworkError EINVAL if none of the menu's faults can befall it
 */
export function drawSchedule(lan: Lan, menu: FaultMenu): Schedule {
  const random = lan.simulation.random.fork("schedule");
  const { faults = ALL_FAULTS, most = DEFAULT_MOST } = menu;
  const within = milliseconds(menu.within ?? DEFAULT_WITHIN);
  const longest = milliseconds(menu.lasting ?? DEFAULT_LASTING);
  const possible = faults.filter((name) => placesFor(lan, name, menu.on).length > 0);
  if (possible.length === 0)
    throw new NetworkError(
      "EINVAL",
      "draw faults",
      (menu.on ?? ["LAN"]).join(", "),
      "there is nothing to put them on",
    );
  const drawn: { readonly start: number; readonly entry: ScheduledFault }[] = [];
  for (let count = 1 + random.below(most); count > 0; count--) {
    const name = pick(random, possible);
    const on = pick(random, placesFor(lan, name, menu.on));
    const start = Math.round(random.fraction() * within);
    const lasting = span(1 + Math.round(random.fraction() * (longest - 1)));
    const kind = FAULT_KINDS[name];
    const way = pick(random, WAYS);
    const entry: ScheduledFault =
      kind === undefined
        ? { at: span(start), ...(name !== "reboot" && { lasting }), on, fault: name }
        : {
            at: span(start),
            lasting,
            on,
            fault: drawFault(random, name, kind),
            ...(way !== undefined && { way }),
          };
    drawn.push({ start, entry });
  }
  return drawn.sort((a, b) => a.start - b.start).map(({ entry }) => entry);
}

function placesFor(lan: Lan, name: string, on: readonly string[] | undefined): string[] {
  const places = PLACE_FAULTS[name]?.place === "host" ? lan.hosts : lan.cables;
  return places.map((place) => place.name).filter((place) => on?.includes(place) ?? true);
}

function drawFault(random: SimulatedRandom, name: string, { figures }: FaultKind): FaultSpec {
  const drawn: Record<string, number | string> = {};
  for (const [figure, how] of Object.entries(figures)) {
    const value = drawFigure(random, how);
    if (how.fallback === undefined || random.chance(OPTIONAL_FIGURE)) drawn[figure] = value;
  }
  const [only, ...others] = Object.entries(drawn);
  if (only === undefined) return name;
  return { [name]: others.length === 0 && only[0] === Object.keys(figures)[0] ? only[1] : drawn };
}

function drawFigure(random: SimulatedRandom, { kind, range = [0, 1] }: FaultFigure): number | string {
  if (typeof kind !== "string") return pick(random, kind);
  const [least, most] = range;
  const fraction = random.fraction();
  switch (kind) {
    case "probability":
      // Squared: most links are not that bad, and protocols that live on them have the more time to go wrong.
      return Math.max(0.01, Math.round((least + fraction ** 2 * (most - least)) * 100) / 100);
    case "duration":
      return span(Math.round(least + fraction * (most - least)));
    case "rate":
      return Number((least * (most / least) ** fraction).toPrecision(2));
    case "bytes":
      return Math.round(least + fraction * (most - least));
  }
}

function pick<T>(random: SimulatedRandom, list: readonly T[]): T {
  return list[random.below(list.length)]!;
}
