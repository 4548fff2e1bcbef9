import type { App, LanHostOptions, LinkOptions, ScheduledFault } from "../lan/index.js";
import type { AlternationTimes } from "../alternation.js";
import type { FaultRule } from "../faults/index.js";
import type { RouterOptions } from "../router/index.js";
import type { Expectation } from "./expect/expectation.js";
import type { Field } from "./read/field.js";

/** A host, or several of a kind. */
export interface HostPlan {
  /** Says where its errors are. */
  readonly field: Field;
  readonly names: readonly string[];
  readonly app: App | undefined;
  readonly options: Omit<LanHostOptions, "app" | "on">;
  /** Switches by name; none: the default one. */
  readonly on: readonly string[];
  /** How its power goes and comes again and again; absent: it stays. */
  readonly losesPower: AlternationTimes | undefined;
}

/** A router whose switches are names. */
export interface RouterPlan {
  readonly field: Field;
  readonly name: string;
  readonly networks: readonly (Omit<RouterOptions["networks"][number], "on"> & { readonly on: string })[];
  readonly uplink: (Omit<NonNullable<RouterOptions["uplink"]>, "on"> & { readonly on: string }) | undefined;
  readonly routes: NonNullable<RouterOptions["routes"]>;
}

/** A cable between two switches. */
export interface CablePlan {
  readonly field: Field;
  readonly between: readonly [string, string];
  readonly link: LinkOptions;
  readonly faults: readonly FaultRule[];
}

/** What a scenario file says, with everything in it looked at. */
export interface ScenarioPlan {
  readonly title: string;
  readonly about: string;
  readonly seed: number | undefined;
  /** How long it is worth looking at, in virtual ms. */
  readonly duration: number | undefined;
  readonly switches: readonly string[];
  readonly routers: readonly RouterPlan[];
  readonly hosts: readonly HostPlan[];
  readonly cables: readonly CablePlan[];
  readonly schedule: readonly ScheduledFault[];
  readonly expectations: readonly Expectation[];
}
