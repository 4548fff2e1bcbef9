import { describe, expect, it } from "@jest/globals";
import { MAX_SHOWN_OPTIONS, MAX_SHOWN_VALUE, type DhcpStatus } from "../../src/device/index.js";
import { Ipv4Address } from "../../src/address/index.js";
import { parseDhcp, type DhcpOptions } from "../../src/wire/index.js";
import { bytesOf } from "../dhcp/messages.js";
import { DeviceUnderTest, SERVER } from "./device-under-test.js";

const dhcpOf = (test: DeviceUnderTest): DhcpStatus => test.status().dhcp;

/** Makes the probes of the device's link impossible. */
function withoutProbes(test: DeviceUnderTest): DeviceUnderTest {
  test.network.probe = () => undefined as never;
  return test;
}

describe("what the status says of a lease", () => {
  it("is who gave it, for how long, and when it is to be extended", () => {
    const test = new DeviceUnderTest().boot();
    const before = dhcpOf(test);
    expect(before).toMatchObject({
      state: "BOUND",
      source: "dhcp",
      probed: true,
      server: "10.77.0.1",
      leaseSeconds: 3600,
    });
    test.pass(10_000);
    const after = dhcpOf(test);
    for (const time of ["leaseSecondsLeft", "renewalSecondsLeft", "rebindingSecondsLeft"] as const)
      expect(after[time]).toBe(before[time]! - 10);
    expect(before.renewalSecondsLeft).toBeLessThan(before.rebindingSecondsLeft!);
    expect(before.rebindingSecondsLeft).toBeLessThan(before.leaseSecondsLeft!);
  });

  it("is each option that came, with its name and as a person reads it", () => {
    const { options } = dhcpOf(new DeviceUnderTest().boot());
    expect(options).toContainEqual({ code: 1, name: "Subnet Mask", value: "255.255.255.0" });
    expect(options).toContainEqual({ code: 6, name: "Domain Name Server", value: "10.77.0.1, 9.9.9.9" });
    expect(options).toContainEqual({ code: 51, name: "Lease Time", value: "3600 s" });
    expect(options).toContainEqual({ code: 54, name: "Server Identifier", value: "10.77.0.1" });
  });

  it("is of one that never ends only that", () => {
    const test = new DeviceUnderTest({}, Infinity).boot();
    expect(dhcpOf(test)).toMatchObject({
      state: "BOUND",
      leaseSeconds: null,
      leaseSecondsLeft: null,
      renewalSecondsLeft: null,
      rebindingSecondsLeft: null,
    });
    expect(test.body("GET /")).toContain("does not end");
  });

  it("is that the address was not probed, where the link cannot", () => {
    const test = withoutProbes(new DeviceUnderTest()).boot();
    expect(dhcpOf(test).probed).toBe(false);
    expect(test.body("GET /")).toContain("<dd>address not probed</dd>");
  });
});

describe("the last change", () => {
  it("is told with its reason, and how long ago it was", () => {
    const test = new DeviceUnderTest({}, 120).boot();
    expect(dhcpOf(test).lastChange).toMatchObject({ reason: "bound" });
    test.pass(60_000);
    expect(dhcpOf(test).lastChange).toMatchObject({ reason: "renewed" });
    const { secondsAgo } = dhcpOf(test).lastChange!;
    test.pass(5_000);
    expect(dhcpOf(test).lastChange).toEqual({ reason: "renewed", secondsAgo: secondsAgo + 5 });
  });

  it("is told when there is no address any more, too", () => {
    const test = new DeviceUnderTest({}, 120).boot();
    test.dhcpServer.stop();
    test.pass(125_000);
    expect(test.device.status.dhcp).toMatchObject({
      source: null,
      probed: null,
      server: null,
      options: [],
      lastChange: { reason: "expired" },
    });
  });
});

describe("a server that sends all that a message can hold", () => {
  const test = new DeviceUnderTest();
  test.dhcpServer.stop();
  const [router] = test.lan.hosts;
  router!.listen(67, (bytes) => {
    const request = parseDhcp(bytes);
    if (typeof request === "string") return;
    const { xid, chaddr } = request;
    const options: DhcpOptions = {
      serverIdentifier: SERVER,
      leaseTime: 3600,
      vendorInformation: new Uint8Array(150).fill(0xab),
      others: Array.from({ length: 100 }, (_, code) => ({ code: 150 + code, value: Uint8Array.of(code) })),
    };
    const type = request.type === "DISCOVER" ? "OFFER" : "ACK";
    const answer = bytesOf(type, { xid, chaddr, yiaddr: Ipv4Address.parse("10.77.0.9") }, options);
    router!.send(answer, { address: Ipv4Address.broadcast, port: 68 }, SERVER, 67);
  });
  test.boot();

  it("gets its options shown up to a bound", () => {
    const { options } = dhcpOf(test);
    expect(options).toHaveLength(MAX_SHOWN_OPTIONS);
    const longest = Math.max(...options.map(({ value }) => value.length));
    expect(longest).toBe(MAX_SHOWN_VALUE + 3);
  });

  it("does not keep the page from fitting into a device", () => {
    expect(test.body("GET /").length).toBeLessThan(10_000);
  });
});
