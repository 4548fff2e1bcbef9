import type { Engine } from "./engine.js";
import { EngineDevice } from "./engine-device.js";
import { DEVICE_MAC, Lan, type LanOptions } from "./lan.js";

/** What the device's host says of its memory. */
export const MEMORY = Object.freeze({ used: 50_000, total: 200_000 });

/** A device inside an engine, the LAN that it is on, and what it has logged so far. */
export interface BootedDevice {
  readonly lan: Lan;
  readonly device: EngineDevice;
  readonly log: readonly string[];
}

/** Loads a bundle into `engine` and plugs it into a LAN of its own. */
export async function bootOnLan(
  engine: Engine,
  script: string,
  options: LanOptions = {},
): Promise<BootedDevice> {
  await engine.evaluate(script);
  const lan = new Lan(options);
  const log: string[] = [];
  const device = new EngineDevice({
    simulation: lan.simulation,
    link: lan.deviceCable.plug({ name: "device", mac: DEVICE_MAC }),
    random: lan.simulation.random.fork("device"),
    engine,
    log: (_, line) => log.push(line),
    memory: () => MEMORY,
  });
  return { lan, device, log };
}
