import { describe, expect, it } from "@jest/globals";
import { DateClock, EARLIEST_TIME, TickClock } from "../../../hosts/xs/clock.js";
import { createMemoryReporter } from "../../../hosts/xs/memory.js";
import { PreferenceStorage, type NativePreference } from "../../../hosts/xs/storage.js";
import { XsTimers, type NativeTimer } from "../../../hosts/xs/timers.js";
import { MAX_STORAGE_KEY, MAX_STORAGE_VALUE, MAX_TIMER_DELAY } from "../../../src/host/index.js";
import { VirtualTime } from "../../support/virtual-time.js";

const DAY = 24 * 60 * 60 * 1000;

describe("the clock", () => {
  it("goes on where ESP32's 32 bits turn negative and start anew", () => {
    const time = new VirtualTime(1_000_000);
    const boot = time.now();
    const clock = new TickClock(() => (time.now() - boot) | 0, time);
    for (let day = 1; day <= 100; day++) {
      time.advance(DAY);
      expect(clock.now()).toBe(day * DAY);
    }
  });

  it("goes on even if nobody asks for the time", () => {
    const time = new VirtualTime(1_000_000);
    const clock = new TickClock(() => time.now() | 0, time);
    time.advance(100 * DAY);
    expect(clock.now()).toBe(100 * DAY);
  });

  it("stands still where the wall clock is set back", () => {
    let wall = 1_795_424_281_034;
    const clock = new TickClock(() => wall, new VirtualTime(1_000_000));
    wall += 500;
    expect(clock.now()).toBe(500);
    wall -= 3_600_000;
    expect(clock.now()).toBe(500);
    wall += 20;
    expect(clock.now()).toBe(520);
  });
});

it("the time of day is known once somebody has set it", () => {
  let date = 5_000;
  const clock = new DateClock(() => date);
  expect(clock.now()).toBeUndefined();
  date = EARLIEST_TIME;
  expect(clock.now()).toBe(date);
});

describe("storage", () => {
  /** As `preference` is on ESP32, over NVS: short names, whole buffers, a vague error. */
  class FakePreference implements NativePreference {
    readonly values = new Map<string, unknown>();
    writes = 0;
    isFull = false;

    get(domain: string, key: string): unknown {
      return this.values.get(this.#name(domain, key));
    }

    set(domain: string, key: string, value: ArrayBuffer): void {
      if (!(value instanceof ArrayBuffer)) throw new Error("unsupported type");
      if (this.isFull || value.byteLength > MAX_STORAGE_VALUE) throw new Error("nvs set fail");
      this.writes++;
      this.values.set(this.#name(domain, key), value);
    }

    delete(domain: string, key: string): void {
      this.values.delete(this.#name(domain, key));
    }

    #name(domain: string, key: string): string {
      for (const name of [domain, key]) if (Buffer.byteLength(name) > 15) throw new Error("nvs_open fail");
      return `${domain}/${key}`;
    }
  }

  it("is a preference, byte for byte", () => {
    const native = new FakePreference();
    const storage = new PreferenceStorage(native);
    const key = "k".repeat(MAX_STORAGE_KEY);
    expect(storage.get(key)).toBeUndefined();
    // A view into a larger buffer: what is around it is not stored.
    storage.set(key, Uint8Array.of(9, 1, 0, 255, 9).subarray(1, 4));
    expect(new PreferenceStorage(native).get(key)).toEqual(Uint8Array.of(1, 0, 255));
    storage.delete(key);
    expect([storage.get(key), native.values.size]).toEqual([undefined, 0]);
  });

  it("does not write what is there already: flash wears", () => {
    const native = new FakePreference();
    const storage = new PreferenceStorage(native);
    storage.set("lease", Uint8Array.of(1, 2));
    storage.set("lease", Uint8Array.of(1, 2));
    expect(native.writes).toBe(1);
    storage.set("lease", Uint8Array.of(1, 3));
    expect(native.writes).toBe(2);
  });

  it("takes what another program has left there, of another type, for nothing", () => {
    const native = new FakePreference();
    native.values.set("wirelet/lease", "text");
    expect(new PreferenceStorage(native).get("lease")).toBeUndefined();
  });

  it("says what it was asked for when the flash is full", () => {
    const native = new FakePreference();
    native.isFull = true;
    expect(() => new PreferenceStorage(native).set("lease", Uint8Array.of(1))).toThrow(
      "store lease: nvs set fail (ENOBUFS)",
    );
  });
});

describe("timers", () => {
  /** Moddable's timers: whole milliseconds, at most 31 bits of them. */
  function nativeTimers(time: VirtualTime): { native: NativeTimer; delays: number[] } {
    const delays: number[] = [];
    const native: NativeTimer = {
      set(callback, delay) {
        delays.push(delay);
        return time.set(callback, delay);
      },
      clear: (timer) => time.clear(timer),
    };
    return { native, delays };
  }

  it.each([
    [0, 0],
    [-5, 0],
    [0.25, 1],
    [20, 20],
    [MAX_TIMER_DELAY, MAX_TIMER_DELAY],
  ])("asks for %d ms as %d", (delay, asked) => {
    const { native, delays } = nativeTimers(new VirtualTime(1_000_000));
    new XsTimers(native).set(() => undefined, delay);
    expect(delays).toEqual([asked]);
  });

  it("arms what is far away again and again", () => {
    const time = new VirtualTime(1_000_000);
    const { native, delays } = nativeTimers(time);
    let runs = 0;
    new XsTimers(native).set(() => runs++, 2.5 * MAX_TIMER_DELAY);
    time.advance(2.5 * MAX_TIMER_DELAY - 1);
    expect(runs).toBe(0);
    time.advance(1);
    expect(runs).toBe(1);
    expect(Math.max(...delays)).toBe(MAX_TIMER_DELAY);
  });

  it("clears, near and far, before and after", () => {
    const time = new VirtualTime(1_000_000);
    const timers = new XsTimers(nativeTimers(time).native);
    const near = timers.set(() => expect(true).toBe(false), 10);
    const far = timers.set(() => expect(true).toBe(false), 2 * MAX_TIMER_DELAY);
    time.advance(5);
    timers.clear(near);
    time.advance(MAX_TIMER_DELAY);
    timers.clear(far);
    timers.clear(undefined);
    expect(time.pending).toBe(0);
  });
});

describe("memory", () => {
  const report = (figures: Readonly<Record<string, number>>): unknown => {
    const names = Object.keys(figures);
    return createMemoryReporter({
      map: (name) => (names.includes(name) ? names.indexOf(name) : undefined),
      get: (figure) => (figure === undefined ? undefined : figures[names[figure]!]),
    })();
  };

  it("is XS's heap, of what the system has left for it", () => {
    const figures = {
      "XS Slot Heap Used": 20_000,
      "XS Chunk Heap Used": 10_000,
      "System Free Memory": 90_000,
    };
    expect(report(figures)).toEqual({ used: 30_000, total: 120_000 });
  });

  it("has no total on the simulator, and nothing in a release build", () => {
    const figures = { "XS Slot Heap Used": 20_000, "XS Chunk Heap Used": 10_000, "System Free Memory": 0 };
    expect(report(figures)).toEqual({ used: 30_000 });
    expect(report({})).toEqual({ used: 0 });
  });
});
