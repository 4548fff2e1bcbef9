import type { Server } from "node:net";
import {
  Capture,
  CaptureFile,
  FirstBoot,
  RealTime,
  formatStoryLine,
  forward,
  listenOnLoopback,
  portOf,
  type BootReport,
  type Page,
} from "../../../simulator/index.js";
import { maskOfPrefixLength } from "../../../src/address/index.js";
import { explainPort, numberOption, parseOptions, textOption } from "./options.js";
import { untilSignal } from "./until-signal.js";

const DEFAULT_PORT = 8080;
/** In ms: with more than 1.5 s each way, an answer to ARP comes after whoever asked has given up. */
const MAX_LATENCY = 1000;

export const SIM_HELP = `Simulates a LAN: a switch, a router that is the DHCP server, a laptop, and a device that runs
Wirelet's firmware. Tells what happens, then forwards a port of this machine to the device's page
until Ctrl-C.

Usage: npm start -- [OPTION…]      or: wirelet sim [OPTION…]

  --once          end after one GET of / and one of /api/status, made by the simulated laptop
  --json          print one JSON object on standard output, and the story on standard error
                  (use "npm start --silent -- --json": npm prints a banner otherwise)
  --seed N        decides every random choice: the same seed gives the same run (default 1)
  --loss P        lose each frame on the device's cable with this probability, 0 to 0.9
  --latency MS    of the device's cable, each way, in ms, 0 to ${MAX_LATENCY} (default 1)
  --pcap FILE     write what crosses the device's cable as pcapng, for Wireshark or tshark
  --port N        of this machine, for your browser (default ${DEFAULT_PORT}; 0 picks a free one)
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
  });
  const seed = numberOption("seed", values.seed, { minimum: 0, maximum: 2 ** 32 - 1, integer: true });
  const loss = numberOption("loss", values.loss, { minimum: 0, maximum: 0.9 });
  const latency = numberOption("latency", values.latency, { minimum: 0, maximum: MAX_LATENCY });
  const port = numberOption("port", values.port, { minimum: 0, maximum: 65_535, integer: true });
  const pcap = textOption("pcap", values.pcap);

  const story = values.json === true ? process.stderr : process.stdout;
  const server =
    values.once === true ? undefined : await listenOnLoopback(port ?? DEFAULT_PORT).catch(explainPort);
  const file = pcap === undefined ? undefined : new CaptureFile(pcap);
  const scenario = new FirstBoot({
    ...(seed === undefined ? {} : { seed }),
    ...(loss === undefined ? {} : { loss }),
    ...(latency === undefined ? {} : { latency }),
    onStory: (line) => story.write(`${formatStoryLine(line)}\n`),
  });
  if (file !== undefined) new Capture((block) => file.write(block)).watch(scenario.device.cable);
  try {
    const report = scenario.boot();
    if (values.once === true) await scenario.get("/");
    if (values.once === true || values.json === true) {
      const page = await scenario.get("/api/status");
      if (values.json === true) process.stdout.write(`${JSON.stringify(summary(scenario, report, page))}\n`);
    }
    if (server !== undefined) await serveBrowser(scenario, server, story);
  } finally {
    server?.close();
    file?.close();
  }
  if (pcap !== undefined) story.write(`Capture written to ${pcap}\n`);
  return 0;
}

/** Forwards what comes to `server` to the device, in real time, until the user has had enough. */
async function serveBrowser(
  scenario: FirstBoot,
  server: Server,
  story: NodeJS.WritableStream,
): Promise<void> {
  const pace = new RealTime(scenario.lan.simulation);
  const stop = forward({
    server,
    from: scenario.laptop.machine,
    to: () => ({ address: scenario.device.address.toString(), port: scenario.device.app.httpPort }),
    pace,
  });
  // Before it is said that Ctrl-C ends it.
  const asked = untilSignal();
  story.write(
    `\nOpen http://127.0.0.1:${portOf(server)}/ in your browser: it leads to port ${scenario.device.app.httpPort} of the device.\n`,
  );
  story.write("Ctrl-C ends it.\n\n");
  await asked;
  stop();
  pace.stop();
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
