import { describe, expect, it } from "@jest/globals";
import { DhcpInform, MAX_MESSAGES_PER_SECOND, type DhcpInformEvent } from "../../src/dhcp/index.js";
import { parseDhcp, type DhcpMessage, type DhcpOptions } from "../../src/wire/index.js";
import { MemoryNetwork, seeded } from "./memory-network.js";
import { ADDRESS, bytesOf, ip, SERVER } from "./messages.js";

const NTP: DhcpOptions = { serverIdentifier: SERVER, ntpServers: [SERVER] };

/** A host with an address of its own, and what a server on its link hears. */
function setUp(address = true) {
  const network = new MemoryNetwork(seeded(1));
  const { time } = network;
  const server = network.attach();
  const host = network.attach();
  if (address) host.configure({ address: ADDRESS, prefixLength: 24, dns: [] });
  const heard: DhcpMessage[] = [];
  server.listen(67, (bytes) => {
    const message = parseDhcp(bytes);
    if (typeof message !== "string") heard.push(message);
  });
  const events: DhcpInformEvent[] = [];
  const onEvent = (event: DhcpInformEvent): void => void events.push(event);
  const random = seeded(2);
  const inform = new DhcpInform({ link: host, network: host, clock: time, timers: time, random, onEvent });
  const answer = (
    type: "ACK" | "OFFER" | "NAK",
    options: DhcpOptions,
    fields: Partial<DhcpMessage> = {},
  ): void => {
    const { xid } = heard.at(-1)!;
    host.deliver(bytesOf(type, { xid, chaddr: host.mac, ...fields }, options), 68, SERVER, 67);
  };
  return { time, host, heard, events, inform, answer };
}

describe("DhcpInform", () => {
  it("asks with the address that there is, for no lease (RFC 2131 §4.4.1, table 5)", () => {
    const { time, heard, inform } = setUp();
    inform.start();
    time.until(10);
    expect(heard).toMatchObject([{ type: "INFORM", ciaddr: ADDRESS, broadcast: false }]);
    const { leaseTime, requestedAddress, serverIdentifier } = heard[0]!.options;
    expect([leaseTime, requestedAddress, serverIdentifier]).toEqual([undefined, undefined, undefined]);
  });

  it("gives the options of the first answer, leaves the interface as it is, and the port free", () => {
    const { time, host, events, inform, answer } = setUp();
    inform.start();
    time.until(10);
    const before = host.ipv4;
    answer("ACK", NTP);
    expect(events.at(-1)).toMatchObject({
      type: "informed",
      server: SERVER,
      options: { ntpServers: [SERVER] },
    });
    expect(inform.state).toBe("INFORMED");
    expect(host.ipv4).toBe(before);
    host.listen(68, () => undefined);
  });

  it("gives up after four questions in a minute, and says so once", () => {
    const { time, heard, events, inform } = setUp();
    inform.start();
    time.until(3_600_000);
    expect(heard).toHaveLength(4);
    expect(inform.state).toBe("FAILED");
    expect(events.filter(({ type }) => type === "failed")).toEqual([{ type: "failed", reason: "no-server" }]);
    inform.start();
    time.until(3_601_000);
    expect(heard).toHaveLength(5);
  });

  it.each<[name: string, type: "ACK" | "OFFER" | "NAK", DhcpOptions, Partial<DhcpMessage>, string]>([
    ["an OFFER", "OFFER", NTP, {}, "unexpected"],
    ["a NAK", "NAK", NTP, {}, "unexpected"],
    ["another transaction", "ACK", NTP, { xid: 1 }, "wrong-xid"],
    ["no server", "ACK", {}, {}, "no-server"],
    ["a server that cannot be", "ACK", { serverIdentifier: ip("0.0.0.0") }, {}, "no-server"],
  ])("drops %s", (_name, type, options, fields, reason) => {
    const { time, inform, answer } = setUp();
    inform.start();
    time.until(10);
    answer(type, options, fields);
    expect(inform.ignored).toEqual({ [reason]: 1 });
    expect(inform.state).toBe("INFORMING");
  });

  it("looks at so many messages in a second", () => {
    const { time, inform, answer } = setUp();
    inform.start();
    time.until(10);
    for (let count = 0; count <= MAX_MESSAGES_PER_SECOND; count++) answer("NAK", NTP);
    expect(inform.ignored).toMatchObject({ flood: 1 });
  });

  it("survives a link that throws, tells it, and asks on", () => {
    const { time, host, heard, events, inform } = setUp();
    const { send } = host;
    host.send = () => {
      throw new Error("no buffers");
    };
    inform.start();
    time.until(10);
    expect(events[0]).toEqual({ type: "failed", reason: "send", detail: "no buffers" });
    host.send = send;
    time.until(6_000);
    expect(heard).toMatchObject([{ type: "INFORM" }]);
  });

  it("calls nothing after stop", () => {
    const { time, events, inform } = setUp();
    inform.start();
    inform.stop();
    time.until(1_000_000);
    expect(events).toEqual([]);
    expect(inform.state).toBe("STOPPED");
  });

  it("needs an address, and the port", () => {
    expect(() => setUp(false).inform.start()).toThrow("EADDRNOTAVAIL");
    const { host, inform } = setUp();
    host.listen(68, () => undefined);
    expect(() => inform.start()).toThrow("EADDRINUSE");
  });
});
