import { describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { requireTap, requireTool } from "../support/requirements.js";

const SCRIPT = join(__dirname, "..", "..", "scripts", "bench.mjs");
/** For a busy machine: it takes seconds on an idle one. */
const TIME_LIMIT = 120_000;

interface Line {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly against?: string;
  readonly ratio?: number;
}

function bench(...args: string[]): { status: number | null; output: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
    encoding: "utf8",
    timeout: TIME_LIMIT,
  });
  return { status, output: stdout, errors: stderr };
}

function linesOf(output: string): Line[] {
  expect(output).toMatch(/\n$/);
  return output
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

const TAP_LINES = [
  { name: "tcp/tap/node-loopback", unit: "Gbit/s" },
  ...["send", "receive", "send-1500", "receive-1500"].map((name) => ({
    name: `tcp/tap/${name}`,
    unit: "Gbit/s",
    against: "tcp/tap/node-loopback",
  })),
];

const SOCKET_LINES = [
  ["bytes/stack", "Gbit/s"],
  ["bytes/node-send", "Gbit/s"],
  ["bytes/node-receive", "Gbit/s"],
  ["messages/stack", "round trips/s"],
  ["messages/node", "round trips/s"],
].flatMap(([name, unit]) => [
  { name: `socket/${name}-raw`, unit },
  { name: `socket/${name}`, unit, against: `socket/${name}-raw` },
]);

const HTTP_PARSER_LINES = ["curl", "browser", "post", "chunked"].flatMap((request) => {
  const [unit, against] = ["MB/s", `http/parser/${request}/http-parser-js`];
  return [
    { name: against, unit },
    { name: `http/parser/${request}/llhttp`, unit, against },
    { name: `http/parser/${request}/wirelet`, unit, against },
  ];
});

const HTTP_SERVER_LINES = ["small", "large"].flatMap((page) => [
  { name: `http/server/${page}-node`, unit: "GETs/s" },
  { name: `http/server/${page}`, unit: "GETs/s", against: `http/server/${page}-node` },
]);

const HTTP_SIMULATED_LINES = ["keep-alive", "connection-each"].map((name) => {
  return { name: `http/simulated/${name}`, unit: "GETs/s of CPU" };
});

const SIMULATOR_LINES = [
  { name: "simulator/devices-1000", unit: "s" },
  { name: "simulator/devices-1000-memory", unit: "MiB" },
  { name: "simulator/quiet-week", unit: "s" },
];

describe("npm run bench", () => {
  const { missing: noTap } = requireTap();
  const { missing: noWrk } = requireTool("wrk");
  const leftOut = [
    ...(noTap === undefined ? [] : [`wirelet bench: tcp/tap is left out: ${noTap}\n`]),
    ...(noWrk === undefined ? [] : [`wirelet bench: http/server is left out: ${noWrk}\n`]),
  ];

  it(
    "prints each figure as a line of JSON, and nothing else",
    () => {
      const { status, output, errors } = bench("--quick", "--json");
      expect({ status, errors }).toEqual({
        status: 0,
        errors: leftOut.join(""),
      });
      const lines = linesOf(output);
      expect(lines.map(({ name, unit, against }) => ({ name, unit, against }))).toEqual([
        { name: "tcp/bulk/node-loopback", unit: "Gbit/s" },
        { name: "tcp/bulk/pair-1500", unit: "Gbit/s", against: "tcp/bulk/node-loopback" },
        { name: "tcp/bulk/pair-large", unit: "Gbit/s", against: "tcp/bulk/node-loopback" },
        ...(noTap === undefined ? TAP_LINES : []),
        { name: "tcp/echo/node-loopback", unit: "round trips/s" },
        { name: "tcp/echo/pair", unit: "round trips/s", against: "tcp/echo/node-loopback" },
        { name: "tcp/connections/node-loopback", unit: "connections/s" },
        { name: "tcp/connections/pair", unit: "connections/s", against: "tcp/connections/node-loopback" },
        { name: "tcp/allocation/pair-1500", unit: "bytes/segment" },
        ...SOCKET_LINES,
        ...HTTP_PARSER_LINES,
        ...(noWrk === undefined ? HTTP_SERVER_LINES : []),
        ...HTTP_SIMULATED_LINES,
        ...SIMULATOR_LINES,
      ]);
      for (const { value, against, ratio } of lines) {
        expect(value).toBeGreaterThan(0);
        if (against === undefined) expect(ratio).toBeUndefined();
        else expect(ratio).toBeGreaterThan(0);
      }
    },
    TIME_LIMIT,
  );

  it(
    "runs only what is named, and prints a table that is aligned",
    () => {
      const { status, output } = bench("http/simulated", "--quick");
      expect(status).toBe(0);
      const [header = "", ...rows] = output.slice(output.indexOf("benchmark")).trimEnd().split("\n");
      expect(rows.map((row) => row.split(" ")[0])).toEqual(HTTP_SIMULATED_LINES.map(({ name }) => name));
      for (const row of rows) expect(row.indexOf("GETs/s of CPU")).toBe(header.indexOf("unit"));
    },
    TIME_LIMIT,
  );

  it(
    "names the benchmarks and the options in its help",
    () => {
      const { status, output } = bench("--help");
      expect(status).toBe(0);
      for (const word of ["tcp/bulk", "tcp/echo", "http/parser", "--json", "--quick"])
        expect(output).toContain(word);
    },
    TIME_LIMIT,
  );

  it.each([
    [
      "a name",
      "udp",
      'wirelet bench: There is no benchmark "udp"; there are tcp/bulk, tcp/tap, tcp/echo, tcp/connections, tcp/allocation, socket/bytes, socket/messages, http/parser, http/server, http/simulated, simulator/devices, simulator/quiet-week. Try --help.\n',
    ],
    ["an option", "--fast", 'wirelet bench: There is no option "--fast". Try --help.\n'],
  ])(
    "refuses %s that it does not know",
    (_, argument, errors) => {
      expect(bench(argument)).toEqual({ status: 2, output: "", errors });
    },
    TIME_LIMIT,
  );
});
