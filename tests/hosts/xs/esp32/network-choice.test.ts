import { describe, expect, it } from "@jest/globals";
import { chooseNetwork, type NetworkChoice } from "../../../../hosts/xs/esp32/network-choice.js";
import { readSettings } from "../../../../hosts/xs/settings.js";
import type { KnownNetwork } from "../../../../src/device/setup/index.js";

const lines: string[] = [];

function choose(
  config: Readonly<Record<string, unknown>>,
  stored?: KnownNetwork,
  reason?: string,
): NetworkChoice {
  lines.length = 0;
  const log = (level: string, message: string): void => void lines.push(`${level} ${message}`);
  return chooseNetwork(
    readSettings({ port: 80, ...config }),
    { load: () => stored },
    { take: () => reason },
    log,
  );
}

describe("the network of an ESP32", () => {
  it.each<[string, Record<string, string>, KnownNetwork | undefined, KnownNetwork | undefined]>([
    ["none without settings or a choice", {}, undefined, undefined],
    [
      "that of the settings",
      { ssid: "home", password: "secret12" },
      undefined,
      { ssid: "home", password: "secret12" },
    ],
    ["an open one of the settings", { ssid: "cafe", password: "" }, undefined, { ssid: "cafe" }],
    ["that of the page before it", { ssid: "home", password: "secret12" }, { ssid: "new" }, { ssid: "new" }],
  ])("is %s", (_, config, stored, network) => {
    expect(choose(config, stored)).toEqual({ network, reason: undefined });
    expect(lines).toEqual([]);
  });

  it("is known in set-up mode, too, where somebody asked for that", () => {
    expect(choose({}, { ssid: "home" }, "The network was away.")).toEqual({
      network: { ssid: "home" },
      reason: "The network was away.",
    });
  });

  it("is none, with the reason, if the settings can't be used", () => {
    expect(choose({ ssid: "home", password: "short" })).toEqual({
      network: undefined,
      reason: "The network that was built in can't be used: a password has 8 to 63 characters.",
    });
    expect(lines).toEqual([
      "error the settings ssid and password can't be used: a password has 8 to 63 characters",
    ]);
  });

  it("is that of the settings if the flash can't be read", () => {
    lines.length = 0;
    const broken = (): never => {
      throw new Error("nvs_open fail");
    };
    const choice = chooseNetwork(
      readSettings({ port: 80, ssid: "cafe" }),
      { load: broken },
      { take: broken },
      (level, message) => void lines.push(`${level} ${message}`),
    );
    expect(choice).toEqual({ network: { ssid: "cafe" }, reason: undefined });
    expect(lines).toEqual(["warn Error: nvs_open fail", "warn Error: nvs_open fail"]);
  });
});
