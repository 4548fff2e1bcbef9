import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Capture, FirstBoot, readCaptureFile } from "../../simulator/index.js";
import { PATIENCE, Program } from "../support/program.js";
import { describeWith, describeWithTool, requireTool } from "../support/tools.js";
import { faultyFrames, readCapture } from "../support/tshark.js";
import { start, wirelet, wirelets } from "./support/wirelet.js";

jest.setTimeout(2 * PATIENCE);

let folder: string;
/** A first boot, and a GET of the device's status. */
let boot: string;
let device: { mac: string; address: string };
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "wirelet-replay-"));
  boot = file("boot.pcapng");
  const blocks: Uint8Array[] = [];
  const scenario = new FirstBoot({ seed: 7 });
  new Capture((block) => blocks.push(block)).watch(scenario.lan);
  scenario.boot();
  await scenario.get("/api/status");
  writeFileSync(boot, Buffer.concat(blocks));
  device = { mac: scenario.device.mac.toString(), address: scenario.device.address.toString() };
});

afterAll(() => rmSync(folder, { recursive: true }));

const lines = (text: string): string[] => text.trimEnd().split("\n");

describe("wirelet replay", () => {
  it("lists a file's frames, all or those that a filter asks for", async () => {
    const { frames } = readCaptureFile(readFileSync(boot));
    const [all, dhcp, none] = await wirelets([
      ["replay", boot, "--list"],
      ["replay", boot, "--list", "--filter", "dhcp && host == device"],
      ["replay", boot, "--list", "--filter", "icmp"],
    ]);
    expect([all!.status, all!.stderr]).toEqual([0, ""]);
    expect(lines(all!.stdout)).toHaveLength(frames.length);
    expect(lines(dhcp!.stdout).map((line) => /DHCP (Discover|Request)/.exec(line)?.[1])).toEqual([
      "Discover",
      "Request",
    ]);
    expect(lines(dhcp!.stdout)[0]).toMatch(
      /^ {4}1 {6}0\.000000 {2}device {4}0\.0\.0\.0 → 255\.255\.255\.255 +DHCP {6}342 {2}DHCP Discover - Transaction ID 0x[0-9a-f]+$/,
    );
    expect(none).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  it("has a device answer in the place of the one that was asked, and prints both as JSON", async () => {
    const { status, stdout, stderr } = await wirelet("replay", boot, "--filter", "!dhcp", "--json");
    expect(status).toBe(0);
    const frames = lines(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
    const http = frames.filter(({ protocol }) => protocol === "HTTP");
    expect(http.slice(0, 2)).toEqual([
      expect.objectContaining({
        port: "replay",
        summary: "GET /api/status HTTP/1.1",
        faults: [],
        comment: null,
      }),
      expect.objectContaining({ port: "device", summary: "HTTP/1.1 200 OK  (application/json)" }),
    ]);
    expect(stderr).toContain(`The device plays ${device.address}, ${device.mac}\n`);
    expect(stderr).toMatch(
      /\n\d+ frames sent, \d+ left out as the device's own part; the device has sent \d+\n$/,
    );
  });

  it("plays whom it is told to, and captures what happens", async () => {
    const [byAddress, byMac, stranger] = await wirelets([
      ["replay", boot, "--to", "192.168.1.1/16", "--pcap", file("router.pcapng")],
      ["replay", boot, "--to", device.mac],
      ["replay", boot, "--to", "10.9.8.7"],
    ]);
    expect(byAddress!.stderr).toMatch(/^The device plays 192\.168\.1\.1, /);
    const captured = readCaptureFile(readFileSync(file("router.pcapng")));
    expect(captured.frames.length).toBe(lines(byAddress!.stdout).length);
    expect(captured.names.get("192.168.1.1")).toBe("device");
    expect(byMac!.stderr).toContain(`The device plays ${device.address}, ${device.mac}\n`);
    expect(stranger!.stderr).toMatch(
      /^Nobody in the capture is 10\.9\.8\.7: nothing is left out\nThe device plays 10\.9\.8\.7, /,
    );
    expect([byAddress!.status, byMac!.status, stranger!.status]).toEqual([0, 0, 0]);
  });

  it("takes the time that it is told to", async () => {
    // Seven seconds, and five for the answers.
    const { status, stdout } = await wirelet("replay", boot, "--speed", "60");
    const fast = await wirelet("replay", boot);
    expect(status).toBe(0);
    expect(stdout).toBe(fast.stdout);
  });

  it("does the same again with the same seed, and something else with another", async () => {
    const [first, second, other] = await wirelets(
      ["5", "5", "6"].map((seed) => ["replay", boot, "--seed", seed]),
    );
    expect(second!.stdout).toBe(first!.stdout);
    expect(other!.stdout).not.toBe(first!.stdout);
  });

  it("reads a file whose end is missing as far as it goes", async () => {
    const cut = file("cut.pcapng");
    writeFileSync(cut, readFileSync(boot).subarray(0, 1500));
    const { status, stdout, stderr } = await wirelet("replay", cut, "--list");
    expect(status).toBe(0);
    expect(lines(stdout).length).toBeGreaterThan(2);
    expect(stderr).toMatch(
      /^wirelet: .*cut\.pcapng is read as far as it goes: the block at byte \d+ is cut off\n$/,
    );
  });

  it("refuses what it cannot do, in one message", async () => {
    const text = file("text");
    writeFileSync(text, "This is no capture.");
    const [quiet, silent] = [file("quiet"), file("silent")];
    const header = readFileSync(boot).subarray(0, 44);
    writeFileSync(quiet, header);
    writeFileSync(silent, "");
    const calls: [args: string[], status: number, message: string | RegExp][] = [
      [[], 2, "Name one capture file. Try --help."],
      [[boot, text], 2, "Name one capture file. Try --help."],
      [[text], 1, `read capture ${text}: it is neither pcapng nor pcap (EINVAL)`],
      [[silent], 1, `read capture ${silent}: the file is empty (EINVAL)`],
      [[file("none")], 1, `read capture ${file("none")}: there is no such file (EINVAL)`],
      [[folder], 1, `read capture ${folder}: it is a folder (EINVAL)`],
      [[quiet], 2, "No frame is for anybody: say with --to whose part the device plays. Try --help."],
      [
        [boot, "--to", "toaster"],
        2,
        /^--to takes an IPv4 address or a MAC of the capture, .* not "toaster"\. Try --help\.$/,
      ],
      [[boot, "--to", "fe80::1"], 2, /^--to takes an IPv4 address/],
      [
        [boot, "--to", "02:00:00:00:00:99"],
        2,
        "The capture has no IPv4 address for 02:00:00:00:00:99: name one with --to. Try --help.",
      ],
      [[boot, "--speed", "0"], 2, /^--speed takes a number/],
      [[boot, "--list", "--to", "10.0.0.1"], 2, "--list sends nothing, so --to is for nothing. Try --help."],
      [
        [boot, "--json", "--pcap", "-"],
        2,
        "--json and --pcap - both want standard output: name a file. Try --help.",
      ],
      [
        [boot, "--filter", "dhcp && tcp.prot == 80"],
        2,
        'read filter: there is no field "tcp.prot"; is it tcp.port? (EINVAL)\n  dhcp && tcp.prot == 80\n          ^',
      ],
    ];
    const endings = await wirelets(calls.map(([args]) => ["replay", ...args]));
    for (const [index, [args, status, message]] of calls.entries()) {
      const ending = endings[index]!;
      expect([args, ending.status, ending.stdout]).toEqual([args, status, ""]);
      expect(ending.stderr.replace(/^wirelet: (.*)\n$/s, "$1")).toEqual(
        typeof message === "string" ? message : expect.stringMatching(message),
      );
    }
  });
});

describeWithTool("tshark", "a capture on standard output", () => {
  it.each([
    ["replay", () => ["replay", boot, "--pcap", "-"]],
    ["sim", () => ["sim", "--once", "--pcap", "-"]],
  ])("has nothing else in it: %s", async (name, args) => {
    const path = file(`${name}.out`);
    const command = [process.execPath, "scripts/wirelet.mjs", ...args()].join(" ");
    const { status, stderr } = await start("sh", "-c", `${command} > ${path}`).ends();
    expect([status, stderr.length > 0]).toEqual([0, true]);
    const frames = await readCapture(path);
    expect(faultyFrames(frames)).toEqual([]);
    expect(frames.some(({ protocols }) => protocols.includes("http"))).toBe(true);
  });
});

describeWith([requireTool("mkfifo", "coreutils")], "a capture whose reader goes away", () => {
  it("ends with one message, and the run goes on", async () => {
    const pipe = file("pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = new Program(spawn("head", ["-c", "100", pipe]));
    const { status, stdout, stderr } = await wirelet("sim", "--once", "--pcap", pipe);
    await reader.ends();
    expect(stderr).toBe(
      `Waiting for somebody to read ${pipe}\n` +
        `wirelet: write capture ${pipe}: nobody reads it any more (EPIPE); the capture ends here, the run goes on\n`,
    );
    expect([status, stdout.includes("GET http")]).toEqual([0, true]);
  });
});

const devFull = {
  name: "/dev/full",
  missing: existsSync("/dev/full") ? undefined : "only Linux has /dev/full",
};

describeWith([devFull], "a capture on a full disk", () => {
  it("ends with one message, and the run goes on", async () => {
    const { status, stdout, stderr } = await wirelet("sim", "--once", "--pcap", "/dev/full");
    expect(stderr).toBe(
      "wirelet: write capture /dev/full: the disk is full (ENOBUFS); the capture ends here, the run goes on\n",
    );
    expect([status, stdout.includes("GET http")]).toEqual([1, true]);
  });
});
