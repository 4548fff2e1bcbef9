import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import path from "node:path";
import { MAX_SCENARIO_LENGTH, ScenarioError, loadScenario, readScenario } from "../../../simulator/index.js";

/** What is wrong with a file, without the operation and the code. */
function problemOf(text: string): string {
  try {
    readScenario(text, "f.yaml").start();
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError);
    return (error as Error).message.replace(/^read scenario | \(EINVAL\)$/g, "");
  }
  throw new Error("it is right");
}

const HOSTS = "hosts:\n  device: { app: firmware }\n  laptop: { address: 10.0.0.2/24 }\n";

describe("a scenario file", () => {
  it.each([
    [
      "",
      'f.yaml:1:1: "the file" is to be a map of title, about, seed, duration, switches, routers, hosts, cables, schedule, expect, not nothing',
    ],
    ["title: x", 'f.yaml:1:1: "the file" lacks "hosts"'],
    ["hosts: {a: 1", /^f\.yaml:1:\d+: it is no YAML: /],
    ["host: {}", 'f.yaml:1:1: "the file" has no "host"; did you mean "hosts"?'],
    [
      "hosts:\n  device:\n    app: firmwear",
      'f.yaml:3:10: there is no app "firmwear"; did you mean "firmware"?',
    ],
    ["hosts:\n  device: {}\n  device: {}", 'f.yaml:3:3: "device" stands twice'],
    ["hosts:\n  a: { adress: x }", 'f.yaml:2:8: "a" has no "adress"; did you mean "address"?'],
    [
      "hosts:\n  a: { address: 1.2.3 }",
      'f.yaml:2:17: "address" is to be an address with its prefix, such as 192.168.1.1/24, not 1.2.3',
    ],
    [
      "hosts:\n  a: { link: { latency: soon } }",
      'f.yaml:2:25: "latency" is to be a time such as 250ms, 2s, 5m or 1h, up to 60000 ms, not soon',
    ],
    [
      "hosts:\n  a: { link: { bandwidth: 0 } }",
      'f.yaml:2:27: "bandwidth" is to be bits a second, such as 64kbit/s or 10Mbit/s, not 0',
    ],
    ["hosts:\n  a: { on: attic }", 'f.yaml:2:12: there is no switch "attic"; there are switch'],
    ["hosts:\n  a: { count: 3, mac: '02:00:00:00:00:01' }", "f.yaml:2:23: 3 hosts cannot have one mac"],
    ["hosts:\n  a: { faults: [ { los: 1 } ] }", 'f.yaml:2:20: "faults" has no "los"; did you mean "loss"?'],
    [
      "hosts:\n  a: { faults: [ { loss: 150% } ] }",
      'f.yaml:2:26: read fault loss.probability 150%: want 0 to 1, or "20%"',
    ],
    [
      "hosts:\n  a: { app: ./mine.ts }",
      "f.yaml:2:13: programs are only run from scenario files on this machine",
    ],
    [
      "hosts:\n  a: { app: dhcp-server }",
      "f.yaml:2:6: start DHCP server a eth0: a server's address is fixed",
    ],
    ["hosts:\n  a-1: {}\n  a: { count: 2 }", 'f.yaml:3:6: there is a host "a-1" above'],
    [
      `${HOSTS}schedule:\n  - { at: 1s, on: sensor, fault: cut }`,
      'f.yaml:5:19: there is no cable "sensor"; there are device, laptop',
    ],
    [
      `${HOSTS}schedule:\n  - { at: 1s, on: laptop, fault: powr-off }`,
      'f.yaml:5:34: there is no fault "powr-off"; did you mean "power-off"?',
    ],
    [
      `${HOSTS}expect:\n  - { get: "http://devise/", from: laptop }`,
      'f.yaml:5:12: there is no host "devise"; did you mean "device"?',
    ],
    [`${HOSTS}expect:\n  - { frames: "tcp.flags.sny" }`, /^f\.yaml:5:15: /],
    [
      `${HOSTS}expect:\n  - { within: 3s }`,
      "f.yaml:5:5: want one of address, noAddress, power, get, told, frames",
    ],
    ["hosts: *all", "f.yaml:1:8: there is no &all above"],
    ["hosts: &all\n  a: *all", 'f.yaml:2:3: "a" has no "a"; did you mean "app"?'],
    ["x".repeat(MAX_SCENARIO_LENGTH + 1), `f.yaml:1:1: it is longer than ${MAX_SCENARIO_LENGTH} characters`],
  ])("has a place and a reason for what is wrong: %#", (text, problem) => {
    if (typeof problem === "string") expect(problemOf(text)).toBe(problem);
    else expect(problemOf(text)).toMatch(problem);
  });

  it("bounds what references to references stand for", () => {
    const bomb = [
      "a: &a [x, x]",
      ...[..."bcdefghij"].map((name, at) => `${name}: &${name} [${`*${"abcdefghi"[at]}, `.repeat(9)}x]`),
    ];
    expect(problemOf(bomb.join("\n"))).toMatch(/^f\.yaml:1:1: "the file" has no "a"/);
    expect(problemOf(`hosts:\n  a: &a { on: [${"*a, ".repeat(9)}] }`)).toMatch(
      /"on" has more than 8 entries/,
    );
    const many = Array.from({ length: 200 }, (_, at) => `  h${at}: ${at === 0 ? "&h {}" : "*h"}`);
    expect(problemOf(["hosts:", ...many].join("\n"))).toContain("more than 100 references");
  });

  it("says that it is nested too deeply rather than to fail in the parser", () => {
    expect(problemOf("[".repeat(50_000))).toMatch(/^f\.yaml:1:\d+: /);
  });

  const word = fc.constantFrom(
    ...[
      "hosts",
      "a",
      "app",
      "firmware",
      "on",
      "switch",
      "switches",
      "link",
      "latency",
      "faults",
      "loss",
      "&x",
      "*x",
      "count",
    ],
    ...[
      "schedule",
      "expect",
      "at",
      "fault",
      "cut",
      "address",
      "10.0.0.1/24",
      "1s",
      "20%",
      "get",
      "routers",
      "networks",
      "dhcp",
    ],
    ...[
      "[",
      "]",
      "{",
      "}",
      ":",
      ": ",
      ", ",
      "\n",
      "\n  ",
      "\n    ",
      "- ",
      "1",
      "-1",
      "1e9",
      "true",
      "~",
      "'",
      '"',
      "|",
      "#",
      "!!",
    ],
  );

  it("is read, or has one error with a place, whatever it is", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 100 }),
      fc.array(word, { maxLength: 60 }).map((words) => words.join("")),
      fc.array(word, { maxLength: 40 }).map((words) => `hosts:\n  a: {${words.join(" ")}`),
    );
    fc.assert(
      fc.property(text, (yaml) => {
        try {
          readScenario(yaml, "f.yaml").start({ evidence: false });
        } catch (error) {
          expect(error).toBeInstanceOf(ScenarioError);
          expect((error as Error).message).toMatch(/^read scenario f\.yaml:\d+:\d+: [^\n]+ \(EINVAL\)$/);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("may be any value of JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const hosts = { hosts: { a: value }, schedule: [value], expect: value };
        expect(problemOf(JSON.stringify(hosts))).toMatch(/^f\.yaml:\d+:\d+: /);
      }),
    );
  });
});

describe("a run of a scenario", () => {
  it("tells what did not come true, and what there was instead", async () => {
    const { isMet, outcomes } = await readScenario(
      `${HOSTS}expect:\n  - { address: laptop, in: 10.9.0.0/16, within: 2s }\n  - { address: laptop }`,
    ).run();
    expect(isMet).toBe(false);
    expect(outcomes).toEqual([
      {
        line: 5,
        text: "laptop has an address in 10.9.0.0/16",
        isMet: false,
        time: 2000,
        instead: "laptop has 10.0.0.2/24",
      },
      { line: 6, text: "laptop has an address", isMet: true, time: 2000, instead: "" },
    ]);
  });

  it("is the same with the same seed, and another with another", async () => {
    const run = async (seed: number): Promise<string> => {
      const { lan } = await readScenario(`${HOSTS}duration: 20s`).run({ seed });
      return lan.story.map(({ time, text }) => `${time} ${text}`).join("\n");
    };
    expect(await run(5)).toBe(await run(5));
    expect(await run(6)).not.toBe(await run(5));
  });

  it("goes on as long as it is told", async () => {
    const { lan } = await readScenario(HOSTS).run({ duration: 90_000 });
    expect(lan.simulation.now()).toBe(90_000);
  });
});

describe("loading a scenario file", () => {
  const at = (name: string): string => path.join(__dirname, "support", name);

  it("runs the app that a module exports", async () => {
    const { lan } = await (await loadScenario(at("own-app.yaml"))).run();
    expect(lan.story.map(({ who, text }) => [who, text])).toEqual([["mine", "I am on"]]);
  });

  it("has a place for a module that cannot be loaded", async () => {
    await expect(loadScenario(at("no-app.yaml"))).rejects.toThrow(
      /no-app\.yaml:2:16: the module cannot be loaded: /,
    );
  });

  it("says that there is no such file", async () => {
    await expect(loadScenario("nowhere.yaml")).rejects.toThrow(
      "read scenario nowhere.yaml: there is no such file (EINVAL)",
    );
  });
});
