import { Device } from "../../../../src/device/index.js";
import { nodeIo } from "../../io/index.js";
import { machineInterface } from "../../machine-interface.js";
import { nodeServices } from "../../services.js";
import { urlOf, type ServeTask } from "./options.js";
import { securedIo } from "./tls.js";

/** One of the addresses that it listens on. */
const ADDRESS = "127.0.0.1";

/** Serves the device's pages on this machine's own sockets. @throws NetworkError if the port can't be had */
export async function serveDevice(task: ServeTask, asked: Promise<void>): Promise<void> {
  let failed: (error: unknown) => void;
  const failure = new Promise<never>((_, reject) => (failed = reject));
  const firmware = new Device({
    ...nodeServices,
    io: task.tls === undefined ? nodeIo : await securedIo(nodeIo, task.tls, ADDRESS),
    network: machineInterface(),
    httpPort: task.port,
    httpLimits: task.limits,
    platform: `Node ${process.versions.node} on ${process.platform}`,
    onEvent: (event) => {
      if (event.type === "http-failed") failed(event.error);
      if (event.type !== "http-listening") return;
      const url = urlOf(task, ADDRESS, event.port);
      process.stdout.write(`Serving the device's pages at ${url} . Ctrl-C ends it.\n`);
    },
  });
  firmware.start();
  try {
    await Promise.race([asked, failure]);
  } finally {
    firmware.stop();
  }
}
