import { Device } from "../../../src/device/index.js";
import { nodeIo } from "../io/index.js";
import { machineInterface } from "../machine-interface.js";
import { nodeServices } from "../services.js";
import { explainPort, numberOption, parseOptions } from "./options.js";
import { untilSignal } from "./until-signal.js";

const DEFAULT_PORT = 8080;

export const SERVE_HELP = `Serves the device's pages on this machine's own sockets (node:net): the firmware's HTTP side
without its own TCP/IP. The MAC and the address on the page are this machine's.

Usage: npm run wirelet -- serve [OPTION…]

  --port N   the port, on every interface (default ${DEFAULT_PORT}; 0 picks a free one)
  --help     print this
`;

/** `wirelet serve` */
export async function serve(args: readonly string[]): Promise<number> {
  const values = parseOptions(args, { port: { type: "string" } });
  const range = { minimum: 0, maximum: 65_535, integer: true };
  const httpPort = numberOption("port", values.port, range) ?? DEFAULT_PORT;
  let failed: (error: unknown) => void;
  const failure = new Promise<never>((_, reject) => (failed = reject));
  const firmware = new Device({
    ...nodeServices,
    io: nodeIo,
    network: machineInterface(),
    httpPort,
    // The defaults are for a device with 70 KB of memory.
    httpLimits: { connections: 1024 },
    platform: `Node ${process.versions.node} on ${process.platform}`,
    onEvent: (event) => {
      if (event.type === "http-failed") failed(event.error);
      if (event.type !== "http-listening") return;
      process.stdout.write(
        `Serving the device's pages at http://127.0.0.1:${event.port}/ . Ctrl-C ends it.\n`,
      );
    },
  });
  // Before it is said that Ctrl-C ends it.
  const asked = untilSignal();
  firmware.start();
  try {
    await Promise.race([asked, failure]).catch(explainPort);
  } finally {
    firmware.stop();
  }
  process.stdout.write("\nStopped.\n");
  return 0;
}
