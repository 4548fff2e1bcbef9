import { expect, it } from "@jest/globals";
import { Cidr } from "../../../src/address/index.js";
import { FirstBoot } from "../../../simulator/index.js";

it("a device whose leased address another host uses declines it, leases another one and serves on", async () => {
  const home = new FirstBoot({ seed: 5 });
  const { address: first } = home.boot().lease;
  const { network } = home.laptop;
  network.addAddress(new Cidr(first, 24));
  network.dhcp.announce(first);
  const hasMoved = (): boolean => {
    const { ipv4 } = home.device.network;
    return ipv4 !== undefined && !ipv4.address.equals(first);
  };
  expect(home.lan.simulation.advanceUntil(hasMoved, { within: "2m" })).toBe(true);
  expect(home.device.stack.counters.drops["arp-conflict"]).toBeGreaterThanOrEqual(2);
  home.lan.simulation.advance("10s");
  expect(await home.get("/api/status")).toMatchObject({ status: 200 });
});
