import type { AccessPoint } from "./access-point.js";
import type { Radio } from "./radio.js";
import { WEAKEST_SIGNAL } from "./signal.js";

/** The access points and stations of a LAN, each of which may hear the others. */
export class Air {
  readonly #accessPoints: AccessPoint[] = [];
  readonly #radios: Radio[] = [];

  /** In the order in which they were added. */
  get accessPoints(): readonly AccessPoint[] {
    return this.#accessPoints;
  }

  get radios(): readonly Radio[] {
    return this.#radios;
  }

  add(accessPoint: AccessPoint): void {
    this.#accessPoints.push(accessPoint);
    this.changed();
  }

  addRadio(radio: Radio): void {
    this.#radios.push(radio);
  }

  /** Those that a station hears, the strongest first. */
  heardBy(radio: Radio): AccessPoint[] {
    const strength = (accessPoint: AccessPoint): number => radio.signalOf(accessPoint);
    return this.#accessPoints
      .filter((accessPoint) => strength(accessPoint) >= WEAKEST_SIGNAL)
      .sort((one, other) => strength(other) - strength(one));
  }

  /** Somebody has moved, or has no power any more. */
  changed(): void {
    for (const radio of this.#radios) radio.look();
  }
}
