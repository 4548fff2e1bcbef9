import { describe, expect, it } from "@jest/globals";
import {
  DHCP_INFINITE_TIME,
  type DhcpFqdn,
  type DhcpMessage,
  type DhcpMessageType,
  type DhcpOptions,
} from "../../src/wire/index.js";
import { ADDRESS, ip, MAC, OTHER_SERVER, SERVER } from "./messages.js";
import { ServerDialogue, type ServerChange } from "./server-dialogue.js";

const NONE = ip("0.0.0.0");
const RELAY = ip("10.0.0.9");
const WANTED: DhcpOptions = { requestedAddress: ADDRESS };
const TAKE: DhcpOptions = { requestedAddress: ADDRESS, serverIdentifier: SERVER };

describe("RFC 2131 §4.3.1, table 3: what a server sends", () => {
  const asked: Partial<DhcpMessage> = {
    xid: 7,
    secs: 9,
    hops: 2,
    broadcast: true,
    giaddr: RELAY,
    sname: "boot",
    file: "image",
  };
  const id = Uint8Array.of(255, 1, 2, 3);
  const relayAgentInformation = Uint8Array.of(1, 2, 0, 7);
  const everything: DhcpOptions = { clientIdentifier: id, relayAgentInformation, hostName: "device" };
  const echoed: DhcpOptions = { clientIdentifier: id, relayAgentInformation, serverIdentifier: SERVER };
  const told: DhcpOptions = {
    ...echoed,
    subnetMask: ip("255.255.255.0"),
    broadcastAddress: ip("10.0.0.255"),
    routers: [OTHER_SERVER],
    dnsServers: [SERVER],
  };
  const times: DhcpOptions = { leaseTime: 3600, renewalTime: 1800, rebindingTime: 3150 };
  const header = {
    xid: 7,
    secs: 0,
    hops: 0,
    giaddr: RELAY,
    chaddr: MAC,
    siaddr: NONE,
    sname: "",
    file: "",
    broadcast: true,
  };
  const change: ServerChange = { gateway: OTHER_SERVER, dns: [SERVER] };

  it("OFFER", () => {
    const server = new ServerDialogue(change).receive("DISCOVER", asked, { ...everything, ...WANTED });
    expect(server.sent).toEqual([
      { ...header, type: "OFFER", ciaddr: NONE, yiaddr: ADDRESS, options: { ...told, ...times } },
    ]);
  });

  it("ACK", () => {
    const server = new ServerDialogue(change).receive("DISCOVER", asked, { ...everything, ...WANTED });
    server.receive("REQUEST", asked, { ...everything, ...TAKE });
    expect(server.sent[1]).toEqual({
      ...header,
      type: "ACK",
      ciaddr: NONE,
      yiaddr: ADDRESS,
      options: { ...told, ...times },
    });
    server.receive("REQUEST", { ...asked, ciaddr: ADDRESS }, everything);
    expect(server.sent[2]).toMatchObject({ type: "ACK", ciaddr: ADDRESS, yiaddr: ADDRESS });
  });

  it("ACK to INFORM: no address, no times", () => {
    const server = new ServerDialogue(change);
    server.receive("INFORM", { ...asked, ciaddr: ip("10.0.0.50") }, everything);
    expect(server.sent).toEqual([
      { ...header, type: "ACK", ciaddr: ip("10.0.0.50"), yiaddr: NONE, options: told },
    ]);
    expect(server.machine.leases).toEqual([]);
  });

  it("NAK: no configuration, and a message for a person", () => {
    const server = new ServerDialogue(change);
    const wrong = { ...everything, requestedAddress: ip("192.168.0.7") };
    server.receive("REQUEST", { ...asked, broadcast: false }, wrong);
    expect(server.sent).toEqual([
      {
        ...header,
        type: "NAK",
        ciaddr: NONE,
        yiaddr: NONE,
        options: { ...echoed, message: "wrong network" },
      },
    ]);
  });

  it("flags as the client set them", () => {
    const server = new ServerDialogue().receive("DISCOVER", { broadcast: false });
    expect(server.sent[0]?.broadcast).toBe(false);
  });
});

describe("where it goes (RFC 2131 §4.1)", () => {
  it.each<[name: string, DhcpMessageType, Partial<DhcpMessage>, DhcpOptions, to: string]>([
    ["an offer, to who has no address yet", "DISCOVER", {}, WANTED, "10.0.0.100:68 at 02:00:00:00:00:01"],
    ["an offer, with the broadcast flag", "DISCOVER", { broadcast: true }, WANTED, "255.255.255.255:68"],
    ["an offer, by a relay", "DISCOVER", { giaddr: RELAY, broadcast: true }, WANTED, "10.0.0.9:67"],
    ["an ACK, to who has an address", "REQUEST", { ciaddr: ADDRESS, broadcast: true }, {}, "10.0.0.100:68"],
    ["a NAK", "REQUEST", { ciaddr: ip("10.0.0.7") }, {}, "255.255.255.255:68"],
    ["a NAK by a relay", "REQUEST", { ciaddr: ip("10.0.0.7"), giaddr: RELAY }, {}, "10.0.0.9:67"],
    ["an answer to INFORM", "INFORM", { ciaddr: ip("10.0.0.7"), broadcast: true }, {}, "10.0.0.7:68"],
    // RFC 2131 §4.3.5: directly to the address in ciaddr.
    [
      "an answer to INFORM by a relay",
      "INFORM",
      { ciaddr: ip("10.0.0.7"), giaddr: RELAY },
      {},
      "10.0.0.7:68",
    ],
  ])("%s", (_name, type, fields, options, to) => {
    const [line] = new ServerDialogue().receive(type, fields, options).take();
    expect(line).toMatch(`0 > ${to} `);
  });
});

describe("how long", () => {
  it.each<[asked: number | undefined, offered: number]>([
    [undefined, 3600],
    [600, 600],
    [1, 60],
    [7200, 3600],
    [DHCP_INFINITE_TIME, 3600],
  ])("a client that asks for %s s gets %s s", (leaseTime, offered) => {
    const server = new ServerDialogue().receive("DISCOVER", {}, { leaseTime });
    expect(server.sent[0]?.options.leaseTime).toBe(offered);
  });

  it("a client cannot ask for less than the least", () => {
    const server = new ServerDialogue({ minLeaseSeconds: 300 }).receive("DISCOVER", {}, { leaseTime: 60 });
    expect(server.sent[0]?.options.leaseTime).toBe(300);
  });

  it("T1 and T2 come up to a sixteenth of the lease sooner, at random", () => {
    const server = new ServerDialogue({ random: { uint32: () => 225 } }).receive("DISCOVER");
    expect(server.sent[0]?.options).toMatchObject({ renewalTime: 1800 - 225, rebindingTime: 3150 - 225 });
  });

  it("a lease of a second ends after a second", () => {
    const server = new ServerDialogue({ leaseSeconds: 1 }).bind(1, ADDRESS);
    expect(server.until(1_000).take()).toEqual(["1000 10.0.0.100 expired"]);
  });

  it("an infinite lease never ends", () => {
    const server = new ServerDialogue({ leaseSeconds: Infinity }).bind(1, ADDRESS);
    expect(server.sent[1]?.options).toMatchObject({ leaseTime: DHCP_INFINITE_TIME });
    expect(server.sent[1]?.options.renewalTime).toBeUndefined();
    server.until(1e12);
    expect(server.stateOf(ADDRESS)).toBe("bound 1");
    expect(server.deadline).toBe(Infinity);
  });
});

describe("a client's full name (RFC 4702 §4)", () => {
  const answers = (type: DhcpMessageType, clientFqdn?: DhcpFqdn): DhcpFqdn | undefined => {
    const fields = type === "INFORM" ? { ciaddr: ADDRESS } : {};
    const options = type === "REQUEST" ? TAKE : {};
    const server = new ServerDialogue().receive(type, fields, { ...options, clientFqdn });
    return server.sent[0]!.options.clientFqdn;
  };

  it.each<[name: string, asked: DhcpFqdn, told: DhcpFqdn]>([
    [
      "the client's wish to have it updated is overridden",
      { name: "lamp.example.org.", serverUpdates: true },
      { name: "lamp.example.org.", noUpdates: true, overridden: true, fromServer: true },
    ],
    [
      "nothing is overridden of a client that does it itself",
      { name: "lamp" },
      { name: "lamp", noUpdates: true, fromServer: true },
    ],
    [
      "or wants nobody to",
      { name: "lamp", noUpdates: true },
      { name: "lamp", noUpdates: true, fromServer: true },
    ],
    [
      "the name is written as the client wrote it",
      { name: "lamp", ascii: true },
      { name: "lamp", ascii: true, noUpdates: true, fromServer: true },
    ],
  ])("the server updates no DNS, and says so: %s", (_name, asked, told) => {
    expect(answers("DISCOVER", asked)).toEqual(told);
    expect(answers("REQUEST", asked)).toEqual(told);
  });

  it("is answered neither to who says none nor to who wants no lease", () => {
    expect(answers("DISCOVER")).toBeUndefined();
    expect(answers("INFORM", { name: "lamp" })).toBeUndefined();
  });
});

describe("rapid commit (RFC 4039)", () => {
  const asking: DhcpOptions = { rapidCommit: true, ...WANTED };

  it("gives the lease at once", () => {
    const server = new ServerDialogue({ rapidCommit: true }).receive("DISCOVER", {}, asking);
    expect(server.sent).toMatchObject([
      { type: "ACK", yiaddr: ADDRESS, options: { rapidCommit: true, leaseTime: 3600 } },
    ]);
    expect(server.stateOf(ADDRESS)).toBe("bound 1");
    expect(server.records).toMatchObject([{ address: ADDRESS, state: "bound" }]);
  });

  it("only where both sides want it", () => {
    const unwilling = new ServerDialogue().receive("DISCOVER", {}, asking);
    const unasked = new ServerDialogue({ rapidCommit: true }).receive("DISCOVER", {}, WANTED);
    for (const { sent } of [unwilling, unasked]) {
      expect(sent).toMatchObject([{ type: "OFFER" }]);
      expect(sent[0]?.options.rapidCommit).toBeUndefined();
    }
  });

  it("a REQUEST still gets its ACK, without the option", () => {
    const server = new ServerDialogue({ rapidCommit: true }).receive("DISCOVER", {}, asking);
    server.receive("REQUEST", {}, { ...TAKE, rapidCommit: true });
    expect(server.sent[1]?.type).toBe("ACK");
    expect(server.sent[1]?.options.rapidCommit).toBeUndefined();
  });
});

describe("what it says of itself", () => {
  it("that the link has thrown, and goes on", () => {
    const server = new ServerDialogue();
    server.sendError = new Error("no buffers");
    expect(server.receive("DISCOVER", {}, WANTED).take()).toEqual(["0 OFFER not sent"]);
    expect(server.events.at(-1)).toEqual({
      type: "send-failed",
      message: "OFFER",
      client: MAC,
      destination: ADDRESS,
      error: server.sendError,
    });
    server.sendError = undefined;
    server.receive("DISCOVER", {}, WANTED);
    expect(server.sent).toMatchObject([{ type: "OFFER", yiaddr: ADDRESS }]);
  });

  it("each message in and out, with who, what and where", () => {
    const server = new ServerDialogue();
    server.receive("DISCOVER", { giaddr: RELAY }, { hostName: "device", requestedAddress: ADDRESS });
    expect(server.events).toEqual([
      {
        type: "received",
        message: "DISCOVER",
        client: MAC,
        hostName: "device",
        address: ADDRESS,
        relay: RELAY,
      },
      {
        type: "sent",
        message: "OFFER",
        client: MAC,
        address: ADDRESS,
        leaseSeconds: 3600,
        destination: RELAY,
      },
    ]);
  });

  it("why it refuses", () => {
    const server = new ServerDialogue().receive("REQUEST", {}, { requestedAddress: ip("192.168.0.7") });
    expect(server.events[1]).toMatchObject({ type: "sent", message: "NAK", reason: "wrong network" });
  });
});
