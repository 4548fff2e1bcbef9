import type { SimulatedHost } from "../../host.js";
import type { Realm } from "../engine/realm.js";
import type { Machine } from "../platform/machine.js";
import type { Radio } from "../platform/radio.js";

/** Where an app runs: a board, or the desktop simulator on a computer. */
export type ModdablePlatform = "esp32" | "simulator";

/** What the platform's modules are made for: one life of a host. */
export interface ModuleHost {
  readonly platform: ModdablePlatform;
  readonly host: SimulatedHost;
  readonly machine: Machine;
  readonly realm: Realm;
  /** ESP32's. */
  readonly radio: Radio | undefined;
  /** The IPv4 address that a name stands for, if any. */
  readonly resolve: (name: string) => string | undefined;
}

/** Calls back later, as what the platform has to look up does. @returns the address by then */
export function resolveLater(
  { machine, resolve }: Pick<ModuleHost, "machine" | "resolve">,
  name: string,
  done: (address: string | undefined) => void,
): void {
  machine.after(RESOLVE_TIME, () => done(resolve(name)));
}

/** What a name server in the LAN takes to answer, in ms. */
const RESOLVE_TIME = 2;
