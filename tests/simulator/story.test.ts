import { describe, expect, it } from "@jest/globals";
import { Cidr, Ipv4Address, MacAddress } from "../../src/address/index.js";
import { DhcpLease, type DhcpBinding, type DhcpClientEvent } from "../../src/dhcp/index.js";
import { packDhcpOptions } from "../../src/wire/index.js";
import { FirstBoot, formatSeconds, tellDeviceEvent } from "../../simulator/index.js";

const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);
const ROUTER = ip("10.0.0.1");
const TIMES = { leaseSeconds: 3600, renewSeconds: 1800, rebindSeconds: 3150 };
const OPTIONS = packDhcpOptions({ routers: [ROUTER], dnsServers: [ROUTER] });
const LEASE = new DhcpLease(ip("10.0.0.9"), 24, ROUTER, TIMES, 0, OPTIONS);
const LEASED: DhcpBinding = {
  configuration: LEASE.configuration,
  source: "dhcp",
  lease: LEASE,
  probed: true,
};
const LINK_LOCAL: DhcpBinding = {
  configuration: { address: ip("169.254.7.9"), prefixLength: 16, dns: [] },
  source: "link-local",
  probed: true,
};

describe("what a DHCP client does", () => {
  it.each<[string, DhcpClientEvent]>([
    [
      "OFFER received: 10.0.0.9/24, router 10.0.0.1, DNS 10.0.0.1, for 1 h, from server 10.0.0.1",
      { type: "received", message: "OFFER", xid: 1, lease: LEASE },
    ],
    ["lease of 10.0.0.9 begins", { type: "changed", reason: "bound", previous: undefined, current: LEASED }],
    [
      "lease of 10.0.0.9 renewed for 1 h",
      { type: "changed", reason: "renewed", previous: LEASED, current: LEASED },
    ],
    [
      "lease of 10.0.0.9 is over (expired)",
      { type: "changed", reason: "expired", previous: LEASED, current: undefined },
    ],
    [
      "169.254.7.9 is used for want of a server",
      { type: "changed", reason: "link-local", previous: undefined, current: LINK_LOCAL },
    ],
    [
      "10.0.0.9 is in use by 02:00:00:00:00:07",
      { type: "conflict", address: ip("10.0.0.9"), owner: MacAddress.fromValue(0x0200_0000_0007) },
    ],
    ["no server answers", { type: "failed", reason: "no-server" }],
    [
      "the lease cannot be stored: flash is full",
      { type: "failed", reason: "storage", detail: "flash is full" },
    ],
  ])("is told as: %s", (text, event) => {
    expect(tellDeviceEvent({ type: "dhcp", event })).toEqual({ topic: "DHCP", text });
  });
});

it.each([
  [Infinity, "forever"],
  [7_200, "2 h"],
  [90, "90 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

it("a device that boots before its router has a link-local address first, and is done when it has a lease", async () => {
  const home = new FirstBoot();
  home.device.powerOn();
  home.lan.simulation.advance("1m");
  expect(home.device.address.toString()).toMatch(/^169\.254\./);
  const { lease, messages } = home.boot();
  expect(new Cidr(ip("192.168.1.0"), 24).contains(lease.address)).toBe(true);
  expect(messages).toEqual(["DISCOVER", "OFFER", "REQUEST", "ACK"]);
  expect(home.device.address.toString()).toBe(lease.address.toString());
  expect(await home.get("/api/status")).toMatchObject({ status: 200 });
});
