// Runs as a process of its own: see wrk.ts. It sends its port over the channel, and ends when that is closed.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HOST_HTTP_LIMITS } from "../../hosts/node/http-limits.js";
import { nodeIo, nodeServices } from "../../hosts/node/index.js";
import { HttpServer } from "../../src/http/index.js";
import type { HttpContestant } from "./wrk.js";

const SMALL = "Hello, world!\n";
const LARGE = Buffer.alloc(2 ** 20, "0123456789abcdef");
const DAY = 24 * 3600 * 1000;

const SERVERS: Readonly<Record<HttpContestant, () => void>> = {
  wirelet() {
    const server = new HttpServer({
      ...nodeServices,
      io: nodeIo,
      port: 0,
      limits: { ...HOST_HTTP_LIMITS, requestsPerConnection: Infinity, idleTime: DAY },
    });
    server.get("/small", (_, response) => response.header("Content-Type", "text/plain").send(SMALL));
    server.get("/large", (_, response) => response.header("Content-Type", "text/plain").send(LARGE));
    server.start();
    tell(() => server.port);
  },

  node() {
    const server = createServer((request, response) => {
      const body = request.url === "/large" ? LARGE : SMALL;
      response.setHeader("Content-Type", "text/plain");
      response.setHeader("Content-Length", Buffer.byteLength(body));
      response.end(body);
    });
    server.keepAliveTimeout = DAY;
    server.listen(0, () => tell(() => (server.address() as AddressInfo).port));
  },
};

/** Sends the port as soon as it is known. */
function tell(port: () => number): void {
  if (port() === 0) setImmediate(tell, port);
  else process.send?.(port());
}

SERVERS[process.argv[2] as HttpContestant]();
process.on("disconnect", () => process.exit());
