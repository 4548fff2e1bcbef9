import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import ts from "typescript";
import * as simulator from "../../simulator/index.js";
import { HttpClient, type HttpClientResponse } from "../../src/http/index.js";
import type { Lan, LanHost } from "../../simulator/index.js";

const page = readFileSync(path.join(__dirname, "..", "..", "docs", "simulator.md"), "utf8");
const section = (heading: string): string => page.split(/^## /m).find((each) => each.startsWith(heading))!;
const codeOf = (heading: string): string => /```ts\n([^]*?)```/.exec(section(heading))![1]!;

describe("docs/simulator.md", () => {
  it("has an example of hosts, whose answer comes, and of a schedule, which is kept", async () => {
    const code = `${codeOf("Hosts")}\n${codeOf("Faults")}\nreturn { lan, response };`;
    const script = ts.transpile(code, { target: ts.ScriptTarget.ES2022 });
    const { Lan: OneLan, dhcpServer, firmware, loss } = simulator;
    const run = new Function(
      ...["Lan", "dhcpServer", "firmware", "loss", "HttpClient"],
      `return (async () => { ${script} })();`,
    ) as (...values: unknown[]) => Promise<{ lan: Lan; response: HttpClientResponse }>;
    const { lan, response } = await run(OneLan, dhcpServer, firmware, loss, HttpClient);
    expect(response.status).toBe(200);
    await lan.runFor("3m");
    const faults = lan.story.filter(({ who, topic }) => who === "sensor" && topic === "fault");
    expect(faults.length).toBeGreaterThanOrEqual(2);
  });

  it("has examples of routers and Wi-Fi that do what they say", async () => {
    const code = `${codeOf("Routers")}\n${codeOf("Wi-Fi").replace(/^sensor\.[^]*$/m, "")}\nreturn { lan, camera, sensor };`;
    const script = ts.transpile(code, { target: ts.ScriptTarget.ES2022 });
    // What the page calls as it calls something of the package is its own.
    const offered = Object.entries(simulator).filter(([name]) => !code.includes(`const ${name} =`));
    const run = new Function(...offered.map(([name]) => name), script) as (...values: unknown[]) => {
      lan: Lan;
      camera: LanHost;
      sensor: LanHost;
    };
    const { lan, camera, sensor } = run(...offered.map(([, value]) => value));
    await lan.until(() => camera.network.ipv4 !== undefined && sensor.network.ipv4 !== undefined);
    expect(sensor.radio!.network!.ssid).toBe("home");
    expect(lan.find("router").machine.networks).toHaveLength(2);
  });

  it.each([
    [
      "Routers",
      "minutes after the last packet from inside",
      Number.parseInt(simulator.NAT_TIMEOUTS.udp as string, 10),
    ],
    ["Routers", "ICMP echo", Number.parseInt(simulator.NAT_TIMEOUTS.icmp as string, 10)],
    ["Routers", "TCP connections", Number.parseInt(simulator.NAT_TIMEOUTS.tcpEstablished as string, 10)],
    ["Routers", "A table of", simulator.MAX_NAT_SESSIONS],
    ["Wi-Fi", "look on all channels", simulator.SCAN_TIME / 1000],
    ["Wi-Fi", "given up after", simulator.BEACON_TIMEOUT / 1000],
    ["Wi-Fi", "a gap of", simulator.ROAM_GAP],
    ["Wi-Fi", "Below", simulator.ROAM_BELOW],
    ["Wi-Fi", "stronger", simulator.ROAM_MARGIN],
  ])("in %s says %s as it is: %d", (heading, words, figure) => {
    const text = section(heading).replaceAll(",", "").replace(/\s+/g, " ");
    const at = text.indexOf(words);
    expect(at).toBeGreaterThan(0);
    expect(text.slice(Math.max(0, at - 60), at + 60)).toContain(String(figure));
  });
});
