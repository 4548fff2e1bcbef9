import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type ts from "typescript";
import { compileAsMcconfig, hostGlobals, roomFor, ROOT, RuntimeImports } from "./manifest-modules.js";

/** What the Moddable SDK itself has under these names, with what the rooms' manifests include of it. */
const SDK_MODULES: ReadonlySet<string> = new Set([
  "embedded:io/socket/listener",
  "embedded:io/socket/tcp",
  "embedded:io/socket/tcp/tls",
  "embedded:io/socket/udp",
  "instrumentation",
  "time",
  "timer",
]);

/** What apps import besides the short names, "wirelet/socket". */
const FURTHER_ENTRIES: Readonly<Record<string, readonly string[]>> = {
  host: ["wirelet/error", "wirelet/address", "wirelet/host"],
  http: ["wirelet/http/server/index", "wirelet/hosts/xs/files/resource-source"],
  http_server: ["wirelet/http/server/index"],
  tls: ["wirelet/hosts/xs/tls/index", "wirelet/hosts/xs/tls/native-tls"],
};

/** manifest_esp32.json is no room: it is what the firmware's boards have in common. */
const ROOMS = readdirSync(ROOT).flatMap((name) => /^manifest_(?!esp32)(\w+)\.json$/.exec(name)?.[1] ?? []);

it("there is a manifest for each room that an app can have", () => {
  const expected = [
    "device",
    "dhcp",
    "host",
    "http",
    "http_server",
    "moddable",
    "socket",
    "stack",
    "tls",
    "wire",
  ];
  expect(ROOMS.sort()).toEqual(expect.arrayContaining(expected));
});

let program: ts.Program;
let imports: RuntimeImports;

beforeAll(() => {
  program = compileAsMcconfig(new Map(ROOMS.flatMap((room) => [...roomFor(room).modules])));
  imports = new RuntimeImports(program);
}, 120_000);

describe.each(ROOMS)("the manifest of the room %s", (room) => {
  const { modules, preload } = roomFor(room);
  let reached: string[];

  beforeAll(() => {
    const shortNames = [...modules.keys()].filter((key) => /^wirelet\/\w+$/.test(key));
    const entries = [...shortNames, ...(FURTHER_ENTRIES[room] ?? [])];
    const keys = new Set(entries.flatMap((main) => [...imports.reachable({ ...roomFor(room), main })]));
    reached = [...keys].filter((key) => !SDK_MODULES.has(key));
  });

  it("names every module that is reached", () => {
    expect(reached.filter((key) => !modules.has(key))).toEqual([]);
  });

  it("names nothing else, because mcconfig links all that it names", () => {
    const unused = [...modules].filter(([key]) => !reached.includes(key));
    // What only has types is named with its folder, and is nothing once it is compiled.
    expect(unused.filter(([, file]) => !imports.isEmpty(file)).map(([key]) => key)).toEqual([]);
  });

  it("preloads all of them", () => {
    expect([...preload].sort()).toEqual([...reached].sort());
  });

  it("is the same on ESP32, under the same names", () => {
    expect([...roomFor(room, "esp32").modules.keys()]).toEqual([...modules.keys()]);
  });

  it("uses nothing of a browser's or Node's", () => {
    expect(reached.filter((key) => hostGlobals(program, modules.get(key)!).length > 0)).toEqual([]);
  });
});

it("docs/moddable-apps.md says which rooms come with each", () => {
  const page = readFileSync(path.join(ROOT, "docs", "moddable-apps.md"), "utf8");
  const rows = page.matchAll(/^\| `manifest_(\w+)\.json` \| .* \| (.*?) ?\|$/gm);
  const said = [...rows].map(([, room, others = ""]) => [
    room,
    [...others.matchAll(/`(\w+)`/g)].map(([, other]) => other).sort(),
  ]);
  const included = ROOMS.map((room) => {
    const text = readFileSync(path.join(ROOT, `manifest_${room}.json`), "utf8");
    return [room, [...text.matchAll(/"\.\/manifest_(\w+)\.json"/g)].map(([, other]) => other).sort()];
  });
  expect(said.sort()).toEqual(included.sort());
});
