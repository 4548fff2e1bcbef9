import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { Cable, SimulatedHost, Simulation, Switch } from "../../simulator/index.js";
import { Ipv4Address } from "../../src/address/index.js";
import { DhcpServer } from "../../src/dhcp/index.js";
import { runSnippet, SnippetPage, type Snippet } from "./support/snippets.js";

/** What every snippet finds. */
const DECLARATIONS = `
import type { SimulatedHost } from "wirelet/simulator";
declare global {
  const device: SimulatedHost;
  const newcomer: SimulatedHost;
  const router: SimulatedHost;
  const wait: (ms: number) => Promise<void>;
}
`;

const page = new SnippetPage("dhcp.md", DECLARATIONS);
const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);

beforeAll(() => page.compile(), 120_000);

/** Two LANs of two hosts: on one of them there is a DHCP server. */
function makeNetwork(): { simulation: Simulation; globals: Record<string, unknown> } {
  const simulation = new Simulation({ seed: 1 });
  const host = (name: string, lan: Switch): SimulatedHost => {
    const cable = new Cable(simulation, { name, latency: 1 });
    lan.connect(cable);
    return new SimulatedHost(simulation, { name, cable });
  };
  const lan = new Switch({ name: "lan" });
  const [device, home] = [host("device", lan), host("home", lan)];
  const other = new Switch({ name: "other lan" });
  const [newcomer, router] = [host("newcomer", other), host("router", other)];
  const address = ip("10.77.0.1");
  for (const { network } of [home, router]) network.configure({ address, prefixLength: 24, dns: [] });
  new DhcpServer({
    ...home,
    ...{
      link: home.network.dhcp,
      address,
      prefixLength: 24,
      gateway: address,
      dns: [address, ip("10.77.0.2")],
    },
    pool: { first: ip("10.77.0.100"), last: ip("10.77.0.199") },
    options: { tzdbTimeZone: "Europe/Zurich" },
    reservations: [{ mac: device.mac, address: ip("10.77.0.114") }],
  }).start();
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void simulation.schedule(ms, resolve));
  return { simulation, globals: { device, newcomer, router, wait } };
}

function run(snippet: Snippet): Promise<readonly string[]> {
  const { simulation, globals } = makeNetwork();
  return runSnippet(snippet, globals, simulation);
}

describe.each(page.snippets)("$name", (snippet) => {
  it("compiles", () => {
    expect(page.problemsOf(snippet)).toEqual([]);
  });

  it("prints what it says", async () => {
    expect(await run(snippet)).toEqual(snippet.output);
  });
});

/** The members of a union of texts. */
function membersOf(file: string, union: string): string[] {
  const source = readFileSync(path.join(__dirname, "..", "..", "src", "dhcp", file), "utf8");
  const [, body = ""] = new RegExp(`export type ${union} =([^;]*);`).exec(source) ?? [];
  return [...body.matchAll(/\| "([^"]+)"/g)].map(([, member]) => member!);
}

it("has a reason for every change of the configuration, and for every failure", () => {
  const tables = page.text.split("The reasons of ");
  expect(tables).toHaveLength(3);
  const reasonsOf = (table: string): string[] =>
    [...table.matchAll(/^\| ([a-z-]+) \|/gm)]
      .map(([, reason]) => reason!)
      .filter((reason) => reason !== "reason" && reason !== "---");
  expect(reasonsOf(tables[1]!)).toEqual(membersOf("client/events.ts", "DhcpChangeReason"));
  expect(reasonsOf(tables[2]!.split("\n## ")[0]!)).toEqual(membersOf("client/events.ts", "DhcpFailure"));
});
