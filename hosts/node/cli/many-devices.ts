import type { Server } from "node:net";
import {
  ManyDevices,
  RealTime,
  forward,
  listenOnLoopback,
  portOf,
  type ManyDevicesReport,
} from "../../../simulator/index.js";
import { explainPort } from "./options.js";
import { untilSignal } from "./until-signal.js";

/** How often the terminal shows how far the devices are, in ms. */
const PROGRESS_INTERVAL = 200;
const MIB = 2 ** 20;
const KIB = 2 ** 10;

export interface ManyDevicesTask {
  readonly devices: number;
  readonly seed: number;
  /** Of this machine, for the first device's page; undefined: the command ends when all is shown. */
  readonly port: number | undefined;
  readonly json: boolean;
}

/** What a run took on this machine: ms and bytes. */
interface Cost {
  readonly boot: number;
  readonly ask: number;
  /** Since the process began. */
  readonly total: number;
  /** Of the processor, since then. */
  readonly cpu: number;
  readonly memory: number;
}

/** `npm start -- --devices N` @returns the exit status: 1 if a device has not told its status */
export async function manyDevices({ devices, seed, port, json }: ManyDevicesTask): Promise<number> {
  const story = json ? process.stderr : process.stdout;
  const server = port === undefined ? undefined : await listenOnLoopback(port).catch(explainPort("port"));
  try {
    const scenario = new ManyDevices({ devices, seed });
    story.write(`${count(devices)} devices on ${subnetsOf(scenario)}, seed ${seed}\n`);
    const cost = await run(scenario);
    const { report } = scenario;
    if (json) process.stdout.write(`${JSON.stringify(summary(report, cost))}\n`);
    story.write(describe(report, cost));
    if (server !== undefined) await serveBrowser(scenario, server, story);
    return report.statuses === devices ? 0 : 1;
  } finally {
    server?.close();
  }
}

async function run(scenario: ManyDevices): Promise<Cost> {
  const all = count(scenario.devices.length);
  const begin = performance.now();
  await showing(() => `${count(scenario.listening)} of ${all} devices have booted`, scenario.boot());
  const booted = performance.now();
  await showing(() => `${count(scenario.statuses)} of ${all} have told their status`, scenario.askAll());
  const total = performance.now();
  // Linux, macOS and Windows all give it in KiB.
  const memory = process.resourceUsage().maxRSS * KIB;
  const { user, system } = process.cpuUsage();
  return { boot: booted - begin, ask: total - booted, total, cpu: (user + system) / 1000, memory };
}

/** Shows a person at the terminal how far `work` is; what is written to a file or a log stays as it is. */
async function showing<T>(progress: () => string, work: Promise<T>): Promise<T> {
  const { stderr, env } = process;
  if (!stderr.isTTY || env["CI"] !== undefined) return work;
  const timer = setInterval(() => stderr.write(`\r\x1b[K${progress()}`), PROGRESS_INTERVAL);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    stderr.write("\r\x1b[K");
  }
}

/** Forwards what comes to `server` to the first device, in real time, until the user has had enough. */
async function serveBrowser(
  { lan, laptop, devices }: ManyDevices,
  server: Server,
  story: NodeJS.WritableStream,
): Promise<void> {
  const device = devices[0]!;
  const pace = new RealTime(lan.simulation);
  const stop = forward({
    server,
    from: () => laptop.machine,
    to: () => ({ address: device.address.toString(), port: device.app.httpPort }),
    pace,
  });
  // Before it is said that Ctrl-C ends it.
  const asked = untilSignal();
  const page = `http://127.0.0.1:${portOf(server)}/`;
  story.write(`\nOpen ${page} in your browser: it leads to ${device.name}, at ${device.address}.\n`);
  story.write("Ctrl-C ends it.\n\n");
  await asked;
  stop();
  pace.stop();
  story.write("\nStopped.\n");
}

/** What --json prints. */
function summary(report: ManyDevicesReport, { boot, ask, total, cpu, memory }: Cost): object {
  const { devices, events, framesSent, framesHeard } = report;
  const each = (figure: number): number => Number((figure / devices).toPrecision(4));
  return {
    ...report,
    wallMilliseconds: { boot: Math.round(boot), ask: Math.round(ask), total: Math.round(total) },
    cpuMilliseconds: Math.round(cpu),
    peakMemoryBytes: memory,
    perDevice: {
      wallMilliseconds: each(total),
      memoryBytes: Math.round(memory / devices),
      events: each(events),
      framesSent: each(framesSent),
      framesHeard: each(framesHeard),
    },
  };
}

/** The same for people. */
function describe(report: ManyDevicesReport, { boot, ask, total, memory }: Cost): string {
  const { devices, leases, listening, statuses, time, events, framesSent, framesHeard, mostFrames } = report;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return `${count(listening)} have booted and ${count(leases)} have a lease, in ${seconds(boot)}
${count(statuses)} have told the laptop their status, in ${seconds(ask)}
${seconds(total)} in all, ${(total / devices).toFixed(1)} ms a device, for ${seconds(time)} of virtual time
${Math.round(memory / MIB)} MiB of memory at the most
${count(events)} events, ${count(framesSent)} frames sent and ${count(framesHeard)} heard, ${count(mostFrames)} in memory at the most
`;
}

function subnetsOf({ router }: ManyDevices): string {
  const { length } = router.app;
  return length === 1 ? "one subnet" : `${length} subnets`;
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
