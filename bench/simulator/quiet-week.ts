import { Lan, dhcpServer, firmware } from "../../simulator/index.js";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { median } from "../support/rounds.js";

const DEVICES = 20;

/** Devices that nobody talks to: their leases are renewed, and nothing else happens. */
export const quietWeek: Benchmark = {
  name: "simulator/quiet-week",
  summary: `a week of a LAN of ${DEVICES} devices that nobody talks to`,
  run,
};

async function run({ rounds, progress }: Effort): Promise<readonly Measurement[]> {
  const times: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    progress(`${quietWeek.name}: round ${round} of ${rounds}`);
    times.push(await weekOf(round));
  }
  const title = `seven days of ${DEVICES} devices and a DHCP server`;
  return [{ name: quietWeek.name, title, value: median(times), unit: "s", atMost: 10 }];
}

/** @returns seconds of this machine */
async function weekOf(seed: number): Promise<number> {
  const lan = new Lan({ seed });
  lan.host("router", { address: "192.168.1.1/24", app: dhcpServer() });
  const sensors = Array.from({ length: DEVICES }, (_, index) =>
    lan.host(`sensor-${index + 1}`, { stack: "device", app: firmware() }),
  );
  const begin = performance.now();
  await lan.runFor("7d");
  const time = (performance.now() - begin) / 1000;
  if (sensors.some(({ app }) => app.status.dhcp?.state !== "BOUND")) throw new Error("a lease was lost");
  return time;
}
