import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  Lan,
  moddable,
  type LanHost,
  type ModdableApp,
  type ModdableOptions,
} from "../../../simulator/index.js";

// Whether this computer has the SDK makes no difference to the tests.
delete process.env["MODDABLE"];

const folders: string[] = [];

/** The folder of an app with these files. */
export function write(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "wirelet-app-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** For `afterAll`. */
export function removeAll(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A main module in TypeScript as an app; in the desktop simulator, where it begins at once, unless told otherwise. */
export function app(
  main: string | Readonly<Record<string, string>>,
  options: ModdableOptions = {},
): ReturnType<typeof moddable> {
  const files = typeof main === "string" ? { "main.ts": main } : main;
  return moddable(write(files), { platform: "simulator", ...options });
}

/** A host that runs an app, alone on a LAN. */
export function run(
  main: string | Readonly<Record<string, string>>,
  options: ModdableOptions = {},
): LanHost<ModdableApp> {
  const lan = new Lan();
  return lan.host("device", { app: app(main, options), address: "192.0.2.1/24" });
}
