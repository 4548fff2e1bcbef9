import { afterEach, describe, expect, it } from "@jest/globals";
import { Run, loadRun, saveRun, standardScenarios, type Action } from "../../../simulator/index.js";

const runs: Run[] = [];
const scenarios = standardScenarios();

afterEach(() => {
  for (const run of runs.splice(0)) run.end();
});

function load(text: string): Run {
  const run = loadRun(text, scenarios);
  runs.push(run);
  return run;
}

function begin(): Run {
  const beginning = { scenario: "first-boot", seed: 7, options: { loss: 0.1 } };
  const run = new Run(beginning, scenarios["first-boot"]!(beginning));
  runs.push(run);
  return run;
}

/** Every frame, as text. */
function watch({ lan }: Run): string[] {
  const frames: string[] = [];
  lan.observe(({ time, port, bytes, length, comment }) =>
    frames.push(`${time} ${port} ${comment} ${Buffer.from(bytes.subarray(0, length)).toString("hex")}`),
  );
  return frames;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets virtual time pass as fast as it goes, until then. */
async function until(run: Run, time: number): Promise<void> {
  run.pace.resume();
  run.pace.speed = Infinity;
  run.pace.plan({ time }, () => run.pace.pause());
  while (!run.pace.isPaused) await turn();
}

describe("a run", () => {
  it("is the same to the byte from its file, whatever a person did, and when", async () => {
    const run = begin();
    const frames = watch(run);
    await until(run, 20_000);
    const actions: readonly Action[] = [
      { do: "impair", cable: "device", fault: { kind: "jitter", amount: 5 } },
      { do: "fetch", from: "laptop", host: "device", path: "/api/status" },
      { do: "add", host: "guest", kind: "computer" },
    ];
    for (const action of actions) run.act(action);
    await until(run, 20_777.25);
    // In the midst of a moment.
    run.pace.step();
    run.act({ do: "transfer", from: "laptop", host: "device", bytes: 20_000 });
    await until(run, 21_500);
    run.act({ do: "cut", cable: "laptop" });
    run.act({ do: "reboot", host: "device" });
    await until(run, 26_000);
    run.act({ do: "mend", cable: "laptop" });
    run.act({ do: "heal", cable: "device" });
    run.act({ do: "power", host: "guest", on: false });
    await until(run, 40_000);

    const again = load(saveRun(run));
    const others = watch(again);
    await until(again, 40_000);
    expect(others).toEqual(frames);
    expect(frames.length).toBeGreaterThan(40);
    expect(again.lan.story).toEqual(run.lan.story);
    expect(again.actions).toEqual(run.actions);
    expect(saveRun(again)).toBe(saveRun(run));
  });

  it("notes what could not be done in nothing but an error", () => {
    const run = begin();
    run.pace.pause();
    const refused: readonly [unknown, string][] = [
      [{ do: "dance" }, '"do" is to be one of power, reboot'],
      [{ do: "power", host: "toaster", on: true }, "on this LAN there are router, laptop, device"],
      [{ do: "cut", cable: "rope" }, "the LAN has none of that name"],
      [{ do: "impair", cable: "device", fault: { kind: "loss", amount: 2 } }, "a number from 0 to 1; not 2"],
      [{ do: "impair", cable: "device" }, "the fault of the action: it is no object"],
      [{ do: "add", host: "<b>", kind: "device" }, "letters, digits"],
      [{ do: "add", host: "device", kind: "device" }, "the LAN has one of that name"],
      [{ do: "fetch", from: "laptop", host: "device", path: "x\r\n" }, "a path"],
      [{ do: "transfer", from: "laptop", host: "device", bytes: 0.5 }, '"bytes" is to be'],
      ["cut", "it is no object"],
    ];
    for (const [action, message] of refused) expect(() => run.act(action)).toThrow(message);
    expect(run.actions).toEqual([]);
  });

  it("whose file a person has changed goes on past what cannot be done", async () => {
    const text = saveRun(begin());
    const changed = text.replace(
      '"actions": []',
      '"actions": [{ "time": 5, "do": "cut", "cable": "x" }, { "time": 7, "do": "power", "host": "router", "on": false }]',
    );
    const run = load(changed);
    await until(run, 10);
    expect(run.lan.story.map(({ text: line }) => line)).toContainEqual(
      expect.stringContaining("find cable x"),
    );
    expect(run.lan.find("router").isOn).toBe(false);
  });

  it("that heard programs outside says so in its file", () => {
    const run = begin();
    expect(JSON.parse(saveRun(run))).toMatchObject({ format: "wirelet run", heardOutside: false });
    run.hearOutside();
    expect(load(saveRun(run)).record.heardOutside).toBe(true);
  });
});

describe("a file that is no run", () => {
  const good = {
    format: "wirelet run",
    version: 1,
    scenario: "first-boot",
    seed: 1,
    options: {},
    actions: [],
  };

  it.each<[string, unknown, string]>([
    ["no JSON", "{", "it is no JSON"],
    ["a list", [], "read the file: it is no object"],
    ["another format", { ...good, format: "x" }, 'its format is not "wirelet run"'],
    ["another version", { ...good, version: 2 }, '"version" is to be 1; not 2'],
    ["an unknown scenario", { ...good, scenario: "constructor" }, "there are first-boot"],
    ["no seed", { ...good, seed: undefined }, '"seed" is to be a number from 0 to 4294967295; it is missing'],
    ["a wrong option", { ...good, options: { loss: 1 } }, "the options of first-boot"],
    ["actions that are none", { ...good, actions: 3 }, '"actions" is to be a list'],
    ["an action without a time", { ...good, actions: [{ do: "cut" }] }, 'read action 1: "time"'],
    [
      "actions in no order",
      { ...good, actions: [5, 4].map((time) => ({ time, do: "cut", cable: "device" })) },
      "read action 2: its time is before",
    ],
  ])("is refused in one line: %s", (_, content, message) => {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    expect(() => load(text)).toThrow(message);
  });
});
