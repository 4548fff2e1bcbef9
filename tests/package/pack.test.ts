import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";

jest.setTimeout(240_000);

const root = path.resolve(__dirname, "../..");
const { exports, version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  exports: Record<string, unknown>;
  version: string;
};
const rooms = Object.keys(exports)
  .filter((name) => !["./package.json", "./embedded", "./moddable", "./jest-preset"].includes(name))
  .map((name) => name.slice(2));

/** One name that each room must give, so that an empty module is no success. */
const OFFERS: Record<string, string> = {
  error: "NetworkError",
  address: "Ipv4Address",
  host: "MAX_TIMER_DELAY",
  wire: "checkTcp",
  socket: "TcpSocket",
  stack: "Stack",
  dhcp: "DhcpClient",
  http: "HttpServer",
  device: "Device",
  simulator: "Simulation",
  node: "nodeIo",
};

describe("the npm package", () => {
  let folder: string;

  function run(program: string, args: readonly string[]): string {
    return execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "wirelet-package-"));
    execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
    });
    writeFileSync(
      path.join(folder, "package.json"),
      '{ "name": "app", "private": true, "type": "module" }\n',
    );
    // Without koffi, which only TAP needs, nothing but the package itself is installed.
    run("npm", ["install", "--omit=optional", "--no-audit", "--no-fund", `./wirelet-${version}.tgz`]);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has an export for each room that the test knows, and no other", () => {
    expect(rooms).toEqual(Object.keys(OFFERS));
  });

  it.each(rooms)("exports wirelet/%s as an ES module", (room) => {
    const script = `import * as room from "wirelet/${room}"; console.log(typeof room.${OFFERS[room]!});`;
    expect(run(process.execPath, ["--input-type=module", "-e", script]).trim()).toMatch(
      /^(function|object|number)$/,
    );
  });

  it("has types that a strict program compiles against", () => {
    mkdirSync(path.join(folder, "app"));
    const imports = rooms.map(
      (room, i) => `import * as room${i} from "wirelet/${room}";\nvoid room${i}.${OFFERS[room]!};`,
    );
    writeFileSync(path.join(folder, "app", "main.mts"), imports.join("\n"));
    const compilerOptions = {
      target: "es2022",
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: ["node"],
      typeRoots: [path.join(root, "node_modules", "@types")],
    };
    writeFileSync(
      path.join(folder, "app", "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["main.mts"] }),
    );
    run(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", "app"]);
  });

  it("has types for apps that import ECMA-419's modules by name", () => {
    mkdirSync(path.join(folder, "embedded"));
    const app = `import TCP from "embedded:io/socket/tcp";
      new TCP({ address: "192.168.1.1", port: 7, onReadable() { void this.read(); } });`;
    writeFileSync(path.join(folder, "embedded", "main.ts"), app);
    const compilerOptions = {
      ...{ target: "es2022", lib: ["es2022"], module: "preserve" },
      ...{ strict: true, noEmit: true, types: ["wirelet/embedded"] },
    };
    writeFileSync(
      path.join(folder, "embedded", "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["main.ts"] }),
    );
    run(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", "embedded"]);
  });

  it("has a command that prints its help", () => {
    expect(run("npx", ["--no-install", "wirelet", "--help"])).toContain("Usage: wirelet COMMAND");
  });

  it("has a command that simulates", () => {
    const report = JSON.parse(run("npx", ["--no-install", "wirelet", "sim", "--once", "--json"])) as {
      ip: string;
    };
    expect(report.ip).toMatch(/^192\.168\.1\.1\d\d$/);
  });

  it("brings the scenarios", () => {
    const script = `import { shippedScenario, shippedScenarios } from "wirelet/simulator";
      const { isMet } = await shippedScenario("first-boot").run();
      console.log(shippedScenarios().length > 0, isMet);`;
    expect(run(process.execPath, ["--input-type=module", "-e", script]).trim()).toBe("true true");
  });

  it("has a command that runs examples, which import the package by its name", () => {
    expect(run("npx", ["--no-install", "wirelet", "run", "tcp-echo"])).toContain("came back");
  });

  it("brings what Moddable needs to build the firmware", () => {
    for (const file of [
      "manifest.json",
      "manifest_host.json",
      "src/device/index.ts",
      "hosts/xs/esp32/main.ts",
    ]) {
      expect([file, existsSync(path.join(folder, "node_modules", "wirelet", file))]).toEqual([file, true]);
    }
  });

  it("has a preset with which jest tests an app for Moddable", () => {
    const project = path.join(folder, "moddable");
    mkdirSync(path.join(project, "node_modules", "@jest"), { recursive: true });
    mkdirSync(path.join(project, "node_modules", "@swc"));
    const installed = path.join(root, "node_modules");
    for (const name of ["jest", "@jest/globals", "@swc/core"])
      symlinkSync(path.join(installed, name), path.join(project, "node_modules", name));
    cpSync(path.join(folder, "node_modules", "wirelet"), path.join(project, "node_modules", "wirelet"), {
      recursive: true,
    });
    const configuration = { name: "moddable", private: true, type: "module", jest: { preset: "wirelet" } };
    writeFileSync(path.join(project, "package.json"), JSON.stringify(configuration));
    for (const part of ["examples/moddable/mqtt", "tests/preset/thermometer.test.ts"])
      cpSync(path.join(root, part), path.join(project, part), { recursive: true });
    const jestCommand = path.join(project, "node_modules", "jest", "bin", "jest.js");
    const report = execFileSync(process.execPath, [jestCommand, "--ci", "--json", "--no-cache"], {
      cwd: project,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(JSON.parse(report)).toMatchObject({ numFailedTests: 0, numPassedTests: 4 });
  });
});
