import { describe, expect, it } from "@jest/globals";
import { Lan, PLACE_FAULTS, type Schedule, type ScheduledFault } from "../../../simulator/index.js";

/** Two hosts, each with its cable, of which the first sends a frame to everybody each second, at the half of it. */
function chatter(): { lan: Lan; heard: number[]; fates: (string | undefined)[] } {
  const lan = new Lan();
  const heard: number[] = [];
  const fates: (string | undefined)[] = [];
  const alice = lan.host("alice", {
    app: ({ link, timers }) => {
      const say = (): void => {
        link.transmit(new Uint8Array(60).fill(0xff), 60);
        timers.set(say, 1_000);
      };
      timers.set(say, 500);
    },
  });
  const bob = lan.host("bob");
  alice.cable.observe(({ comment }) => fates.push(comment), { from: alice.machine.link });
  bob.cable.observe(() => heard.push(Math.floor(lan.simulation.now() / 1_000)));
  return { lan, heard, fates };
}

const told = (lan: Lan): string[] => lan.story.map(({ time, who, text }) => `${time} ${who}: ${text}`);

describe("a schedule", () => {
  it("puts rules on cables for their times, and tells it", async () => {
    const { lan, heard } = chatter();
    await lan.runFor("1s");
    lan.schedule([
      { at: "1s", lasting: "2s", on: "bob", fault: "partition" },
      { at: 0, lasting: "1s", on: "alice", fault: { loss: "100%" }, way: "out" },
      { at: "3s", lasting: "1s", on: "alice", fault: { loss: 1 }, way: "in" },
    ]);
    await lan.runFor("5s");
    expect(heard).toEqual([0, 2, 3, 4, 5]);
    expect(told(lan)).toEqual([
      "1000 alice: loss 100%, out begins, for 1 s",
      "2000 bob: partition begins, for 2 s",
      "2000 alice: loss 100%, out ends",
      "4000 bob: partition ends",
      "4000 alice: loss 100%, in begins, for 1 s",
      "5000 alice: loss 100%, in ends",
    ]);
  });

  it("cuts cables and power, and mends them when the last of several is over", async () => {
    const { lan } = chatter();
    const [alice, bob] = [lan.find("alice"), lan.find("bob")];
    lan.schedule([
      { at: 0, lasting: "3s", on: "bob", fault: "cut" },
      { at: "1s", lasting: "1s", on: "bob", fault: "cut" },
      { at: "1s", lasting: "1s", on: "alice", fault: "power-off" },
      { at: "1500ms", lasting: "1s", on: "alice", fault: "power-off" },
      { at: "2s", on: "alice", fault: "reboot" },
      { at: "4s", on: "alice", fault: "reboot" },
    ]);
    const states: string[] = [];
    for (let half = 0; half < 8; half++) {
      await lan.runFor(half === 0 ? 1 : 500);
      states.push(`${alice.isOn ? "on" : "off"} ${bob.cable.isCut ? "cut" : "whole"}`);
    }
    expect(states).toEqual([
      ...["on cut", "on cut", "off cut", "off cut", "off cut"],
      ...["on cut", "on whole", "on whole"],
    ]);
    await lan.runFor("1s");
    expect(alice.machine.reboots).toBe(2);
    expect(told(lan)).toContain("4000 alice: reboot");
  });

  it("takes a host's memory and gives it back", async () => {
    const { lan } = chatter();
    const { memory } = lan.find("bob").stack.tcp;
    lan.schedule([{ at: "1s", lasting: "1s", on: "bob", fault: "out-of-memory" }]);
    await lan.runFor("1500ms");
    expect(memory.isWithheld).toBe(true);
    await lan.runFor("1s");
    expect(memory.isWithheld).toBe(false);
  });

  it("can be ended, with what has not begun yet", async () => {
    const { lan } = chatter();
    const end = lan.schedule([
      { at: 0, on: "bob", fault: { loss: 1 } },
      { at: 0, lasting: "1h", on: "alice", fault: "cut" },
      { at: "10s", lasting: "1h", on: "alice", fault: "power-off" },
    ]);
    await lan.runFor("2s");
    expect([lan.find("bob").cable.rules().length, lan.find("alice").cable.isCut]).toEqual([2, true]);
    end();
    await lan.runFor("1m");
    expect([lan.find("bob").cable.rules(), lan.find("alice").cable.isCut]).toEqual([[], false]);
    expect(lan.find("alice").isOn).toBe(true);
  });

  it("leaves a host off that is off already", async () => {
    const { lan } = chatter();
    lan.find("bob").powerOff();
    lan.schedule([
      { at: 0, lasting: "1s", on: "bob", fault: "power-off" },
      { at: 0, on: "bob", fault: "reboot" },
    ]);
    await lan.runFor("10s");
    expect(lan.find("bob").isOn).toBe(false);
  });

  it.each<[ScheduledFault, string]>([
    [{ at: "soon" as "1s", on: "bob", fault: "cut" }, "parse duration soon"],
    [{ at: 0, lasting: -1, on: "bob", fault: "cut" }, "parse duration -1"],
    [{ at: 0, on: "carol", fault: "cut" }, "find cable carol: on this LAN there are alice, bob"],
    [{ at: 0, on: "carol", fault: "reboot" }, "find host carol"],
    [{ at: 0, on: "bob", fault: "fire" }, "read fault fire"],
    [
      { at: 0, on: "bob", fault: "cut", way: "in" },
      "schedule fault cut on bob: only rules for frames have a way",
    ],
  ])("is refused before anything happens: %j", (entry, message) => {
    const { lan } = chatter();
    const schedule: Schedule = [{ at: 0, on: "bob", fault: "cut" }, entry];
    const { pending } = lan.simulation;
    expect(() => lan.schedule(schedule)).toThrow(message);
    expect(lan.simulation.pending).toBe(pending);
  });

  it("has a summary of each of its own faults", () => {
    for (const { summary } of Object.values(PLACE_FAULTS)) expect(summary).toMatch(/^[a-z]/);
  });
});
