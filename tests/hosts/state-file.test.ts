import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { StateFile } from "../../hosts/node/state-file.js";

let folder: string;
let file: string;
let lines: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wirelet-state-"));
  file = path.join(folder, "device.json");
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): StateFile => new StateFile(file, (level, message) => lines.push(`${level} ${message}`));

describe("the state file", () => {
  it("keeps values from one process to the next", () => {
    const state = open();
    expect(state.get("lease")).toBeUndefined();
    expect(existsSync(file)).toBe(false);
    state.set("lease", Uint8Array.of(0, 1, 255));
    state.set("empty", new Uint8Array(0));
    expect(readFileSync(file, "utf8")).toBe('{\n  "lease": "AAH/",\n  "empty": ""\n}\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const next = open();
    expect([next.get("lease"), next.get("empty")]).toEqual([Uint8Array.of(0, 1, 255), new Uint8Array(0)]);
    next.delete("lease");
    next.delete("lease");
    expect([open().get("lease"), open().get("empty")]).toEqual([undefined, new Uint8Array(0)]);
    expect(lines).toEqual([]);
  });

  it("does not write what is there already", () => {
    const state = open();
    state.set("lease", Uint8Array.of(1));
    const { ino } = statSync(file);
    state.set("lease", Uint8Array.of(1));
    state.delete("other");
    expect(statSync(file).ino).toBe(ino);
    state.set("lease", Uint8Array.of(2));
    expect(statSync(file).ino).not.toBe(ino);
  });

  it("shares no bytes with its callers", () => {
    const state = open();
    const value = Uint8Array.of(1, 2);
    state.set("lease", value);
    value[0] = 9;
    state.get("lease")![1] = 9;
    expect(state.get("lease")).toEqual(Uint8Array.of(1, 2));
  });

  it.each<[string, string]>([
    ["empty", ""],
    ["torn", '{"lease":"AA'],
    ["a list", "[]"],
    ["null", "null"],
    ["of other values", '{"lease":7}'],
    ["of other texts", '{"lease":"not base64"}'],
    ["of base64 that was cut", '{"lease":"AAH"}'],
    ["too long", " ".repeat(2 ** 20 + 1)],
  ])("reports a file that is %s, and replaces it", (_, text) => {
    writeFileSync(file, text);
    const state = open();
    expect(lines).toEqual([`warn ${file} is no state of a device; it is not used, and will be replaced`]);
    expect(readFileSync(file, "utf8")).toBe(text);
    state.set("lease", Uint8Array.of(7));
    expect(open().get("lease")).toEqual(Uint8Array.of(7));
    expect(lines).toHaveLength(1);
  });

  it("takes what ESP32's flash takes, and no more", () => {
    const state = open();
    expect(() => state.set("a key that is too long", new Uint8Array(1))).toThrow("EINVAL");
    expect(() => state.get("")).toThrow("EINVAL");
    expect(() => state.set("lease", new Uint8Array(4001))).toThrow("EMSGSIZE");
    expect(existsSync(file)).toBe(false);
  });

  it("says why it cannot be read or written, and then has what the file has", () => {
    mkdirSync(file);
    expect(() => open()).toThrow("it is a folder (EINVAL)");
    rmSync(file, { recursive: true });
    const state = open();
    state.set("lease", Uint8Array.of(1));
    // Where the new file would be made; root is not kept away by permissions.
    mkdirSync(`${file}.new`);
    chmodSync(folder, 0o500);
    expect(() => state.set("lease", Uint8Array.of(2))).toThrow(`write state ${file}`);
    chmodSync(folder, 0o700);
    expect(state.get("lease")).toEqual(Uint8Array.of(1));
    const elsewhere = path.join(folder, "none", "device.json");
    expect(() => new StateFile(elsewhere, () => undefined).set("lease", Uint8Array.of(1))).toThrow(
      "there is no such folder (EINVAL)",
    );
  });

  it("is whole whenever its process is killed", async () => {
    const writer = `
      const { StateFile } = require(${JSON.stringify(path.resolve("hosts/node/state-file.ts"))});
      const state = new StateFile(${JSON.stringify(file)}, () => process.exit(1));
      for (let count = state.get("count")?.[0] ?? 0; ; count = (count + 1) % 256) {
        state.set("count", new Uint8Array(1000).fill(count));
        process.stdout.write(count + "\\n");
      }`;
    for (let kill = 0; kill < 5; kill++) {
      const child = spawn(process.execPath, ["-r", "ts-node/register", "-e", writer]);
      const written = await new Promise<number>((resolve) => {
        let text = "";
        child.stdout.on("data", (data: Buffer) => {
          text += data.toString();
          if (text.split("\n").length > 3 + 2 * kill) child.kill("SIGKILL");
        });
        child.on("close", () => resolve(Number(text.trim().split("\n").at(-1))));
      });
      const count = open().get("count")!;
      expect(count).toHaveLength(1000);
      expect(new Set(count).size).toBe(1);
      // What was said to be written is there; the next one may be, too.
      expect([written, (written + 1) % 256]).toContain(count[0]);
    }
    expect(lines).toEqual([]);
  }, 120_000);
});
