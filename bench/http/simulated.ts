import { FirstBoot } from "../../simulator/index.js";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { KeepAliveClient } from "../support/keep-alive-client.js";
import { measure, type Sample } from "../support/rounds.js";

const PATH = "/api/status";

/** GETs through the whole simulated walk: HTTP, TCP, IP, Ethernet, two cables and a switch, and back. */
export const simulated: Benchmark = {
  name: "http/simulated",
  summary: `GETs of ${PATH} from a simulated laptop to a simulated device, by CPU time`,
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const scenario = new FirstBoot();
  scenario.boot();
  const client = new KeepAliveClient(scenario);
  const keptAlive = await measure(
    effort,
    "http/simulated, kept alive",
    sampleOf(() => client.get(PATH)),
  );
  // Left open, it would reach the device's idle time limit.
  client.close();
  const connectionEach = await measure(
    effort,
    "http/simulated, a connection each",
    sampleOf(() => {
      const single = new KeepAliveClient(scenario);
      const page = single.get(PATH);
      single.close();
      return page;
    }),
  );
  const unit = "GETs/s of CPU";
  return [
    {
      name: "http/simulated/keep-alive",
      title: "simulated laptop, switch and device, one connection",
      value: keptAlive,
      unit,
    },
    {
      name: "http/simulated/connection-each",
      title: "simulated laptop, switch and device, a connection for each GET",
      value: connectionEach,
      unit,
    },
  ];
}

/** Virtual time jumps, so only the processor's time counts: all that this process uses, its compilers included. */
function sampleOf(get: () => { readonly status: number; readonly body: string }): Sample {
  return (duration) => {
    const before = process.cpuUsage();
    let count = 0;
    let used: number;
    do {
      const { status, body } = get();
      if (status !== 200 || !body.includes('"mac"')) throw new Error(`GET ${PATH} got ${status}: ${body}`);
      count++;
      const { user, system } = process.cpuUsage(before);
      used = (user + system) / 1000;
    } while (used < duration);
    return (count / used) * 1000;
  };
}
