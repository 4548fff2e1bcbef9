import { requireTool } from "../../tests/support/requirements.js";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { compare } from "../support/rounds.js";
import { HttpServerProcess } from "../support/wrk.js";

/** What is asked for, and how much of node:http's rate this project's server is to reach. */
const PAGES = [
  { path: "/small", title: "a GET of 14 bytes, kept alive", atLeast: 1.3 },
  { path: "/large", title: "a GET of 1 MiB, kept alive", atLeast: 1 },
];

/** This project's server on Node's sockets against node:http, each a process, under the same load from a third. */
export const httpServer: Benchmark = {
  name: "http/server",
  summary: "GETs that wrk gets from this server on Node's sockets, and from node:http",
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const { missing } = requireTool("wrk");
  if (missing !== undefined) {
    process.stderr.write(`wirelet bench: ${httpServer.name} is left out: ${missing}\n`);
    return [];
  }
  const node = await HttpServerProcess.start("node");
  const wirelet = await HttpServerProcess.start("wirelet");
  try {
    const found: Measurement[] = [];
    for (const { path, title, atLeast } of PAGES) {
      const name = `${httpServer.name}${path}`;
      const [theirs, ours] = await compare(effort, name, node.asking(path), wirelet.asking(path));
      const unit = "GETs/s";
      const against = `${name}-node`;
      found.push({ name: against, title: `node:http, ${title}`, value: theirs, unit });
      found.push({ name, title: `this server, ${title}`, ...ours!, unit, against, atLeast });
    }
    return found;
  } finally {
    await Promise.all([node.stop(), wirelet.stop()]);
  }
}
