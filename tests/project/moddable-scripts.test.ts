import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { SETTING_NAMES } from "../../hosts/xs/settings.js";
import { Program, type Ending } from "../support/program.js";

const ROOT = path.join(__dirname, "..", "..");

/** A computer that has what is asked for, and on it a mcconfig that only says how it was called. */
let folder: string;
let complete: Record<string, string>;

function install(file: string, script: string): void {
  const place = path.join(folder, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, `#!/bin/sh\n${script}\n`);
  chmodSync(place, 0o755);
}

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "wirelet-moddable-"));
  install("bin/mcconfig", 'printf "<%s>" "in $(basename "$PWD")" "$@"; exit "${STATUS:-0}"');
  install("bin/tsc", 'echo "Version ${TSC:-6.0.3}"');
  install("idf/tools/idf.py", "");
  mkdirSync(path.join(folder, "sdk", "tools", "mcconfig"), { recursive: true });
  writeFileSync(path.join(folder, "ttyUSB0"), "");
  complete = {
    PATH: `${path.join(folder, "bin")}:/usr/bin:/bin`,
    MODDABLE: path.join(folder, "sdk"),
    IDF_PATH: path.join(folder, "idf"),
    UPLOAD_PORT: path.join(folder, "ttyUSB0"),
  };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `npm run sim` or `flash`, without npm; undefined takes a variable away. */
function run(args: string, env: Record<string, string | undefined> = {}): Promise<Ending> {
  const parts = args.split(" ");
  const child = spawn(process.execPath, [path.join(ROOT, "scripts", "moddable.mjs"), ...parts], {
    cwd: ROOT,
    env: { ...complete, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Program(child).ends();
}

describe("npm run sim", () => {
  it("builds the firmware for the simulator with a screen, and starts it", async () => {
    const { status, stdout, stderr } = await run("sim");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`<in ${path.basename(ROOT)}><-d><-m><-p><sim/m5stack>`);
  });

  it("passes platform and settings on", async () => {
    const { stdout } = await run("sim -p lin --release port=8090 hostname=lamp");
    expect(stdout).toContain("<-i><-m><-p><lin><port=8090><hostname=lamp>");
  });

  it("builds another app", async () => {
    const { stdout } = await run("sim --app examples/moddable/sockets");
    expect(stdout).toContain("<in sockets><-d><-m><-p><sim/m5stack>");
  });

  it("removes what was built", async () => {
    const { stdout } = await run("sim -p lin --clean");
    expect(stdout).toContain("<-d><-m><-p><lin><-t><clean>");
  });

  it("ends as mcconfig ends", async () => {
    expect((await run("sim", { STATUS: "3" })).status).toBe(3);
  });

  it("needs neither ESP-IDF nor a board", async () => {
    expect((await run("sim", { IDF_PATH: undefined, UPLOAD_PORT: undefined })).status).toBe(0);
  });
});

describe("npm run flash", () => {
  it("builds the firmware for ESP32, and shows no password", async () => {
    const { status, stdout } = await run("flash ssid=home password=secret12 setuppassword=topsecret");
    const [shown, called] = stdout.split("\n");
    expect(status).toBe(0);
    expect(called).toContain("<-d><-m><-p><esp32><ssid=home><password=secret12><setuppassword=topsecret>");
    expect(shown).toBe("mcconfig -d -m -p esp32 ssid=home password=… setuppassword=…");
  });

  it("only says what it would do", async () => {
    const { status, stdout } = await run("flash --dry-run -p esp32/esp32c3 ssid=home", {
      MODDABLE: undefined,
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "mcconfig -d -m -p esp32/esp32c3 ssid=home\n" });
  });
});

describe("a setting", () => {
  it.each([
    ["sim sssid=home", 'no setting "sssid"; did you mean ssid=?'],
    ["flash ssid=home pasword=secret12", 'no setting "pasword"; did you mean password=?'],
    ["flash setup-password=topsecret", '"setup-password=topsecret" is neither'],
    ["flash Hostname=lamp", 'no setting "Hostname"; did you mean hostname=?'],
    ["flash colour=red", `no setting "colour"; there are ${SETTING_NAMES.join(", ")}.`],
    ["flash constructor=1", 'no setting "constructor"; there are ssid'],
  ])("of no such name is refused: %s", async (args, said) => {
    const { status, stderr, stdout } = await run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(said);
  });

  it.each([
    ["sim dhcp=wirelet", 'dhcp wirelet: it is "own" or "platform".'],
    ["flash static=192.168.1.20", "static 192.168.1.20: it is a host's address"],
    ["flash port=http", "port http: it is a number from 0 to 65535."],
    ["flash gateway=192.168.1.1", "gateway 192.168.1.1: it goes with static="],
    ["flash ssid=home password=short", "ssid and password: a password has 8 to 63 characters."],
    ["flash password=secret12", "password: it goes with ssid=."],
    ["flash setuppassword=short", "setuppassword: it is 8 to 63 characters of ASCII."],
    ["flash --app hosts/xs/esp32/no-c hostname=my_lamp", "hostname my_lamp: it is 1 to 32 letters"],
  ])("that the firmware would refuse is refused before it is built: %s", async (args, said) => {
    const { status, stderr, stdout } = await run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(said);
    expect(stderr).not.toMatch(/short.*short|secret12/);
  });

  it.each([
    "sim port= port=0",
    "flash ssid= password=",
    "flash static=192.168.1.20/24 gateway=192.168.1.1 dns=9.9.9.9,1.1.1.1 log=debug dhcp=own",
    "sim rotation=90",
    "flash --app examples/moddable/sockets colour=red",
  ])("that is somebody's passes: %s", async (args) => {
    const { status, stderr } = await run(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

describe("what is missing", () => {
  const cases: readonly [what: string, env: Record<string, string | undefined>, said: readonly string[]][] = [
    ["the SDK", { MODDABLE: undefined }, ["MODDABLE is not set", "xs-dev setup"]],
    ["a folder of the SDK", { MODDABLE: "/nowhere" }, ['MODDABLE is "/nowhere"']],
    ["mcconfig and tsc", { PATH: "/nowhere" }, ["mcconfig is not on the PATH", "tsc is not on the PATH"]],
    ["a new tsc", { TSC: "5.9.3" }, ["TypeScript 6", "this is 5.9.3", "typescript@6"]],
    ["ESP-IDF", { IDF_PATH: undefined }, ["IDF_PATH is not set", "--device esp32"]],
    ["a folder of ESP-IDF", { IDF_PATH: "/nowhere" }, ['IDF_PATH is "/nowhere"']],
    ["the port", { UPLOAD_PORT: "/nowhere" }, ['UPLOAD_PORT is "/nowhere"']],
  ];

  it.each(cases)("is said: %s", async (_what, env, said) => {
    const { status, stdout, stderr } = await run("flash ssid=home", env);
    expect(status).toBe(1);
    expect(stdout).not.toContain("<-d>");
    for (const text of said) expect(stderr).toContain(text);
  });

  it("is said all at once", async () => {
    const { stderr } = await run("flash", {
      MODDABLE: undefined,
      IDF_PATH: undefined,
      UPLOAD_PORT: "/nowhere",
    });
    expect(stderr.match(/^ {2}- /gm)).toHaveLength(3);
  });

  it("accepts a newer tsc", async () => {
    expect((await run("sim", { TSC: "10.1.0" })).status).toBe(0);
  });
});

describe("how it is called", () => {
  it.each([
    ["sim --fast", "--fast"],
    ["sim lin", '"lin" is neither'],
    ["flash --platform", "--platform"],
    ["sim --app nowhere", "no manifest.json"],
  ])("%s is refused", async (args, said) => {
    const { status, stderr } = await run(args);
    expect(status).toBe(2);
    expect(stderr).toContain(said);
  });

  it.each(["sim", "flash"])("%s tells its options", async (name) => {
    const { status, stdout } = await run(`${name} --help`);
    expect(status).toBe(0);
    for (const setting of SETTING_NAMES) expect(stdout).toMatch(new RegExp(`^  ${setting}=`, "m"));
    for (const option of ["--platform", "--app", "--release", "--clean", "--dry-run", "--help"])
      expect(stdout).toContain(option);
    expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });
});
