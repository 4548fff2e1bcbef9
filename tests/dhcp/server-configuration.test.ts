import { describe, expect, it } from "@jest/globals";
import { Cidr, type Ipv4Address } from "../../src/address/index.js";
import { DHCP_INFINITE_TIME } from "../../src/wire/index.js";
import { ip, SERVER } from "./messages.js";
import { mac, ServerDialogue, type ServerChange } from "./server-dialogue.js";

const range = (first: string, last: string) => ({ first: ip(first), last: ip(last) });
const POOL = range("10.0.0.100", "10.0.0.102");
const network = Cidr.parse("10.0.0.0/24");
const identifier = (length: number) => ({
  clientIdentifier: new Uint8Array(length),
  address: ip("10.0.0.7"),
});

describe("options that make no sense are refused", () => {
  it.each<[name: string, change: ServerChange]>([
    ["a pool that ends before it begins", { pool: range("10.0.0.9", "10.0.0.8") }],
    ["a pool that begins outside the subnet", { pool: range("9.0.0.9", "10.0.0.8") }],
    ["a pool that ends outside the subnet", { pool: range("10.0.0.9", "10.0.1.8") }],
    ["pools that overlap", { subnets: [{ network, pools: [POOL, range("10.0.0.102", "10.0.0.103")] }] }],
    [
      "subnets that overlap",
      {
        subnets: [
          { network, pools: [] },
          { network: Cidr.parse("10.0.0.7/8"), pools: [] },
        ],
      },
    ],
    ["a subnet of IPv6", { subnets: [{ network: Cidr.parse("fd00::/64"), pools: [] }] }],
    ["more subnets than are looked through", { subnets: new Array(65).fill({ network, pools: [] }) }],
    [
      "an excluded range that ends before it begins",
      { pool: { ...POOL, excluded: [range("10.0.0.9", "10.0.0.8")] } },
    ],
    ["a subnet without hosts", { prefixLength: 31 }],
    ["no subnet", { prefixLength: 0 }],
    ["half a bit", { prefixLength: 24.5 }],
    ["a lease of no time", { leaseSeconds: 0 }],
    ["a lease of a fraction", { leaseSeconds: 1.5 }],
    ["a lease that means forever", { leaseSeconds: DHCP_INFINITE_TIME }],
    ["such a lease of a pool", { pool: { ...POOL, leaseSeconds: 0 } }],
    ["such a lease of a host", { reservations: [{ mac: mac(1), address: ip("10.0.0.7"), leaseSeconds: 0 }] }],
    ["more name servers than fit", { dns: new Array<Ipv4Address>(9).fill(SERVER) }],
    ["an option that the server fills in", { options: { leaseTime: 60 } }],
    ["the client's name", { options: { clientFqdn: { name: "lamp" } } }],
    [
      "such an option of a pool",
      { pool: { ...POOL, options: { relayAgentInformation: Uint8Array.of(1, 0) } } },
    ],
    [
      "such an option by its number",
      { options: { others: [{ code: 54, value: Uint8Array.of(10, 0, 0, 1) }] } },
    ],
    ["a reservation outside the subnets", { reservations: [{ mac: mac(1), address: ip("10.0.1.7") }] }],
    ["a reservation of the server's address", { reservations: [{ mac: mac(1), address: SERVER }] }],
    ["a reservation for nobody", { reservations: [{ address: ip("10.0.0.7") }] }],
    ["a reservation for an empty identifier", { reservations: [identifier(0)] }],
    ["a reservation for one that is never kept", { reservations: [identifier(136)] }],
    [
      "two reservations of one address",
      { reservations: [1, 2].map((client) => ({ mac: mac(client), address: ip("10.0.0.7") })) },
    ],
    [
      "two reservations for one MAC",
      { reservations: ["10.0.0.7", "10.0.0.8"].map((address) => ({ mac: mac(1), address: ip(address) })) },
    ],
    [
      "two reservations for one identifier",
      { reservations: [identifier(3), { ...identifier(3), address: ip("10.0.0.8") }] },
    ],
  ])("%s", (_name, change) => {
    expect(() => new ServerDialogue(change)).toThrow(expect.objectContaining({ code: "EINVAL" }));
  });
});

it("one client may have an address reserved in each subnet", () => {
  const subnets = ["10.0.0.0/24", "10.1.0.0/24"].map((text) => ({ network: Cidr.parse(text), pools: [] }));
  const reservations = ["10.0.0.7", "10.1.0.7"].map((address) => ({ mac: mac(1), address: ip(address) }));
  const server = new ServerDialogue({ subnets, reservations });
  expect(server.lease({ chaddr: mac(1) })).toBe("10.0.0.7");
  expect(server.lease({ chaddr: mac(1), giaddr: ip("10.1.0.1") })).toBe("10.1.0.7");
  expect(server.lease({ chaddr: mac(2) })).toBeUndefined();
});

it("a relay's subnet may be all there is: clients on the server's own link get nothing", () => {
  const pools = [range("10.1.0.10", "10.1.0.19")];
  const server = new ServerDialogue({ subnets: [{ network: Cidr.parse("10.1.0.0/24"), pools }] });
  expect(server.receive("DISCOVER").machine.ignored).toEqual({ "other-network": 1 });
  expect(server.lease({ giaddr: ip("10.1.0.1") })).toMatch(/^10\.1\.0\.1\d$/);
});
