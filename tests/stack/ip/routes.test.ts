import { describe, expect, it } from "@jest/globals";
import { Cidr, Ipv4Address, MacAddress } from "../../../src/address/index.js";
import { Routes } from "../../../src/stack/ip/routes.js";
import { Machine, OWN_IP, PEER_IP, PEER_MAC, ScriptedLink } from "../support/machine.js";
import { readFrame, type ReadFrame } from "../support/read.js";

const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);

/** A second interface, 192.168.1.1/24, beside 10.0.0.1/24 with the default gateway 10.0.0.9. */
function twoInterfaces(): { machine: Machine; wlanSent: ReadFrame[] } {
  const machine = new Machine({ gateway: PEER_IP });
  const link = new ScriptedLink();
  link.mac = MacAddress.parse("02:00:00:00:00:02");
  const wlanSent: ReadFrame[] = [];
  link.onTransmit = (frame) => wlanSent.push(readFrame(frame, machine.now));
  const wlan = machine.stack.attach(link, { name: "wlan0" });
  wlan.configure({ address: ip("192.168.1.1"), prefixLength: 24, dns: [] });
  machine.settle();
  return { machine, wlanSent };
}

function sendsTo(machine: Machine, destination: string, from?: string): void {
  const socket = new machine.stack.io.UDP({ broadcast: true, ...(from !== undefined && { address: from }) });
  try {
    socket.write(Buffer.from("x"), destination, 9);
  } finally {
    socket.close();
    machine.settle();
  }
}

describe("the routing table", () => {
  it("takes the longest prefix, and the older of two equal ones (RFC 1122 §3.3.1)", () => {
    const { machine } = twoInterfaces();
    const [lo, eth0, wlan] = machine.stack.interfaces;
    const routes = new Routes();
    routes.add({ destination: Cidr.parse("10.0.0.0/8"), device: eth0! });
    routes.add({ destination: Cidr.parse("0.0.0.0/0"), device: wlan! });
    routes.add({ destination: Cidr.parse("10.1.0.0/16"), device: wlan! });
    routes.add({ destination: Cidr.parse("10.1.0.0/16"), device: lo! });
    const device = (address: string) => routes.lookup(ip(address))?.device.name;
    expect(["10.2.3.4", "10.1.2.3", "1.2.3.4"].map(device)).toEqual(["eth0", "wlan0", "wlan0"]);
    routes.removeInterface(wlan!);
    expect(["10.2.3.4", "10.1.2.3", "1.2.3.4"].map(device)).toEqual(["eth0", "lo", undefined]);
    expect([...routes].map((route) => route.destination.toString())).toEqual(["10.1.0.0/16", "10.0.0.0/8"]);
  });

  it("sends to neighbors directly, and to everybody else through the gateway", () => {
    const { machine, wlanSent } = twoInterfaces();
    sendsTo(machine, PEER_IP);
    sendsTo(machine, "8.8.8.8");
    expect(machine.sent.map(({ to, source, destination }) => [to, source, destination])).toEqual([
      [PEER_MAC, OWN_IP, PEER_IP],
      [PEER_MAC, OWN_IP, "8.8.8.8"],
    ]);
    sendsTo(machine, "192.168.1.77");
    expect(wlanSent.map((frame) => frame.arp?.targetIp)).toEqual(["192.168.1.77"]);
    expect(wlanSent[0]!.arp!.senderIp).toBe("192.168.1.1");
  });

  it("has no way where nothing is configured", () => {
    const machine = new Machine();
    expect(() => sendsTo(machine, "8.8.8.8")).toThrow(/ENETUNREACH/);
    machine.eth0.configure(undefined);
    expect(() => sendsTo(machine, PEER_IP)).toThrow(/ENETUNREACH/);
    expect(() => sendsTo(machine, "255.255.255.255")).toThrow(/ENETUNREACH/);
  });

  it("never leads to 0.0.0.0", () => {
    expect(() => sendsTo(new Machine({ gateway: PEER_IP }), "0.0.0.0")).toThrow(/ENETUNREACH/);
  });
});

describe("the source address", () => {
  it("is the one that a socket is bound to, as long as the host has it", () => {
    const { machine } = twoInterfaces();
    const socket = new machine.stack.io.UDP({ address: OWN_IP });
    socket.write(Buffer.from("x"), "8.8.8.8", 9);
    machine.settle();
    expect(machine.sent.map((frame) => frame.source)).toEqual([OWN_IP]);
    machine.eth0.configure(undefined);
    expect(() => socket.write(Buffer.from("x"), PEER_IP, 9)).toThrow(/ENETUNREACH/);
  });

  it("of loopback never leaves the host (RFC 1122 §3.2.1.3)", () => {
    const { machine } = twoInterfaces();
    expect(() => sendsTo(machine, PEER_IP, "127.0.0.1")).toThrow(/ENETUNREACH/);
    expect(() => sendsTo(machine, "255.255.255.255", "127.0.0.1")).toThrow(/ENETUNREACH/);
    expect(machine.sent).toEqual([]);
  });

  it("must be one of the host's own to be bound to", () => {
    const machine = new Machine();
    expect(() => new machine.stack.io.UDP({ address: "10.0.0.2" })).toThrow(/EADDRNOTAVAIL/);
    expect(() => new machine.stack.io.Listener({ address: "10.0.0.2" })).toThrow(/EADDRNOTAVAIL/);
    expect(new machine.stack.io.UDP({ address: "0.0.0.0" }).port).toBeGreaterThan(0);
  });
});

describe("groups", () => {
  it("are sent to the MAC they stand for, without ARP", () => {
    const { machine, wlanSent } = twoInterfaces();
    for (const group of ["255.255.255.255", "10.0.0.255", "224.129.2.3", "192.168.1.255"])
      sendsTo(machine, group);
    expect(machine.sent.map(({ to, destination }) => `${destination} ${to}`)).toEqual([
      "255.255.255.255 ff:ff:ff:ff:ff:ff",
      "10.0.0.255 ff:ff:ff:ff:ff:ff",
      "224.129.2.3 01:00:5e:01:02:03",
    ]);
    expect(wlanSent.map(({ to, destination }) => `${destination} ${to}`)).toEqual([
      "192.168.1.255 ff:ff:ff:ff:ff:ff",
    ]);
  });

  it("limited broadcast goes out where the socket's address is, or where there is one at all", () => {
    const { machine, wlanSent } = twoInterfaces();
    sendsTo(machine, "255.255.255.255", "192.168.1.1");
    machine.eth0.configure(undefined);
    sendsTo(machine, "255.255.255.255");
    expect(machine.sent).toEqual([]);
    expect(wlanSent.map(({ source }) => source)).toEqual(["192.168.1.1", "192.168.1.1"]);
  });

  it("there is no directed broadcast on a /31 (RFC 3021)", () => {
    const machine = new Machine();
    machine.eth0.configure({ address: ip("10.0.0.8"), prefixLength: 31, dns: [] });
    sendsTo(machine, PEER_IP);
    expect(machine.sent.map((frame) => frame.to)).toEqual([PEER_MAC]);
  });
});

describe("a connection's path", () => {
  it("follows a change of the gateway", () => {
    const machine = new Machine({ gateway: "10.0.0.7" });
    machine.neighbors.set("10.0.0.7", "02:00:00:00:00:07");
    new machine.stack.io.TCP({ address: "8.8.8.8", port: 80 });
    machine.settle();
    machine.eth0.configure({ address: ip(OWN_IP), prefixLength: 24, gateway: ip(PEER_IP), dns: [] });
    machine.advance(1000);
    expect(machine.sent.map((frame) => frame.to)).toEqual(["02:00:00:00:00:07", PEER_MAC]);
  });

  it("ends with the address: its program is told ENETDOWN", () => {
    const machine = new Machine();
    const errors: string[] = [];
    new machine.stack.io.TCP({
      address: PEER_IP,
      port: 80,
      onError: (error) => errors.push(String((error as { code?: string } | undefined)?.code)),
    });
    machine.settle();
    machine.eth0.configure({ address: ip("10.0.0.2"), prefixLength: 24, dns: [] });
    machine.settle();
    expect(errors).toEqual(["ENETDOWN"]);
    expect(machine.stack.tcp.connections).toEqual([]);
    expect(machine.stack.timers.size).toBe(0);
  });
});
