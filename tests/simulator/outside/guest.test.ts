import { afterEach, expect, it } from "@jest/globals";
import { MacAddress } from "../../../src/address/index.js";
import type { LinkDevice } from "../../../src/host/index.js";
import { Guest, Lan, RealTime, type OutsideInput } from "../../../simulator/index.js";
import { arp, ARP, ethernet } from "../../stack/support/build.js";

const paces: RealTime[] = [];
afterEach(() => {
  for (const pace of paces.splice(0)) pace.stop();
});

class FakeDevice implements LinkDevice {
  readonly mac = MacAddress.parse("02:00:00:00:00:99");
  readonly mtu = 1500;
  up = true;
  onReceive?: LinkDevice["onReceive"];
  onLinkChange?: () => void;
  readonly sent: string[] = [];

  transmit(frame: Uint8Array, length: number): void {
    this.sent.push(Buffer.from(frame.subarray(0, length)).toString("hex"));
  }
}

const REQUEST = ethernet(
  "ff:ff:ff:ff:ff:ff",
  "02:00:00:00:00:77",
  ARP,
  arp({ operation: 1, senderMac: "02:00:00:00:00:77", senderIp: "10.0.0.77", targetIp: "10.0.0.1" }),
);

function lanWithHost(): { lan: Lan; pace: RealTime; frames: string[] } {
  const lan = new Lan({ seed: 5 });
  const pace = new RealTime(lan.simulation);
  paces.push(pace);
  const frames: string[] = [];
  lan.observe(({ time, port, bytes, length }) =>
    frames.push(`${time} ${port} ${Buffer.from(bytes.subarray(0, length)).toString("hex")}`),
  );
  lan.host("host", { address: "10.0.0.1/24" });
  return { lan, pace, frames };
}

it("joins a switch, and what comes through it is recorded, and happens again at the same moments", async () => {
  const first = lanWithHost();
  const device = new FakeDevice();
  const inputs: OutsideInput[] = [];
  const guest = new Guest(first.lan, "tap", {
    device,
    pace: first.pace,
    onInput: (input) => inputs.push(input),
  });
  await new Promise<void>((resolve) => void first.lan.simulation.schedule(5, resolve));
  device.onReceive!(REQUEST, REQUEST.length, 0);
  while (device.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
  device.up = false;
  device.onLinkChange!();
  device.onReceive!(REQUEST, REQUEST.length, 0);
  const end = first.lan.simulation.now();
  guest.close();
  first.pace.stop();
  expect(device.sent[0]!.slice(0, 24)).toBe("020000000077" + hexOf(first.lan.find("host").mac));
  expect(inputs.map(({ guest: name, frame, isUp }) => [name, frame?.length ?? isUp])).toEqual([
    ["tap", true],
    ["tap", REQUEST.length],
    ["tap", false],
    ["tap", REQUEST.length],
  ]);

  const second = lanWithHost();
  second.pace.speed = Infinity;
  new Guest(second.lan, "tap", { pace: second.pace }).replay(inputs);
  while (second.pace.hasPlans) await new Promise((resolve) => setImmediate(resolve));
  while (second.lan.simulation.now() < end && second.lan.simulation.nextEvent <= end)
    await new Promise((resolve) => setImmediate(resolve));
  expect(first.frames).toHaveLength(2);
  expect(second.frames).toEqual(first.frames);
});

function hexOf(mac: MacAddress): string {
  return mac.toString().replaceAll(":", "").toLowerCase();
}
