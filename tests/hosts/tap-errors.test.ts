import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { MacAddress } from "../../src/address/index.js";
import { macFromName } from "../../hosts/node/mac-from-name.js";
import { openTap } from "../../hosts/node/tap/index.js";

jest.mock(
  "koffi",
  () => {
    throw new Error("Cannot find module 'koffi'");
  },
  { virtual: true },
);

const platform = Object.getOwnPropertyDescriptor(process, "platform")!;

function pretendPlatform(name: string): void {
  Object.defineProperty(process, "platform", { ...platform, value: name });
}

afterEach(() => {
  Object.defineProperty(process, "platform", platform);
});

describe("openTap where there can be no TAP device", () => {
  it("names the platform", async () => {
    pretendPlatform("darwin");
    await expect(openTap({ interface: "tap0" })).rejects.toMatchObject({
      code: "ENOTSUP",
      message: "open TAP device tap0: only Linux has TAP devices, this is darwin (ENOTSUP)",
    });
  });

  it("names the package that is missing", async () => {
    pretendPlatform("linux");
    await expect(openTap({ interface: "tap0" })).rejects.toMatchObject({
      code: "ENOTSUP",
      message: expect.stringContaining('run "npm install koffi"'),
    });
  });

  it.each(["", "a name", "tap/0", "sixteen-letters-"])("refuses the name %j", async (name) => {
    pretendPlatform("linux");
    await expect(openTap({ interface: name })).rejects.toMatchObject({ code: "EINVAL" });
  });
});

describe("macFromName", () => {
  it("is stable, unicast and locally administered", () => {
    const mac = macFromName("tap0");
    expect(mac).toEqual(macFromName("tap0"));
    expect(mac.isLocallyAdministered).toBe(true);
    expect(mac.isMulticast).toBe(false);
    expect(mac.equals(macFromName("tap1"))).toBe(false);
    expect(mac).toBeInstanceOf(MacAddress);
  });
});
