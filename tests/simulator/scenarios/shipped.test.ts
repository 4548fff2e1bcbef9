import { describe, expect, it } from "@jest/globals";
import { shippedScenario, shippedScenarios } from "../../../simulator/index.js";

describe("the scenarios that come with Wirelet", () => {
  it("are these", () => {
    expect(shippedScenarios()).toEqual([
      "address-conflict",
      "captive-setup",
      "dhcp-server-returns",
      "first-boot",
      "hundred-sensors",
      "lossy-wifi",
      "mtu-black-hole",
      "power-cut",
      "slow-client",
      "two-dhcp-servers",
    ]);
  });

  it.each(shippedScenarios())("%s: all that it expects comes true", async (name) => {
    const scenario = shippedScenario(name);
    expect(scenario.expectations).not.toEqual([]);
    const { outcomes } = await scenario.run();
    expect(outcomes.filter(({ isMet }) => !isMet)).toEqual([]);
    expect(outcomes).toHaveLength(scenario.expectations.length);
  });

  it("suggests the name that was meant", () => {
    expect(() => shippedScenario("first-bot")).toThrow('did you mean "first-boot"?');
  });
});
