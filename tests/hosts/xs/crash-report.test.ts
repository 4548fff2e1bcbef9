import { describe, expect, it } from "@jest/globals";
import { keepWhatEndsIt, type AbortHook } from "../../../hosts/xs/abort-hook.js";
import { CrashReport, MAX_CRASH, RUNS_WELL_AFTER } from "../../../hosts/xs/crash-report.js";
import type { Storage } from "../../../src/host/index.js";
import { VirtualTime } from "../../support/virtual-time.js";

/** Flash that counts. */
class Flash implements Storage {
  readonly values = new Map<string, Uint8Array>();
  isBroken = false;
  changes = 0;

  get(key: string): Uint8Array | undefined {
    if (this.isBroken) throw new Error("nvs_open fail");
    return this.values.get(key);
  }

  set(key: string, value: Uint8Array): void {
    if (this.isBroken) throw new Error("nvs set fail");
    this.changes++;
    this.values.set(key, value);
  }

  delete(key: string): void {
    if (this.isBroken) throw new Error("nvs erase fail");
    this.changes++;
    this.values.delete(key);
  }
}

describe("what ended the run", () => {
  it("is known after the restart", () => {
    const [flash, time] = [new Flash(), new VirtualTime()];
    const realm: AbortHook = {};
    keepWhatEndsIt(new CrashReport(flash), realm);
    expect(new CrashReport(flash).load(time)).toBeUndefined();
    realm.abort!("unhandled exception", new TypeError("cannot read null"));
    expect(new CrashReport(flash).load(time)).toBe("unhandled exception: TypeError: cannot read null");
  });

  it("is the engine's reason alone where nothing was thrown", () => {
    const [flash, time] = [new Flash(), new VirtualTime()];
    new CrashReport(flash).keep("not enough memory", undefined);
    expect(new CrashReport(flash).load(time)).toBe("not enough memory");
  });

  it("is told of until a run goes well", () => {
    const [flash, time] = [new Flash(), new VirtualTime()];
    new CrashReport(flash).keep("unhandled exception", new Error("one"));
    for (let start = 0; start < 3; start++) {
      expect(new CrashReport(flash).load(new VirtualTime())).toContain("one");
    }
    expect(flash.changes).toBe(1);
    new CrashReport(flash).load(time);
    time.advance(RUNS_WELL_AFTER);
    expect(new CrashReport(flash).load(time)).toBeUndefined();
  });

  it("is cut off where it is long", () => {
    const [flash, time] = [new Flash(), new VirtualTime()];
    new CrashReport(flash).keep("unhandled exception", new Error("x".repeat(5_000)));
    expect(new CrashReport(flash).load(time)).toHaveLength(MAX_CRASH);
  });

  it("does not become worse with flash that fails", () => {
    const [flash, time] = [new Flash(), new VirtualTime()];
    const crash = new CrashReport(flash);
    const realm: AbortHook = {};
    keepWhatEndsIt(crash, realm);
    crash.keep("unhandled exception", new Error("one"));
    crash.load(time);
    flash.isBroken = true;
    time.advance(RUNS_WELL_AFTER);
    expect(realm.abort!("unhandled exception", new Error("two"))).toBeUndefined();
    expect(crash.load(time)).toBeUndefined();
  });
});
