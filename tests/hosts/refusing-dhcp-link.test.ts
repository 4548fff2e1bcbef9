import { expect, it } from "@jest/globals";
import { machineInterface } from "../../hosts/node/machine-interface.js";
import { nodeServices } from "../../hosts/node/services.js";
import { refusingDhcpLink } from "../../hosts/node/refusing-dhcp-link.js";
import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import { DhcpClient, DhcpServer } from "../../src/dhcp/index.js";
import { MemoryNetwork, seeded } from "../dhcp/memory-network.js";

const link = refusingDhcpLink(MacAddress.parse("02:00:00:00:00:01"));
const first = Ipv4Address.parse("10.0.0.100");

it("refuses a client and a server, and says why", () => {
  const { clock, timers, random } = nodeServices;
  const reason = /^use DHCP link: Node's sockets cannot send from 0\.0\.0\.0.*TAP interface can \(ENOTSUP\)$/;
  // The interface would let itself be configured.
  const network = new MemoryNetwork(seeded(1)).attach();
  expect(() => new DhcpClient({ link, network, clock, timers, random }).start()).toThrow(reason);
  const server = new DhcpServer({
    link,
    clock,
    timers,
    random,
    address: Ipv4Address.parse("10.0.0.1"),
    prefixLength: 24,
    pool: { first, last: first },
  });
  expect(() => server.start()).toThrow(reason);
  expect(() => link.send(new Uint8Array(0), { address: first, port: 67 }, first, 68)).toThrow(reason);
});

it("says that it cannot ask who has an address", () => {
  const done = (): void => expect(true).toBe(false);
  expect([link.probe(first, done), link.check(first, 0, done), link.announce(first)]).toEqual([
    undefined,
    undefined,
    false,
  ]);
});

it("is of no use to this machine's own interface, which keeps its address", () => {
  const network = machineInterface();
  const { clock, timers, random } = nodeServices;
  expect(() => new DhcpClient({ link, network, clock, timers, random }).start()).toThrow("ENOTSUP");
});
