import { expect, it } from "@jest/globals";
import type { DeviceStatus } from "../../src/device/index.js";
import { GeneratedPage, IS_UPDATE, markdownTable } from "../support/generated-page.js";
import { describeWith } from "../support/tools.js";
import { requireXs } from "./engine.js";
import { expectClose, FEW, type Figures } from "./figures.js";
import { BUILDS, Firmware } from "./firmware/boot.js";
import {
  BOOTED,
  get,
  GONE,
  IDLE,
  LONGEST,
  LOST,
  MANY,
  MEASURED,
  measureFirmware,
  measureHeads,
  measureSetup,
  measureTransfers,
  PEAK,
  RENEWED,
  STATUS,
  UNPLUGGED,
  type Step,
} from "./firmware/footprint.js";

const KIB = 1024;

/** Beyond the code, after a collection. */
const MOST_BOOTED = { slots: 1000, chunkBytes: 14 * KIB };
const MOST_IDLE = { slots: 120, chunkBytes: KIB };
const MOST_AT_PEAK = { slots: 1900, chunkBytes: 28 * KIB };
/** Of five that are all answered at once, with heads as long as may be: within `creation`'s first blocks. */
const MOST_AT_ONCE = { slots: 1900, chunkBytes: 36 * KIB };
/** Of a GET of /api/status on a connection that is there. */
const MOST_STATUS_WORK = 12_000;
/** Of what is done before the loop comes round: most is the answer to a renewal, a lease that is stored and shown. */
const MOST_TURN_WORK = 75_000;
/** What the first request leaves: regular expressions, which are compiled where they are first used, and the line with the date. */
const MOST_OF_FIRST_REQUEST = { slots: 32, chunkBytes: 2560 };
/** What is more while the address is one of its own choice: the machine that chose it, and the log's memory of the failures. */
const MOST_SLOTS_ON_ITS_OWN = 32;
/** What may be more after a while, in which numbers get large. */
const MOST_SLOTS_SINCE_FIRST = 8;
const MOST_BYTES_SINCE_FIRST = 256;

const SETUP = "ESP32, in set-up mode";
const LONG_HEADS = "ESP32, dhcp=own, with the longest heads that it takes";
const TRANSFERS = "an app with large pages, on ESP32";
const page = new GeneratedPage("footprint.md");

const figuresOf = ({ slots, chunkBytes, computrons }: Step): Figures => [slots, chunkBytes, computrons];

function render(measured: ReadonlyMap<string, readonly Step[]>): string {
  const parts = [...measured].map(([title, steps]) => {
    const rows = steps.map((step) => [step.name, ...figuresOf(step).map((figure) => figure ?? "")]);
    return `\n### ${title}\n${markdownTable(["step", "slots", "bytes of chunks", "computrons"], rows)}`;
  });
  return `${parts.join("")}\n`;
}

describeWith([requireXs()], "what the firmware takes inside XS", () => {
  const measured = new Map<string, readonly Step[]>();

  it.each(MEASURED)("is within its budget, and does not grow: %s", async (name) => {
    const steps = await measureFirmware(name);
    measured.set(name, steps);
    const step = (wanted: string): Step => steps.find((each) => each.name === wanted)!;
    const check = ({ slots, chunkBytes }: Step, most: typeof MOST_BOOTED): void => {
      expect(slots).toBeLessThanOrEqual(most.slots);
      expect(chunkBytes).toBeLessThanOrEqual(most.chunkBytes);
    };
    const booted = step(BOOTED);
    check(booted, MOST_BOOTED);
    check(step(IDLE), MOST_IDLE);
    check(step(PEAK), MOST_AT_PEAK);
    expect(step(STATUS).computrons).toBeLessThanOrEqual(MOST_STATUS_WORK);
    expect(step(LONGEST).computrons).toBeLessThanOrEqual(MOST_TURN_WORK);
    for (const later of steps.filter((each) => [MANY, LOST, UNPLUGGED, RENEWED, GONE].includes(each.name))) {
      check(later, {
        slots:
          booted.slots! + MOST_OF_FIRST_REQUEST.slots + (later.name === GONE ? MOST_SLOTS_ON_ITS_OWN : 0),
        chunkBytes: booted.chunkBytes! + MOST_OF_FIRST_REQUEST.chunkBytes,
      });
    }
  });

  it("is within the same budget in set-up mode", async () => {
    const [waiting, phones] = await measureSetup();
    measured.set(SETUP, [waiting!, phones!]);
    expect(waiting!.slots).toBeLessThanOrEqual(MOST_BOOTED.slots);
    expect(waiting!.chunkBytes).toBeLessThanOrEqual(MOST_BOOTED.chunkBytes);
    expect(phones!.slots).toBeLessThanOrEqual(MOST_AT_PEAK.slots);
    expect(phones!.chunkBytes).toBeLessThanOrEqual(MOST_AT_PEAK.chunkBytes);
  });

  it("is within what its first blocks hold when five clients send the longest heads that it takes", async () => {
    const steps = await measureHeads("ESP32, dhcp=own");
    measured.set(LONG_HEADS, steps);
    for (const { slots, chunkBytes } of steps) {
      expect(slots).toBeLessThanOrEqual(MOST_AT_ONCE.slots);
      expect(chunkBytes).toBeLessThanOrEqual(MOST_AT_ONCE.chunkBytes);
    }
  });

  it("is within the peak's budget during transfers that are larger than the memory", async () => {
    const steps = await measureTransfers();
    measured.set(TRANSFERS, steps);
    for (const { slots, chunkBytes } of steps) {
      expect(slots).toBeLessThanOrEqual(MOST_AT_PEAK.slots);
      expect(chunkBytes).toBeLessThanOrEqual(MOST_AT_PEAK.chunkBytes);
    }
  });

  it("is what docs/footprint.md says, within a tenth", () => {
    if (IS_UPDATE) page.write(render(measured));
    expectClose(render(measured), page.read());
  });

  it("is the same after 100 losses of Wi-Fi and 1,000 renewals, 40 days later", async () => {
    const firmware = await Firmware.start(BUILDS["ESP32, dhcp=own"]);
    const { chip, lan } = firmware;
    const status = async (): Promise<[DeviceStatus, number]> => {
      const tab = await firmware.connect();
      await tab.rest(1_000);
      let body = "";
      const work = await firmware.compute(async () => {
        ({ body } = await get(tab, "/api/status"));
        await tab.rest(1_000);
      });
      await tab.close();
      return [JSON.parse(body) as DeviceStatus, work];
    };
    try {
      await firmware.serving();
      await lan.simulation.runFor("60s");
      const works = [(await status())[1]];
      const before = await firmware.heap();
      for (let count = 0; count < 100; count++) {
        chip.station!.lose();
        await lan.simulation.runFor("90s");
        chip.station!.find();
        await lan.simulation.runFor("2m");
        if (count % 25 === 0) works.push((await status())[1]);
      }
      for (let days = 0; days < 40; days++) {
        await lan.simulation.runFor("24h");
        const [{ uptimeSeconds, dhcp }, work] = await status();
        // Time.ticks are negative after 24.8 days.
        expect(Math.abs(uptimeSeconds - lan.simulation.now() / 1000)).toBeLessThanOrEqual(10);
        expect(dhcp).toMatchObject({ state: "BOUND", lastChange: { reason: "renewed" } });
        works.push(work);
      }
      const { slots, chunkBytes } = await firmware.heap();
      expect(slots - before.slots).toBeLessThanOrEqual(MOST_SLOTS_SINCE_FIRST);
      expect(chunkBytes - before.chunkBytes).toBeLessThanOrEqual(MOST_BYTES_SINCE_FIRST);
      // With what the acknowledgement of the answer takes.
      expect(Math.max(...works)).toBeLessThanOrEqual(MOST_STATUS_WORK);
    } finally {
      await firmware.stop();
    }
  }, 300_000);

  it("is the same after 10,000 requests as after 1,000", async () => {
    const firmware = await Firmware.start(BUILDS["ESP32, dhcp=own"]);
    try {
      await firmware.serving();
      const askThousandTimes = async (): Promise<void> => {
        for (let connection = 0; connection < 10; connection++) {
          const tab = await firmware.connect();
          for (let count = 0; count < 100; count++) {
            const { status } = await tab.request("GET", count % 20 === 0 ? "/" : "/api/status");
            expect(status).toBe(200);
          }
          await tab.close();
        }
      };
      await askThousandTimes();
      const before = await firmware.heap();
      for (let thousands = 1; thousands < 10; thousands++) await askThousandTimes();
      const after = await firmware.heap();
      expect(after.slots - before.slots).toBeLessThanOrEqual(FEW);
      expect(after.chunkBytes - before.chunkBytes).toBeLessThanOrEqual(16 * FEW);
    } finally {
      await firmware.stop();
    }
  }, 600_000);
});
