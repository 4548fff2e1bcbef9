import { describe, expect, it } from "@jest/globals";
import { createIo } from "../../../hosts/xs/io/index.js";
import { DesktopInterface } from "../../../hosts/xs/simulator/desktop-interface.js";
import { PORT_RETRY_DELAY, waitForPort } from "../../../hosts/xs/simulator/port-check.js";
import { makeNetwork } from "./moddable/network.js";

describe("the simulator's interface", () => {
  it("has a MAC of its own: locally administered, the same each time, and another on another port", () => {
    const { mac } = new DesktopInterface(() => "192.0.2.2", 8080);
    expect(mac.isLocallyAdministered && !mac.isMulticast).toBe(true);
    expect(new DesktopInterface(() => "192.0.2.3", 8080).mac.equals(mac)).toBe(true);
    expect(new DesktopInterface(() => "192.0.2.2", 8081).mac.equals(mac)).toBe(false);
  });

  it("tells the computer's address as it is now", () => {
    let address: string | undefined = "192.0.2.2";
    const desktop = new DesktopInterface(() => address, 8080);
    expect(desktop.ipv4?.address.toString()).toBe("192.0.2.2");
    address = "192.0.2.77";
    expect(desktop.ipv4?.address.toString()).toBe("192.0.2.77");
    address = undefined;
    expect(desktop.ipv4).toBeUndefined();
    expect(() => desktop.configure()).toThrow("ENOTSUP");
  });
});

describe("waiting for a port", () => {
  it("says once that somebody listens there, and goes on as soon as nobody does", () => {
    const { device, native, simulation } = makeNetwork("desktop");
    const { timers } = simulation;
    const events: string[] = [];
    const other = new device.stack.io.Listener({ port: 8080 });
    waitForPort(
      { io: createIo(native, timers, "desktop"), timers },
      8080,
      () => events.push("free"),
      () => events.push("taken"),
    );
    simulation.advance(100 + 2 * PORT_RETRY_DELAY);
    expect(events).toEqual(["taken"]);
    other.close();
    simulation.advance(PORT_RETRY_DELAY);
    expect(events).toEqual(["taken", "free"]);
    simulation.advance(2 * PORT_RETRY_DELAY);
    expect(events).toHaveLength(2);
  });
});
