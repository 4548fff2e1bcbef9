import { createServer } from "node:http";
import type { Server } from "node:net";
import {
  DEVICES_PER_SUBNET,
  Dashboard,
  FirstBoot,
  MAX_DEVICES,
  Run,
  firstBootBeginning,
  firstBootOptions,
  formatStoryLine,
  forward,
  listenOnLoopback,
  portOf,
  standardScenarios,
  type BootReport,
  type LanHost,
  type Page,
  type StoryLine,
} from "../../../simulator/index.js";
import { maskOfPrefixLength } from "../../../src/address/index.js";
import type { Device } from "../../../src/device/index.js";
import { manyDevices } from "./many-devices.js";
import { captureLan, captureStatus, textOutput } from "./open-capture.js";
import {
  UsageError,
  durationOption,
  explainPort,
  numberOption,
  parseOptions,
  textOption,
  type OptionValue,
} from "./options.js";
import { runScenario } from "./scenario/scenario.js";
import { untilSignal } from "./until-signal.js";

const DEFAULT_PORT = 8080;
const DEFAULT_DASHBOARD_PORT = 8081;
/** What --watch, --duration and --report are about where no scenario is named. */
const DEFAULT_SCENARIO = "first-boot";
/** As long as nobody has chosen another one. */
const DEFAULT_SEED = 1;
/** In ms: with more than 1.5 s each way, an answer to ARP comes after whoever asked has given up. */
const MAX_LATENCY = 1000;

export const SIM_HELP = `Simulates a LAN: a switch, a router that is the DHCP server, a laptop, and a device that runs
Wirelet's firmware. Tells what happens, then forwards a port of this machine to the device's page,
and serves a dashboard that shows the LAN, until Ctrl-C.

Usage: npm start -- [OPTION…]      or: wirelet sim [OPTION…]

  --once          end after one GET of / and one of /api/status, made by the simulated laptop
  --json          print one JSON object on standard output, and the story on standard error
                  (use "npm start --silent -- --json": npm prints a banner otherwise)
  --seed N        decides every random choice: the same seed gives the same run (default 1)
  --loss P        lose each frame on the device's cable with this probability, 0 to 0.9
  --latency MS    of the device's cable, each way, in ms, 0 to ${MAX_LATENCY} (default 1)
  --pcap FILE     write what crosses the device's cable as pcapng, while it happens, for Wireshark
                  or tshark; FILE may be a named pipe, or - for standard output:
                  npm start --silent -- --pcap - | wireshark -k -i -
  --port N        of this machine, for the device's page (default ${DEFAULT_PORT}; 0 picks a free one)
  --dashboard-port N
                  of this machine, for the dashboard (default ${DEFAULT_DASHBOARD_PORT}; 0 picks a free one)
  --no-dashboard  serve none
  --devices N     boot so many devices instead, up to ${MAX_DEVICES}, on subnets of ${DEVICES_PER_SUBNET} with a router
                  between them, GET /api/status of each from the laptop, and tell what it took;
                  the port leads to the first device, and there is no dashboard
  --scenario NAME run a scenario instead: a YAML file, or one of Wirelet's, which "list" names
  --watch         show a table of the hosts in the terminal (of the scenario, or of first-boot)
  --duration T    end after this virtual time, as fast as it goes: 90s, 30m, 1h
  --report FILE   write what happened as one HTML file, when it has ended
                  With --once, --duration or --report a scenario ends by itself, and fails with
                  status 1 if something that it expects did not come true
  --help          print this
`;

/** `npm start` and `wirelet sim`. */
export async function sim(args: readonly string[]): Promise<number> {
  const values = parseOptions(args, {
    once: { type: "boolean" },
    json: { type: "boolean" },
    seed: { type: "string" },
    loss: { type: "string" },
    latency: { type: "string" },
    pcap: { type: "string" },
    port: { type: "string" },
    "dashboard-port": { type: "string" },
    "no-dashboard": { type: "boolean" },
    devices: { type: "string" },
    scenario: { type: "string" },
    watch: { type: "boolean" },
    duration: { type: "string" },
    report: { type: "string" },
  });
  const seed = numberOption("seed", values.seed, { minimum: 0, maximum: 2 ** 32 - 1, integer: true });
  const loss = numberOption("loss", values.loss, { minimum: 0, maximum: 0.9 });
  const latency = numberOption("latency", values.latency, { minimum: 0, maximum: MAX_LATENCY });
  const ports = { minimum: 0, maximum: 65_535, integer: true };
  const port = numberOption("port", values.port, ports);
  const dashboardPort = numberOption("dashboard-port", values["dashboard-port"], ports);
  const pcap = textOption("pcap", values.pcap);
  const devices = numberOption("devices", values.devices, {
    minimum: 1,
    maximum: MAX_DEVICES,
    integer: true,
  });
  const scenarioName = textOption("scenario", values.scenario);
  const duration = durationOption("duration", values.duration);
  const report = textOption("report", values.report);
  if (scenarioName !== undefined || values.watch === true || duration !== undefined || report !== undefined) {
    refuse(values, ["loss", "latency", "pcap", "port", "json", "devices"], "--scenario");
    return runScenario({
      scenario: scenarioName ?? DEFAULT_SCENARIO,
      seed,
      duration: duration === undefined ? undefined : duration * 1000,
      once: values.once === true,
      watch: values.watch === true,
      report,
      dashboardPort: values["no-dashboard"] === true ? undefined : (dashboardPort ?? DEFAULT_DASHBOARD_PORT),
    });
  }
  if (devices !== undefined) {
    refuse(values, ["loss", "latency", "pcap", "dashboard-port"], "--devices");
    return manyDevices({
      devices,
      seed: seed ?? DEFAULT_SEED,
      port: values.once === true ? undefined : (port ?? DEFAULT_PORT),
      json: values.json === true,
    });
  }

  const story = textOutput(pcap, values.json === true);
  const stays = values.once !== true;
  const server = stays ? await listenOnLoopback(port ?? DEFAULT_PORT).catch(explainPort("port")) : undefined;
  const web =
    stays && values["no-dashboard"] !== true
      ? await listenOnLoopback(dashboardPort ?? DEFAULT_DASHBOARD_PORT, createServer()).catch(
          explainPort("dashboard-port"),
        )
      : undefined;
  const onStory = (line: StoryLine): void => void story.write(`${formatStoryLine(line)}\n`);
  const beginning = firstBootBeginning(seed ?? DEFAULT_SEED, { loss, latency });
  const scenario = new FirstBoot({ ...firstBootOptions(beginning), onStory });
  const run = new Run(beginning, scenario.lan);
  // Before the boot, so that it has seen it all.
  const dashboard = web && new Dashboard({ run, scenarios: standardScenarios(onStory) });
  const capture = pcap === undefined ? undefined : captureLan(pcap, scenario.lan, scenario.device.cable);
  try {
    const report = scenario.boot();
    if (values.once === true) await scenario.get("/");
    if (values.once === true || values.json === true) {
      const page = await scenario.get("/api/status");
      if (values.json === true) process.stdout.write(`${JSON.stringify(summary(scenario, report, page))}\n`);
    }
    if (web !== undefined) dashboard?.serve(web);
    if (server !== undefined) await serveBrowser(() => dashboard?.run ?? run, server, web, story);
  } finally {
    dashboard?.end();
    run.end();
    server?.close();
    capture?.close();
  }
  if (capture !== undefined && capture.problem === undefined && pcap !== "-")
    story.write(`Capture written to ${pcap}\n`);
  return captureStatus(capture);
}

/** @throws UsageError if an option was given that makes no sense with `other` */
function refuse(
  values: Readonly<Record<string, OptionValue>>,
  names: readonly string[],
  other: string,
): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} does not go with ${other}.`);
}

/** Forwards what comes to `server` to the device of the run that is shown, in its time, until the user has had enough. */
async function serveBrowser(
  run: () => Run,
  server: Server,
  web: Server | undefined,
  story: NodeJS.WritableStream,
): Promise<void> {
  const device = (): LanHost<Device> => run().lan.find("device") as LanHost<Device>;
  const stop = forward({
    server,
    from: () => {
      run().hearOutside();
      return run().lan.find("laptop").machine;
    },
    to: () => ({ address: device().address.toString(), port: device().app.httpPort }),
    pace: { now: (action) => run().pace.now(action) },
  });
  // Before it is said that Ctrl-C ends it.
  const asked = untilSignal();
  // From here on time passes.
  void run().pace;
  const page = `http://127.0.0.1:${portOf(server)}/`;
  story.write(`\nOpen ${page} in your browser: it leads to port ${device().app.httpPort} of the device.\n`);
  if (web !== undefined) story.write(`The LAN is shown at http://127.0.0.1:${portOf(web)}/\n`);
  story.write("Ctrl-C ends it.\n\n");
  await asked;
  stop();
  run().end();
  story.write("\nStopped.\n");
}

/** What --json prints. */
function summary({ device }: FirstBoot, { lease, messages }: BootReport, page: Page): object {
  const { gateway, dns } = lease.configuration;
  return {
    mac: device.mac.toString(),
    ip: lease.address.toString(),
    mask: maskOfPrefixLength(lease.prefixLength).toString(),
    gateway: gateway?.toString() ?? null,
    dns: dns.map(String),
    leaseSeconds: lease.leaseSeconds,
    dhcp: messages,
    http: { status: page.status, body: JSON.parse(page.body) as unknown },
  };
}
