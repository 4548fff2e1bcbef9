import { describe, expect, it } from "@jest/globals";
import { Cidr } from "../../src/address/index.js";
import { DHCP_MAX_LENGTH, DhcpCode, type DhcpOptions } from "../../src/wire/index.js";
import { bytesOf, ip, OTHER_SERVER, SERVER } from "./messages.js";
import { mac, ServerDialogue, type ServerChange } from "./server-dialogue.js";

/** The codes of a message's options in their order, END left out. */
function codesOf(bytes: Uint8Array): number[] {
  const codes: number[] = [];
  for (let at = 240; bytes[at] !== 255; at += 2 + bytes[at + 1]!) codes.push(bytes[at]!);
  return codes;
}

const list = (...codes: number[]): DhcpOptions => ({ parameterRequestList: Uint8Array.from(codes) });

const FULL: ServerChange = {
  gateway: OTHER_SERVER,
  dns: [SERVER],
  options: { domainName: "lan", ntpServers: [SERVER], others: [{ code: 224, value: Uint8Array.of(1) }] },
};
const ALWAYS = [53, DhcpCode.serverIdentifier, 51, 58, 59, 1];

describe("what a client is told", () => {
  it("without a list, everything", () => {
    const server = new ServerDialogue(FULL).receive("DISCOVER");
    const codes = codesOf(server.bytes[0]!);
    expect(codes.slice(0, 6)).toEqual(ALWAYS);
    expect(codes.slice(6).sort((a, b) => a - b)).toEqual([3, 6, 15, 28, 42, 224]);
  });

  it.each<[name: string, asked: number[], told: number[]]>([
    ["what it asks for, in its order", [224, 15, 3], [224, 15, 3]],
    ["nothing that is not configured", [66, 3, 119], [3]],
    ["nothing twice", [3, 15, 3], [3, 15]],
    ["what it must have in any case", [250], []],
    ["not what the server has told already", [1, 51, 54, 3], [3]],
  ])("with a list, %s", (_name, asked, told) => {
    const server = new ServerDialogue(FULL).receive("DISCOVER", {}, list(...asked));
    expect(codesOf(server.bytes[0]!)).toEqual([...ALWAYS, ...told]);
  });

  it("its identifier in front of what it asks for", () => {
    const clientIdentifier = Uint8Array.of(1, 2);
    const server = new ServerDialogue(FULL).receive("DISCOVER", {}, { ...list(3), clientIdentifier });
    expect(codesOf(server.bytes[0]!)).toEqual([...ALWAYS, 61, 3]);
  });

  it("by INFORM too", () => {
    const server = new ServerDialogue(FULL).receive("INFORM", { ciaddr: ip("10.0.0.9") }, list(15));
    expect(codesOf(server.bytes[0]!)).toEqual([53, 54, 1, 15]);
  });

  it("nothing with a NAK", () => {
    const server = new ServerDialogue(FULL).receive("REQUEST", { ciaddr: ip("10.9.9.9") }, list(15));
    expect(codesOf(server.bytes[0]!)).toEqual([53, 54, 56]);
  });
});

describe("of several settings the narrowest counts", () => {
  const server = new ServerDialogue({
    subnets: [
      {
        network: Cidr.parse("10.0.0.0/24"),
        gateway: SERVER,
        options: { domainName: "subnet", tftpServerName: "subnet", rootPath: "subnet" },
        leaseSeconds: 1_000,
        pools: [
          {
            first: ip("10.0.0.10"),
            last: ip("10.0.0.19"),
            options: { domainName: "pool", tftpServerName: "pool", routers: [OTHER_SERVER] },
            leaseSeconds: 2_000,
          },
          { first: ip("10.0.0.20"), last: ip("10.0.0.29") },
        ],
      },
    ],
    reservations: [
      {
        mac: mac(1),
        address: ip("10.0.0.15"),
        options: { domainName: "host" },
        hostName: "lamp",
        leaseSeconds: 3_000,
      },
      { mac: mac(2), address: ip("10.0.0.40") },
    ],
  });

  it.each<[name: string, client: number, wanted: string, told: DhcpOptions]>([
    [
      "a host in a pool",
      1,
      "10.0.0.15",
      { domainName: "host", hostName: "lamp", tftpServerName: "pool", rootPath: "subnet", leaseTime: 3_000 },
    ],
    ["a host outside the pools", 2, "10.0.0.40", { domainName: "subnet", leaseTime: 1_000 }],
    ["a pool", 3, "10.0.0.12", { domainName: "pool", leaseTime: 2_000, routers: [OTHER_SERVER] }],
    ["another pool", 4, "10.0.0.22", { domainName: "subnet", leaseTime: 1_000, routers: [SERVER] }],
  ])("%s", (_name, client, wanted, told) => {
    server.receive("DISCOVER", { chaddr: mac(client) }, { requestedAddress: ip(wanted) });
    expect(server.sent.at(-1)?.yiaddr).toEqual(ip(wanted));
    expect(server.sent.at(-1)?.options).toMatchObject(told);
  });
});

describe("a reply keeps to the length that the client takes", () => {
  const others = [200, 201, 202, 203].map((code) => ({ code, value: new Uint8Array(200).fill(code) }));
  const told = (options: DhcpOptions): { length: number; codes: number[] } => {
    const server = new ServerDialogue({ options: { others } }).receive("DISCOVER", {}, options);
    return {
      length: server.bytes[0]!.length,
      codes: server.sent[0]!.options.others?.map(({ code }) => code) ?? [],
    };
  };

  it("leaving out what it wants least", () => {
    // 308 bytes of the message and 192 of the header's names hold two of them.
    const { length, codes } = told(list(203, 201, 200, 202));
    expect(length).toBeLessThanOrEqual(548);
    expect(codes).toEqual([203, 201]);
  });

  it("which may be more than a Windows or Linux client's 576 bytes", () => {
    const { length, codes } = told({ ...list(203, 201, 200, 202), maxMessageSize: 1_500 });
    expect(length).toBeGreaterThan(548);
    expect(codes).toEqual([203, 201, 200, 202]);
  });

  it("taking what still fits after something that does not", () => {
    const long = { code: 210, value: new Uint8Array(600) };
    const server = new ServerDialogue({ options: { others: [long, ...others] } });
    server.receive("DISCOVER", {}, list(210, 200, 201));
    expect(server.sent[0]?.options.others?.map(({ code }) => code)).toEqual([200, 201]);
  });

  it("or is not sent at all", () => {
    const clientIdentifier = new Uint8Array(600);
    const server = new ServerDialogue();
    server.machine.receive(bytesOf("DISCOVER", {}, { clientIdentifier }, DHCP_MAX_LENGTH), 0);
    expect(server.machine.ignored).toEqual({ "reply-too-long": 1 });
  });
});
