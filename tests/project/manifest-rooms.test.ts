import { beforeAll, describe, expect, it } from "@jest/globals";
import type ts from "typescript";
import { compileAsMcconfig, hostGlobals, roomFor, RuntimeImports } from "./manifest-modules.js";

/** What an app that includes a room's manifest imports of it. */
const ENTRIES = {
  socket: ["wirelet/socket/index", "wirelet/hosts/xs/io/index", "wirelet/hosts/xs/timers"],
  http: [
    ...["wirelet/http/index", "wirelet/hosts/xs/io/index", "wirelet/hosts/xs/files/resource-source"],
    ...["wirelet/hosts/xs/clock", "wirelet/hosts/xs/timers"],
  ],
  tls: ["wirelet/hosts/xs/tls/index", "wirelet/hosts/xs/io/index", "wirelet/hosts/xs/timers"],
} as const;

describe.each(Object.entries(ENTRIES))("the manifest of the room %s", (room, entries) => {
  const { modules, preload } = roomFor(room);
  let program: ts.Program;
  let reached: string[];

  beforeAll(() => {
    program = compileAsMcconfig(modules);
    const imports = new RuntimeImports(program);
    const keys = new Set(entries.flatMap((main) => [...imports.reachable({ ...roomFor(room), main })]));
    reached = [...keys].sort();
  }, 120_000);

  it("names every module that is reached, and preloads just those", () => {
    expect(reached.filter((key) => !modules.has(key))).toEqual([]);
    expect([...preload].sort()).toEqual(reached);
  });

  it("uses nothing of a browser's or Node's", () => {
    expect(reached.filter((key) => hostGlobals(program, modules.get(key)!).length > 0)).toEqual([]);
  });
});
