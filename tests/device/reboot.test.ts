import { describe, expect, it } from "@jest/globals";
import { Cable, SimulatedHost, Simulation, Switch } from "../../simulator/index.js";
import { Ipv4Address } from "../../src/address/index.js";
import { Device, type DeviceEvent } from "../../src/device/index.js";
import { DhcpServer } from "../../src/dhcp/index.js";

const SERVER = Ipv4Address.parse("10.0.0.1");

interface World {
  readonly simulation: Simulation;
  readonly host: SimulatedHost;
  readonly server: DhcpServer;
}

function makeWorld(): World {
  const simulation = new Simulation({ seed: 11 });
  const lan = new Switch({ name: "lan" });
  const [router, host] = ["router", "device"].map((name) => {
    const cable = new Cable(simulation, { name, latency: 1 });
    lan.connect(cable);
    return new SimulatedHost(simulation, { name, cable });
  }) as [SimulatedHost, SimulatedHost];
  router.network.configure({ address: SERVER, prefixLength: 24, dns: [] });
  const server = new DhcpServer({
    link: router.network.dhcp!,
    clock: router.clock,
    timers: router.timers,
    random: router.random,
    address: SERVER,
    prefixLength: 24,
    pool: { first: Ipv4Address.parse("10.0.0.100"), last: Ipv4Address.parse("10.0.0.199") },
    leaseSeconds: 3600,
  });
  server.start();
  return { simulation, host, server };
}

/** Starts the firmware and lets it get an address. @returns it, and the messages that it took */
function boot(simulation: Simulation, host: SimulatedHost): { address: string | undefined; sent: string[] } {
  const sent: string[] = [];
  const { clock, wallClock, timers, random, memory, storage, log, stack, network } = host;
  const device = new Device({
    ...{ clock, wallClock, timers, random, memory, storage, log, network },
    io: stack.io,
    dhcp: network.dhcp!,
    platform: "simulated",
    onEvent: (event: DeviceEvent) => {
      if (event.type === "dhcp" && event.event.type === "sent") sent.push(event.event.message);
    },
  });
  device.start();
  simulation.advanceUntil(() => network.ipv4 !== undefined, { within: "3m" });
  simulation.advance("10s");
  return { address: network.ipv4?.address.toString(), sent };
}

describe("a device that loses its power", () => {
  it("asks for the address that it had, and has it again", () => {
    const { simulation, host } = makeWorld();
    const first = boot(simulation, host);
    expect(first.sent).toEqual(["DISCOVER", "REQUEST"]);
    simulation.advance("20m");
    const second = boot(simulation, host.reboot());
    expect(second).toEqual({ address: first.address, sent: ["REQUEST"] });
  });

  it("has it again even if nobody answers, as long as the lease runs", () => {
    const { simulation, host, server } = makeWorld();
    const { address } = boot(simulation, host);
    server.stop();
    simulation.advance("20m");
    const rebooted = host.reboot();
    expect(boot(simulation, rebooted).address).toBe(address);
    simulation.advance("1h");
    expect(rebooted.network.ipv4?.address.isLinkLocal).toBe(true);
  });

  it("does not use a lease that has ended meanwhile", () => {
    const { simulation, host, server } = makeWorld();
    const { address } = boot(simulation, host);
    server.stop();
    const rebooted = host.reboot();
    simulation.advance("61m");
    expect(boot(simulation, rebooted).address).not.toBe(address);
    expect(rebooted.network.ipv4?.address.isLinkLocal).toBe(true);
  });
});
