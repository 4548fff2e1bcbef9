import { beforeAll, describe, expect, it } from "@jest/globals";
import { appIn, compileAsMcconfig, firmwareFor, RuntimeImports } from "./manifest-modules.js";

const C_FILE = "wirelet/hosts/xs/esp32/native-link";
const firmware = appIn("hosts/xs/esp32/no-c", "esp32");

describe("the manifest of a firmware without C", () => {
  let reachable: readonly string[];
  beforeAll(() => {
    const imports = new RuntimeImports(compileAsMcconfig(firmware.modules));
    reachable = [...imports.reachable(firmware)].filter((key) => key.startsWith("wirelet/"));
  }, 120_000);

  it("leaves out what is beside native-link.c, and nothing that main reaches", () => {
    expect(firmwareFor("esp32").modules.has(C_FILE)).toBe(true);
    expect(firmware.modules.has(C_FILE)).toBe(false);
    expect(reachable).toContain("wirelet/hosts/xs/esp32/socket-dhcp-link");
    expect(reachable.filter((key) => !firmware.modules.has(key))).toEqual([]);
  });

  it("preloads only what it has", () => {
    expect(firmware.preload).toContain("wirelet/hosts/xs/esp32/socket-dhcp-link");
    expect(firmware.preload.filter((key) => !firmware.modules.has(key))).toEqual([]);
  });
});
