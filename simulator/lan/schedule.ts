import { NetworkError } from "../../src/error/index.js";
import type { Cable, Direction } from "../cable.js";
import { milliseconds, type Duration } from "../duration.js";
import { faultOf, type FaultSpec } from "../faults/index.js";
import type { LanHost } from "./lan-host.js";
import type { Lan } from "./lan.js";

/** Something that goes wrong for a while. */
export interface ScheduledFault {
  /** When it begins, counted from when the LAN is given the schedule. */
  readonly at: Duration;
  /** Absent: until the schedule is ended. */
  readonly lasting?: Duration;
  /** The name of a cable, or of a host, whose first cable has the same name. */
  readonly on: string;
  /** One of `PLACE_FAULTS`, or a rule for the frames on the cable. */
  readonly fault: FaultSpec;
  /**
   * Which frames a rule is for: "out" are those that the host sends, or, between two switches, those of the one that the cable
   * is called after first. Absent: all.
   */
  readonly way?: "out" | "in";
}

/** What goes wrong on a LAN, and when. */
export type Schedule = readonly ScheduledFault[];

/** A schedule, or what makes one for the LAN as it is at that moment. */
export type ScheduleSource = Schedule | ((lan: Lan) => Schedule);

interface CableFault {
  readonly summary: string;
  readonly place: "cable";
  /** @returns what ends it */
  readonly begin: (cable: Cable) => () => void;
}

interface HostFault {
  readonly summary: string;
  readonly place: "host";
  /** @returns what ends it; absent: it is over at once */
  readonly begin: (host: LanHost) => (() => void) | undefined;
}

/** What befalls a whole cable or host, and not its frames one by one. */
export type PlaceFault = CableFault | HostFault;

/** What a schedule may name besides the `FAULT_KINDS`. */
export const PLACE_FAULTS: Readonly<Record<string, PlaceFault>> = Object.freeze({
  cut: {
    summary: "takes the cable out",
    place: "cable",
    begin: (cable) => {
      cable.cut();
      return () => cable.mend();
    },
  },
  "power-off": {
    summary: "cuts the host's power",
    place: "host",
    begin: (host) => {
      if (!host.isOn) return undefined;
      host.powerOff();
      return () => host.powerOn();
    },
  },
  reboot: {
    summary: "cuts the host's power and gives it back at once",
    place: "host",
    begin: (host) => {
      if (host.isOn) host.reboot();
      return undefined;
    },
  },
  "out-of-memory": {
    summary: "takes all memory that the host's stack could still have",
    place: "host",
    begin: (host) => host.exhaustMemory(),
  },
});

/** An entry of which all that could be wrong is known to be right. */
interface Planned {
  readonly entry: ScheduledFault;
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** Whether several at a time do what one does. */
  readonly isShared: boolean;
  readonly begin: () => (() => void) | undefined;
}

/**
 * Has everything happen at its time.
 *
 * @returns a function that ends what goes on, and what has not begun
 * @throws NetworkError EINVAL for a fault that is none, EHOSTUNREACH for a name that the LAN does not have; then nothing happens
 */
export function applySchedule(lan: Lan, source: ScheduleSource): () => void {
  const schedule = typeof source === "function" ? source(lan) : source;
  const planned = schedule.map((entry) => plan(lan, entry));
  const holds = new Map<string, Hold>();
  const stops = planned.map((each) => run(lan, each, holds));
  return () => stops.forEach((stop) => stop());
}

function plan(lan: Lan, entry: ScheduledFault): Planned {
  const { at, lasting, on, fault, way } = entry;
  const start = milliseconds(at);
  const end = lasting === undefined ? Infinity : start + milliseconds(lasting);
  const name = typeof fault === "string" ? fault : "";
  const befalls = Object.hasOwn(PLACE_FAULTS, name) ? PLACE_FAULTS[name] : undefined;
  if (befalls === undefined) {
    const rule = faultOf(fault);
    const cable = findCable(lan, on);
    const direction = directionOf(lan, cable, way);
    return {
      entry,
      start,
      end,
      name: rule.name,
      isShared: false,
      begin: () => cable.impair(rule, direction),
    };
  }
  if (way !== undefined)
    throw new NetworkError(
      "EINVAL",
      "schedule fault",
      `${name} on ${on}`,
      "only rules for frames have a way",
    );
  const shared = { entry, start, end, name, isShared: true };
  if (befalls.place === "host") {
    const host = lan.find(on);
    return { ...shared, begin: () => befalls.begin(host) };
  }
  const cable = findCable(lan, on);
  return { ...shared, begin: () => befalls.begin(cable) };
}

/** @returns a function that ends it, or keeps it from beginning */
function run(lan: Lan, planned: Planned, holds: Map<string, Hold>): () => void {
  const { simulation } = lan;
  const { entry, start, end, name } = planned;
  const what = entry.way === undefined ? name : `${name}, ${entry.way}`;
  const tell = (text: string): void => lan.tell(entry.on, { topic: "fault", text });
  let release: (() => void) | undefined;
  const beginning = simulation.schedule(start, () => {
    release = hold(holds, planned);
    if (release === undefined) tell(what);
    else tell(`${what} begins${end === Infinity ? "" : `, for ${(end - start) / 1000} s`}`);
  });
  const finish = (): void => {
    simulation.cancel(beginning);
    release?.();
    release = undefined;
  };
  if (end === Infinity) return finish;
  const ending = simulation.schedule(end, () => {
    if (release !== undefined) tell(`${what} ends`);
    finish();
  });
  return () => {
    simulation.cancel(ending);
    finish();
  };
}

/** One or more entries that do the same to the same place. */
interface Hold {
  count: number;
  readonly end: () => void;
}

/** Where such entries overlap, the place gets better when the last of them ends. @returns what ends this one */
function hold(holds: Map<string, Hold>, planned: Planned): (() => void) | undefined {
  if (!planned.isShared) return planned.begin();
  const key = `${planned.name} ${planned.entry.on}`;
  let held = holds.get(key);
  if (held === undefined) {
    const end = planned.begin();
    if (end === undefined) return undefined;
    held = { count: 0, end };
    holds.set(key, held);
  }
  const { end } = held;
  held.count++;
  return () => {
    if (--held.count > 0) return;
    holds.delete(key);
    end();
  };
}

function findCable(lan: Lan, name: string): Cable {
  const cable = lan.cables.find((each) => each.name === name);
  if (cable !== undefined) return cable;
  const names = lan.cables.map((each) => each.name).join(", ");
  throw new NetworkError("EHOSTUNREACH", "find cable", name, `on this LAN there are ${names}`);
}

function directionOf(lan: Lan, cable: Cable, way: ScheduledFault["way"]): Direction {
  if (way === undefined) return {};
  // A host's cable was put into the switch before the host was there.
  const isHost = lan.hosts.some(({ cables }) => cables.includes(cable));
  const end = cable.ends[isHost ? 1 : 0];
  if (end === undefined) return {};
  return way === "out" ? { from: end } : { to: end };
}
