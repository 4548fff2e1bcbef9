import { describe, expect, it } from "@jest/globals";
import { StaticAddress } from "../../../../hosts/xs/esp32/static-address.js";
import { Ipv4Address } from "../../../../src/address/index.js";
import { DhcpServer } from "../../../../src/dhcp/index.js";
import type { Ipv4Configuration } from "../../../../src/host/index.js";
import { MemoryNetwork, seeded, type MemoryHost } from "../../../dhcp/memory-network.js";

const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);
const ROUTER = ip("192.0.2.1");
const BARE: Ipv4Configuration = { address: ip("192.0.2.20"), prefixLength: 24, dns: [] };

interface Bench {
  readonly lan: MemoryNetwork;
  readonly host: MemoryHost;
  readonly lines: string[];
  readonly pass: (milliseconds: number) => void;
}

function setUp(ipv4: Ipv4Configuration, hasServer = true): Bench {
  const lan = new MemoryNetwork(seeded(1));
  const { time } = lan;
  const router = lan.attach();
  router.configure({ address: ROUTER, prefixLength: 24, dns: [] });
  const server = new DhcpServer({
    link: router,
    clock: time,
    timers: time,
    random: seeded(2),
    address: ROUTER,
    prefixLength: 24,
    pool: { first: ip("192.0.2.100"), last: ip("192.0.2.199") },
    gateway: ROUTER,
    dns: [ip("192.0.2.53")],
  });
  if (hasServer) server.start();
  const host = lan.attach();
  const lines: string[] = [];
  const log = (level: string, message: string): void => void lines.push(`${level} ${message}`);
  const base = { clock: time, timers: time, random: seeded(3), log, hostName: "lamp" };
  new StaticAddress({ ...base, network: host, link: host }, ipv4).start();
  return { lan, host, lines, pass: (milliseconds) => time.until(time.now() + milliseconds) };
}

describe("a static address", () => {
  it("is there at once, and gets from a DHCP server what was not set with it", () => {
    const { host, lines, pass } = setUp(BARE);
    expect(host.ipv4).toBe(BARE);
    pass(10_000);
    expect(host.ipv4).toEqual({ ...BARE, gateway: ROUTER, dns: [ip("192.0.2.53")] });
    expect(lines).toEqual(["info DHCP options from 192.0.2.1"]);
  });

  it("keeps what was set with it", () => {
    const whole = { ...BARE, gateway: ip("192.0.2.2"), dns: [ip("9.9.9.9")] };
    const { host, pass } = setUp(whole);
    pass(10_000);
    expect(host.ipv4).toEqual(whole);
  });

  it("takes no router that is not on its network", () => {
    const { host, pass } = setUp({ ...BARE, address: ip("192.0.2.200"), prefixLength: 26 });
    pass(10_000);
    expect(host.ipv4?.gateway).toBeUndefined();
    expect(host.ipv4?.dns.map(String)).toEqual(["192.0.2.53"]);
  });

  it("stays without a server, and says that there was none", () => {
    const { host, lines, pass } = setUp(BARE, false);
    pass(120_000);
    expect(host.ipv4).toBe(BARE);
    expect(lines).toEqual(["info no DHCP server has options for the static address"]);
  });

  it("is told of if another host has it", () => {
    const { lan, lines, pass } = setUp({ ...BARE, address: ROUTER });
    pass(10_000);
    expect(lines).toContain(
      `error address 192.0.2.1 is set here, but ${lan.hosts[0]!.mac} has it: choose another`,
    );
  });

  it("asks again when the link was away", () => {
    const { host, lines, pass } = setUp(BARE);
    pass(10_000);
    host.setUp(false);
    pass(1_000);
    host.setUp(true);
    pass(10_000);
    expect(lines).toEqual(["info DHCP options from 192.0.2.1", "info DHCP options from 192.0.2.1"]);
  });
});
