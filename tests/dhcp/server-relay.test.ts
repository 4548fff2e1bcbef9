import { describe, expect, it } from "@jest/globals";
import { Cidr } from "../../src/address/index.js";
import {
  DHCP_MAX_LENGTH,
  DhcpCode,
  parseDhcp,
  type DhcpMessage,
  type DhcpOptions,
} from "../../src/wire/index.js";
import { bytesOf, ip, SERVER } from "./messages.js";
import { mac, ServerDialogue } from "./server-dialogue.js";

const RELAY = ip("10.1.0.1");
const NEAR = ip("10.0.0.100");
const FAR = ip("10.1.0.100");
const FARTHER = ip("10.2.0.100");

/** Three subnets with one address each; the server is on the first. */
function server(): ServerDialogue {
  const subnets = [NEAR, FAR, FARTHER].map((address) => ({
    network: new Cidr(address, 24),
    pools: [{ first: address, last: address }],
  }));
  return new ServerDialogue({ subnets });
}

/** Sub-option 5 of 82 (RFC 3527 §3). */
const linkSelection = (last: number): DhcpOptions => ({
  relayAgentInformation: Uint8Array.of(1, 1, 9, 5, 4, 10, last, 0, 0),
});

describe("the subnet of a client", () => {
  it.each<[name: string, fields: Partial<DhcpMessage>, options: DhcpOptions, address: string | undefined]>([
    ["the server's own", {}, {}, "10.0.0.100"],
    ["its relay's", { giaddr: RELAY }, {}, "10.1.0.100"],
    ["none, if its relay is of another", { giaddr: ip("10.9.0.1") }, {}, undefined],
    ["the one it names (RFC 3011)", { giaddr: RELAY }, { subnetSelection: ip("10.2.0.0") }, "10.2.0.100"],
    ["none, if that is not served", { giaddr: RELAY }, { subnetSelection: ip("10.9.0.0") }, undefined],
    ["the one its relay names (RFC 3527)", { giaddr: RELAY }, linkSelection(2), "10.2.0.100"],
    ["that, wherever the relay is", { giaddr: ip("192.0.2.1") }, linkSelection(1), "10.1.0.100"],
    ["that, before its own choice", {}, { ...linkSelection(1), subnetSelection: FARTHER }, "10.1.0.100"],
    [
      "its relay's, if option 82 is malformed",
      { giaddr: RELAY },
      { relayAgentInformation: Uint8Array.of(5, 9) },
      "10.1.0.100",
    ],
  ])("%s", (_name, fields, options, address) => {
    const offer = server().receive("DISCOVER", fields, options).sent[0];
    expect(offer?.yiaddr.toString()).toBe(address);
  });

  it("gives a client one lease in each", () => {
    const dialogue = server();
    for (const giaddr of [ip("0.0.0.0"), RELAY, ip("10.2.0.1")]) dialogue.lease({ giaddr });
    expect(dialogue.machine.leases.map(({ address }) => address)).toEqual([NEAR, FAR, FARTHER]);
  });
});

describe("beyond a relay", () => {
  const giaddr = RELAY;
  const relayAgentInformation = Uint8Array.of(1, 4, 0, 1, 2, 3, 9, 0);

  it("a lease begins by way of it, is renewed around it, and is bound again and released by way of it or not", () => {
    const dialogue = server();
    dialogue.receive("DISCOVER", { giaddr });
    dialogue.receive("REQUEST", { giaddr }, { requestedAddress: FAR, serverIdentifier: SERVER });
    dialogue.receive("REQUEST", { ciaddr: FAR });
    dialogue.receive("REQUEST", { ciaddr: FAR, giaddr });
    dialogue.receive("RELEASE", { ciaddr: FAR }, { serverIdentifier: SERVER });
    expect(dialogue.take()).toEqual([
      "0 > 10.1.0.1:67 OFFER xid=0 secs=0 yiaddr=10.1.0.100 server=10.0.0.1",
      "0 > 10.1.0.1:67 ACK xid=0 secs=0 yiaddr=10.1.0.100 server=10.0.0.1",
      "0 > 10.1.0.100:68 ACK xid=0 secs=0 ciaddr=10.1.0.100 yiaddr=10.1.0.100 server=10.0.0.1",
      "0 > 10.1.0.1:67 ACK xid=0 secs=0 ciaddr=10.1.0.100 yiaddr=10.1.0.100 server=10.0.0.1",
      "0 10.1.0.100 released",
    ]);
  });

  it("who comes from another subnet is refused, by a broadcast of the relay's", () => {
    const dialogue = server().receive("REQUEST", { giaddr }, { requestedAddress: NEAR });
    expect(dialogue.take()).toEqual(["0 > 10.1.0.1:67 NAK xid=0 secs=0 broadcast server=10.0.0.1"]);
  });

  it("option 82 comes back as it was, behind everything else", () => {
    const dialogue = server();
    const options = { relayAgentInformation, clientIdentifier: Uint8Array.of(1, 2) };
    dialogue.receive("DISCOVER", { giaddr }, options);
    dialogue.receive("REQUEST", { giaddr }, { ...options, requestedAddress: NEAR });
    expect(dialogue.sent.map(({ type }) => type)).toEqual(["OFFER", "NAK"]);
    for (const bytes of dialogue.bytes) {
      const end = bytes.lastIndexOf(255);
      const last = bytes.subarray(end - relayAgentInformation.length - 2, end);
      expect([...last]).toEqual([DhcpCode.relayAgentInformation, 8, ...relayAgentInformation]);
    }
  });

  it("what a client selected comes back too", () => {
    const dialogue = server().receive("DISCOVER", { giaddr }, { subnetSelection: ip("10.2.0.0") });
    expect(dialogue.sent[0]?.options.subnetSelection).toEqual(ip("10.2.0.0"));
  });

  it("option 82 with much else still fits, at the cost of what the client wants least", () => {
    const rootPath = "r".repeat(200);
    const network = new Cidr(RELAY, 24);
    const pools = [{ first: FAR, last: FAR, options: { rootPath, domainName: "d".repeat(200) } }];
    const dialogue = new ServerDialogue({ subnets: [{ network, pools }] });
    dialogue.receive("DISCOVER", { giaddr }, { relayAgentInformation: new Uint8Array(250).fill(7) });
    expect(dialogue.bytes[0]?.length).toBeLessThanOrEqual(548);
    expect(parseDhcp(dialogue.bytes[0]!)).toMatchObject({
      options: { relayAgentInformation: new Uint8Array(250).fill(7) },
    });
  });

  it("option 82 for which there is no room at all does not keep the client from its answer", () => {
    const dialogue = server();
    const options = { relayAgentInformation: new Uint8Array(400).fill(7) };
    dialogue.machine.receive(bytesOf("DISCOVER", { giaddr }, options, DHCP_MAX_LENGTH), 0);
    expect(dialogue.take()).toEqual(["0 > 10.1.0.1:67 OFFER xid=0 secs=0 yiaddr=10.1.0.100 server=10.0.0.1"]);
    expect(dialogue.sent[0]?.options.relayAgentInformation).toBeUndefined();
  });
});

it("limits a MAC in each subnet by itself", () => {
  const pools = (network: string) => [{ first: ip(`${network}.10`), last: ip(`${network}.99`) }];
  const dialogue = new ServerDialogue({
    maxLeasesPerMac: 1,
    subnets: ["10.0.0", "10.1.0"].map((network) => ({
      network: Cidr.parse(`${network}.0/24`),
      pools: pools(network),
    })),
  });
  expect(dialogue.lease({ chaddr: mac(1) })).toBeDefined();
  expect(dialogue.lease({ chaddr: mac(1), giaddr: RELAY })).toBeDefined();
  expect(dialogue.lease({ chaddr: mac(1) }, { clientIdentifier: Uint8Array.of(1, 2) })).toBeUndefined();
});
