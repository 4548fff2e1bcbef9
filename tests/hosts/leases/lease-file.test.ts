import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import fs, {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { LeaseFile, readLeases } from "../../../hosts/node/leases/index.js";
import { JOURNAL_HEADER, formatJournalLine } from "../../../hosts/node/leases/journal-lines.js";
import { Ipv4Address, MacAddress } from "../../../src/address/index.js";
import type { StoredLease } from "../../../src/dhcp/index.js";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wirelet-leases-"));
  path = join(folder, "leases");
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function lease(number: number, expiresAt = 1_000): StoredLease {
  return {
    address: Ipv4Address.fromValue(0x0a4d_0000 + number),
    mac: MacAddress.fromValue(0x0200_0000_0000 + number),
    state: "bound",
    duration: 1_000,
    expiresAt,
  };
}

/** What is in the file: numbers of leases and when they end. */
function stored(from: string = path): [number, number | undefined][] {
  return [...readLeases(from).leases.values()].map(({ address, expiresAt }) => [
    address.value - 0x0a4d_0000,
    expiresAt,
  ]);
}

function numberOfLines(): number {
  return readFileSync(path, "utf8").split("\n").length - 1;
}

describe("a lease file", () => {
  it("is made with its first line, and has what was recorded last for each address", () => {
    const file = new LeaseFile(path);
    expect(readFileSync(path, "utf8")).toBe(`${JOURNAL_HEADER}\n`);
    for (const number of [1, 2, 3]) file.record(lease(number));
    file.record(lease(2, 2_000));
    file.remove(lease(3).address);
    file.remove(lease(4).address);
    expect(stored()).toEqual([
      [1, 1_000],
      [2, 2_000],
    ]);
    expect(numberOfLines()).toBe(6);
  });

  it("is loaded by the next server, which goes on where the last one ended", () => {
    new LeaseFile(path).record(lease(1));
    const second = new LeaseFile(path);
    expect([...second.load()]).toEqual([lease(1)]);
    second.record(lease(2));
    expect(stored()).toHaveLength(2);
    expect(numberOfLines()).toBe(3);
  });

  it("is written anew when most of its lines count no more", () => {
    const file = new LeaseFile(path, { compactionLines: 20 });
    const sizes = [];
    for (let time = 1; time <= 200; time++) {
      file.record(lease(time % 5, time));
      sizes.push(numberOfLines());
      expect(new Map(stored()).get(time % 5)).toBe(time);
    }
    expect(Math.max(...sizes)).toBe(21);
    expect(Math.min(...sizes.slice(20))).toBe(6);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it("grows with the table: a line is not written more than twice", () => {
    const file = new LeaseFile(path, { compactionLines: 20 });
    for (let number = 0; number < 100; number++) file.record(lease(number));
    expect(numberOfLines()).toBe(101);
  });

  it("keeps its permissions, and a link to it, when it is written anew", () => {
    const real = join(folder, "real");
    new LeaseFile(real);
    chmodSync(real, 0o600);
    symlinkSync(real, path);
    const file = new LeaseFile(path, { compactionLines: 2 });
    for (let time = 1; time <= 10; time++) file.record(lease(1, time));
    expect(numberOfLines()).toBeLessThan(5);
    expect(statSync(real).mode & 0o777).toBe(0o600);
    expect(stored(real)).toEqual([[1, 10]]);
  });
});

describe("a damaged lease file", () => {
  it("loses the damaged lines only, says which, and keeps a copy", () => {
    const file = new LeaseFile(path);
    for (const number of [1, 2, 3]) file.record(lease(number));
    const damaged = readFileSync(path, "utf8").replace("10.77.0.2", "10.77.0.7");
    writeFileSync(path, `${damaged}${formatJournalLine("{}")}`);
    const repaired = new LeaseFile(path);
    expect(repaired.faults).toEqual([
      { line: 3, reason: "damaged" },
      { line: 5, reason: "meaningless" },
    ]);
    expect(stored()).toEqual([
      [1, 1_000],
      [3, 1_000],
    ]);
    expect(readFileSync(`${path}.damaged`, "utf8")).toContain("10.77.0.7");
    expect(new LeaseFile(path).faults).toEqual([]);
  });

  it("may end within a line: what is recorded next does not continue it", () => {
    new LeaseFile(path).record(lease(1));
    appendFileSync(path, '7692c3ad {"address":"10');
    const file = new LeaseFile(path);
    expect(file.faults).toEqual([{ line: 3, reason: "torn" }]);
    file.record(lease(2));
    expect(stored()).toHaveLength(2);
    expect(readLeases(path).faults).toEqual([]);
    expect(existsSync(`${path}.damaged`)).toBe(false);
  });

  it.each([
    ["lost its first line", (content: string) => content.replace(/^.*\n/, ""), []],
    [
      "has another one",
      (content: string) => content.replace(/^.*\n/, "?\n"),
      [{ line: 1, reason: "damaged" }],
    ],
    ["lacks the end of its last line", (content: string) => content.slice(0, -1), []],
  ])("is read although it %s", (_, change, faults) => {
    new LeaseFile(path).record(lease(1));
    writeFileSync(path, change(readFileSync(path, "utf8")));
    const file = new LeaseFile(path);
    expect(file.faults).toEqual(faults);
    file.record(lease(2));
    expect(stored()).toHaveLength(2);
  });

  it("may be empty", () => {
    writeFileSync(path, "");
    new LeaseFile(path).record(lease(1));
    expect(stored()).toHaveLength(1);
  });
});

describe("what is no lease file", () => {
  it.each([
    ["somebody's letter", "Dear Anna,\n\nhow are you?\n", "it is no lease file"],
    ["a file without lines", "Dear Anna", "it is no lease file"],
    ["a later format", "wirelet leases, format 2\nx\n", "it is of another format: wirelet leases, format 2"],
  ])("is refused, and left as it is: %s", (_, content, reason) => {
    writeFileSync(path, content);
    for (const open of [() => new LeaseFile(path), () => readLeases(path)])
      expect(open).toThrow(`read lease file ${path}: ${reason} (EINVAL)`);
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("is refused: a folder, a device, a file in no folder", () => {
    mkdirSync(path);
    expect(() => new LeaseFile(path)).toThrow("it is a folder (EINVAL)");
    expect(() => new LeaseFile("/dev/zero")).toThrow("it is no file (EINVAL)");
    expect(() => new LeaseFile(join(folder, "none", "leases"))).toThrow("there is no such folder (EINVAL)");
    expect(() => readLeases(join(folder, "none"))).toThrow("there is no such file (EINVAL)");
  });
});

/** Names the calls that bring something to the disk, in order. */
function watchCalls(): string[] {
  const calls: string[] = [];
  const names = new Map<number, string>();
  const { openSync } = fs;
  jest.spyOn(fs, "openSync").mockImplementation((...args) => {
    const descriptor = openSync(...args);
    names.set(descriptor, basename(String(args[0])));
    return descriptor;
  });
  const { writeSync, fsyncSync, renameSync } = fs;
  jest.spyOn(fs, "writeSync").mockImplementation(((descriptor: number, ...rest: [Uint8Array]) => {
    calls.push(`write ${names.get(descriptor) ?? "leases"}`);
    return writeSync(descriptor, ...rest);
  }) as typeof writeSync);
  jest.spyOn(fs, "fsyncSync").mockImplementation((descriptor) => {
    calls.push(`fsync ${names.get(descriptor) ?? "leases"}`);
    fsyncSync(descriptor);
  });
  jest.spyOn(fs, "renameSync").mockImplementation((from, to) => {
    calls.push(`rename ${basename(String(from))}`);
    renameSync(from, to);
  });
  return calls;
}

describe("the disk", () => {
  it("has a change before record returns, and a new file before the old one is gone", () => {
    const calls = watchCalls();
    const file = new LeaseFile(path, { compactionLines: 1 });
    const made = ["write leases.new", "fsync leases.new", "rename leases.new", `fsync ${basename(folder)}`];
    expect(calls.splice(0)).toEqual(made);
    file.record(lease(1, 1));
    expect(calls.splice(0)).toEqual(["write leases", "fsync leases"]);
    for (const time of [2, 3, 4]) file.record(lease(1, time));
    calls.splice(0);
    file.record(lease(1, 5));
    expect(calls).toEqual(made);
  });

  it("may be full in the middle of a line: the lease is not recorded, and what comes later is", () => {
    const file = new LeaseFile(path);
    file.record(lease(1));
    const { writeSync } = fs;
    const write = jest.spyOn(fs, "writeSync");
    write.mockImplementationOnce(((descriptor: number, bytes: Uint8Array) =>
      writeSync(descriptor, bytes, 0, 10)) as typeof writeSync);
    write.mockImplementationOnce(() => {
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    });
    expect(() => file.record(lease(1, 2_000))).toThrow(
      `write lease file ${path}: the disk is full (ENOBUFS)`,
    );
    expect([...file.load()]).toEqual([lease(1)]);
    expect(stored()).toEqual([[1, 1_000]]);
    file.record(lease(2));
    expect(readLeases(path).faults).toEqual([]);
    expect(stored()).toHaveLength(2);
  });

  it("may fail to keep what it has: then all is written to it again", () => {
    const file = new LeaseFile(path);
    file.record(lease(1));
    jest.spyOn(fs, "fsyncSync").mockImplementationOnce(() => {
      throw Object.assign(new Error("input/output error"), { code: "EIO" });
    });
    expect(() => file.record(lease(2))).toThrow("input/output error (EINVAL)");
    jest.restoreAllMocks();
    const calls = watchCalls();
    file.record(lease(3));
    expect(calls).toContain("rename leases.new");
    expect(stored().map(([number]) => number)).toEqual([1, 3]);
  });

  it("may lose the file: it is made again", () => {
    const file = new LeaseFile(path);
    file.record(lease(1));
    rmSync(path);
    file.record(lease(2));
    expect(stored()).toHaveLength(2);
  });

  it("may have another server's leases there: nobody's are written over", () => {
    const [first, second] = [new LeaseFile(path), new LeaseFile(path)];
    first.record(lease(1));
    expect(() => second.record(lease(2))).toThrow(
      `write lease file ${path}: another program has changed it (EINVAL)`,
    );
    first.record(lease(3));
    expect(stored().map(([number]) => number)).toEqual([1, 3]);
  });
});
