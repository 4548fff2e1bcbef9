import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { readdirSync } from "node:fs";
import { appIn, firmwareFor, roomFor, ROOT } from "../project/manifest-modules.js";
import { describeWith } from "../support/tools.js";
import { requireXs } from "./engine.js";
import { bundlePreloaded, bundleWorld } from "./firmware/bundle.js";
import { PreloadedEngine } from "./preload.js";

const PLATFORMS = ["esp32", "esp32/m5stack", "esp32/ethernet_kit", "lin", "lin/m5stack"];
const APPS = [
  "examples",
  "examples/moddable/sockets",
  "examples/moddable/http-api",
  "examples/moddable/dhcp-events",
  "hosts/xs/conformance",
];
const ROOMS = readdirSync(ROOT).flatMap(
  (name) => /^manifest_(?!esp32|device)(\w+)\.json$/.exec(name)?.[1] ?? [],
);

const MANIFESTS = [
  ...PLATFORMS.map((platform) => [`the firmware for ${platform}`, firmwareFor(platform)] as const),
  ["the firmware without C", appIn("hosts/xs/esp32/no-c", "esp32")] as const,
  ...APPS.map((folder) => [`the app in ${folder}`, appIn(folder)] as const),
  ...ROOMS.map((room) => [`the room ${room}`, roomFor(room)] as const),
];

describeWith([requireXs()], "what a manifest has preloaded, inside XS", () => {
  let engine: PreloadedEngine;

  beforeEach(() => {
    engine = new PreloadedEngine();
  });

  afterEach(() => engine.stop());

  // No native is there while they load, for the linker has none: one that is called ends the engine.
  it.each(MANIFESTS)("loads, and can be kept in flash: %s", async (_, manifest) => {
    expect(manifest.preload.length).toBeGreaterThan(0);
    await engine.evaluate(await bundleWorld(manifest.config));
    await engine.evaluate(await bundlePreloaded(manifest));
  });
});
