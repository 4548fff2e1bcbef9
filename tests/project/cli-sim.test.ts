import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENCE, type Ending } from "../support/program.js";
import { describeWithTool } from "../support/tools.js";
import { faultyFrames, readCapture } from "../support/tshark.js";
import { start, wirelet, wirelets } from "./support/wirelet.js";

jest.setTimeout(2 * PATIENCE);

const BAD_LINK = ["sim", "--once", "--json", "--loss", "0.2"];

/** What --json prints. */
interface Report {
  readonly mac: string;
  readonly ip: string;
  readonly http: { readonly status: number; readonly body: Record<string, unknown> };
}

/** The one object on standard output. */
function report({ stdout }: Ending): Report {
  expect(stdout.split("\n")).toEqual([expect.stringMatching(/^\{.*\}$/), ""]);
  return JSON.parse(stdout) as Report;
}

const EXCHANGE = ["DISCOVER", "OFFER", "REQUEST", "ACK"];

const LEASE = {
  mac: expect.stringMatching(/^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/),
  ip: expect.stringMatching(/^192\.168\.1\.1\d\d$/),
  mask: "255.255.255.0",
  gateway: "192.168.1.1",
  dns: ["192.168.1.1"],
};

describe("wirelet sim --once", () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "wirelet-cli-"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("prints one JSON object on standard output, and the story on standard error", async () => {
    const ending = await wirelet("sim", "--once", "--json");
    const status = {
      ...LEASE,
      prefixLength: 24,
      hostname: expect.stringMatching(/^wirelet-[0-9a-f]{6}$/),
      platform: "Wirelet simulator",
      uptimeSeconds: expect.any(Number),
      lastError: null,
      requestsServed: 1,
      memory: { used: expect.any(Number), total: expect.any(Number) },
      dhcp: expect.objectContaining({ state: "BOUND", server: "192.168.1.1", leaseSeconds: 3600 }),
    };
    const { mac, ip, http, ...rest } = report(ending);
    expect({ mac, ip, http, ...rest }).toEqual({
      ...LEASE,
      leaseSeconds: 3600,
      dhcp: EXCHANGE,
      http: { status: 200, body: status },
    });
    expect(http.body["mac"]).toBe(mac);
    expect(ending.status).toBe(0);

    const told = [`up, MAC ${mac}`, ...EXCHANGE, "who has", "is at", `server listening at http://${ip}/`];
    told.push(`GET http://${ip}/: 200`, `GET http://${ip}/api/status: 200`);
    expect(told.filter((text) => !ending.stderr.includes(text))).toEqual([]);
  });

  it("does the same again with the same seed, and something else with another", async () => {
    const run = (name: string, seed: string): string[] => [...BAD_LINK, "--seed", seed, "--pcap", file(name)];
    const [first, second, other] = await wirelets([run("a", "7"), run("b", "7"), run("c", "8")]);
    expect(second!.stdout).toBe(first!.stdout);
    expect(second!.stderr.replace(file("b"), file("a"))).toBe(first!.stderr);
    expect(readFileSync(file("b")).equals(readFileSync(file("a")))).toBe(true);
    expect(other!.stdout).not.toBe(first!.stdout);
    expect(other!.stderr).not.toBe(first!.stderr);
    expect(readFileSync(file("c")).equals(readFileSync(file("a")))).toBe(false);
  });

  it("gets there whatever is lost", async () => {
    const seeds = Array.from({ length: 10 }, (_, index) => `${index + 1}`);
    const endings = await wirelets(seeds.map((seed) => [...BAD_LINK, "--latency", "50", "--seed", seed]));
    expect(endings.map(({ status }) => status)).toEqual(seeds.map(() => 0));
    expect(endings.map((ending) => report(ending).http.status)).toEqual(seeds.map(() => 200));
    expect(new Set(endings.map(({ stderr }) => stderr)).size).toBe(seeds.length);
  });

  it("lets npm start print nothing but the object", async () => {
    const ending = await start("npm", "start", "--silent", "--", "--once", "--json").ends();
    expect(report(ending)).toMatchObject({ ip: LEASE.ip, http: { status: 200 } });
    expect(ending.status).toBe(0);
  });

  describeWithTool("tshark", "its capture", () => {
    it("is one that tshark has nothing to complain of", async () => {
      const options = ["--loss", "0.2", "--latency", "50", "--seed", "7", "--pcap", file("read")];
      const { status, stdout, stderr } = await wirelet("sim", "--once", ...options);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(
        /^ +0\.000 s {2}device {3}link {2}up, MAC .*\n( +\d+\.\d{3} s {2}\w+ +\w+ +.*\n)+/,
      );
      expect(stdout).toContain(`\nCapture written to ${file("read")}\n`);
      const frames = await readCapture(file("read"));
      expect(faultyFrames(frames)).toEqual([]);
      for (const protocol of ["dhcp", "arp", "tcp", "http", "json"]) {
        expect(frames.some(({ protocols }) => protocols.includes(protocol))).toBe(true);
      }
    });
  });
});
