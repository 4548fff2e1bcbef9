import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import ts from "typescript";
import {
  compileAsMcconfig,
  firmwareFor,
  hostGlobals,
  manifest,
  platformPart,
  resolveKey,
  ROOT,
  RuntimeImports,
} from "./manifest-modules.js";

const PLATFORMS = [
  "esp32",
  "esp32/m5stack",
  "esp32/ethernet_kit",
  "esp32/wt32_eth01",
  "lin",
  "lin/m5stack",
] as const;

/** Each board that has the same as one of those. */
const SCREENS = ["m5stack", "m5stack_core2", "m5stack_fire", "moddable_two"] as const;

/** What the Moddable SDK itself has under these names, with the includes of the manifest. */
const SDK_MODULES: ReadonlySet<string> = new Set([
  "embedded:io/socket/listener",
  "embedded:io/socket/tcp",
  "embedded:io/socket/udp",
  "instrumentation",
  "mc/config",
  "net",
  "preference",
  "time",
  "timer",
]);

/** What only some boards have: on others, and on a simulator, to import it is an error. */
const WIFI_MODULES: readonly string[] = ["embedded:network/interface/wifi", "wifi"];
const ETHERNET_BOARDS: readonly string[] = ["esp32/ethernet_kit", "esp32/wt32_eth01"];
const ETHERNET_MODULES: readonly string[] = ["embedded:network/interface/ethernet"];

/** What the includes of display/manifest_screen.json have. */
const SCREEN_MODULES: ReadonlySet<string> = new Set([
  "commodetto/Poco",
  "commodetto/parseBMF",
  "qrcode",
  "Resource",
]);

function sdkModulesOf(platform: string): ReadonlySet<string> {
  const radio = platform.startsWith("esp32") ? WIFI_MODULES : [];
  const network = ETHERNET_BOARDS.includes(platform) ? ETHERNET_MODULES : radio;
  const screen = platform.endsWith("/m5stack") ? SCREEN_MODULES : [];
  return new Set([...SDK_MODULES, ...network, ...screen]);
}

let program: ts.Program;
let imports: RuntimeImports;

beforeAll(() => {
  // One program for all: where a board has another source for a module, it is a module of its own here.
  const sources = new Map<string, string>();
  for (const platform of PLATFORMS)
    for (const [key, file] of firmwareFor(platform).modules)
      sources.set((sources.get(key) ?? file) === file ? key : `${key} on ${platform}`, file);
  program = compileAsMcconfig(sources);
  imports = new RuntimeImports(program);
}, 120_000);

/** Reached from main: the firmware's own modules, and what else is asked for. */
function reach(platform: string): { own: string[]; others: string[] } {
  const firmware = firmwareFor(platform);
  const reached = [...imports.reachable(firmware)];
  return {
    own: reached.filter((key) => firmware.modules.has(key)),
    others: reached.filter((key) => !firmware.modules.has(key)),
  };
}

describe.each(PLATFORMS)("the manifest for %s", (platform) => {
  it("names every module that main reaches, under the specifier its importers use", () => {
    const known = sdkModulesOf(platform);
    expect(reach(platform).others.filter((key) => !known.has(key))).toEqual([]);
  });

  it("names nothing else, because mcconfig links all that it names", () => {
    const { own } = reach(platform);
    const unused = [...firmwareFor(platform).modules].filter(([key]) => !own.includes(key));
    // What only has types is named with its folder, and is nothing once it is compiled.
    expect(unused.filter(([, file]) => !imports.isEmpty(file)).map(([key]) => key)).toEqual([]);
  });

  it("preloads all but main, which calls natives while it loads", () => {
    const { main, preload } = firmwareFor(platform);
    const loaded = reach(platform).own.filter((key) => key !== main);
    expect([...preload].sort()).toEqual(loaded.sort());
  });

  it("uses nothing of a browser's or Node's", () => {
    const { modules } = firmwareFor(platform);
    const found = reach(platform).own.map((key) => [key, hostGlobals(program, modules.get(key)!)] as const);
    expect(found.filter(([, globals]) => globals.length > 0)).toEqual([]);
  });
});

it("compiles with mcconfig's own settings", () => {
  const problems = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
    const name = file === undefined ? "" : path.relative(ROOT, file.fileName);
    return `${name}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
  expect(problems).toEqual([]);
});

it("is strict", () => {
  expect(manifest.typescript.tsconfig.compilerOptions.strict).toBe(true);
});

it("is the same for the simulator on Linux, macOS and Windows", () => {
  const { lin, mac, win } = manifest.platforms!;
  expect(mac).toEqual(lin);
  expect(win).toEqual(lin);
});

it("serves on port 80 on ESP32 and on 8080 in the simulator", () => {
  expect(firmwareFor("esp32").config.port).toBe(80);
  expect(firmwareFor("lin").config.port).toBe(8080);
});

describe("a screen", () => {
  const linked = (platform: string): string[] => {
    const keys = [...firmwareFor(platform).modules.keys()];
    return keys.filter((key) => key.startsWith("wirelet/hosts/xs/screen/"));
  };

  it.each(
    SCREENS.flatMap((board) => ["esp32", "lin", "mac", "win"].map((platform) => `${platform}/${board}`)),
  )("is drawn on %s", (platform) => {
    expect(linked(platform)).toEqual(linked("lin/m5stack"));
    expect(linked(platform)).toContain("wirelet/hosts/xs/screen/index");
  });

  it.each(["esp32", "esp32/nodemcu", "lin", "mac", "win"])("costs nothing on %s", (platform) => {
    expect(linked(platform)).toEqual([]);
    expect(firmwareFor(platform).modules.get("wirelet/hosts/xs/display")).toMatch(/display\/none\.ts$/);
  });
});

describe("what these tests rest on", () => {
  it.each([
    ["wirelet/http/server/server", "../message/limits.js", "wirelet/http/message/limits"],
    ["wirelet/http/server/server", "../../host/index.js", "wirelet/host/index"],
    ["wirelet/hosts/xs/io/tcp", "wirelet/error/index", "wirelet/error/index"],
    ["wirelet/hosts/xs/services", "timer", "timer"],
    ["main", "./src/main.js", "src/main"],
  ])("from %s, %s is %s", (importer, specifier, key) => {
    expect(resolveKey(importer, specifier)).toBe(key);
  });

  it.each([
    ["esp32/m5stack", "screen"],
    ["lin/m5stack", "screen"],
    ["esp32/other", "chip"],
    ["lin/other", "any desktop"],
    ["win", "else"],
  ])("of %s mcconfig takes the part %s", (platform, part) => {
    const platforms = { "...": "else", esp32: "chip", "*/m5stack": "screen", "lin/*": "any desktop" };
    expect(platformPart(platforms, platform)).toBe(part);
  });

  it("finds host globals and no others", () => {
    const file = path.join(ROOT, "src/device/probe.ts");
    const text = `
      const timer = setTimeout(() => console.log(new TextEncoder().encode("")), 1);
      const bytes = Buffer.from(new Intl.NumberFormat().format(1));
      export const mine = { eval: 1, Function: timer, escape: process };
      export const fine = [Math.max(1), JSON.stringify(mine.eval), new Map(), bytes, trace];
    `;
    const probe = compileAsMcconfig(new Map([["probe", file]]), (name) => (name === file ? text : undefined));
    expect(hostGlobals(probe, file).sort()).toEqual([
      "Buffer",
      "Intl",
      "TextEncoder",
      "console",
      "process",
      "setTimeout",
    ]);
  });
});
