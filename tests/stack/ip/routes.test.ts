import { describe, expect, it } from "@jest/globals";
import { Cidr, Ipv4Address, Ipv6Address, MacAddress } from "../../../src/address/index.js";
import { Routes, type Route } from "../../../src/stack/ip/routes.js";
import { icmp } from "../support/build.js";
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

describe("the routes of a configuration (RFC 3442)", () => {
  const configuration = {
    address: ip(OWN_IP),
    prefixLength: 24,
    gateway: ip(PEER_IP),
    dns: [],
    routes: [
      { destination: Cidr.parse("172.16.0.0/12"), gateway: ip("10.0.0.7") },
      { destination: Cidr.parse("192.168.0.0/24") },
    ],
  };

  function configured(): { machine: Machine; nextHop: (destination: string) => string | undefined } {
    const machine = new Machine();
    machine.eth0.configure(configuration);
    const nextHop = (destination: string): string | undefined => {
      const route = machine.stack.routes.lookup(ip(destination));
      return route && (route.gateway?.toString() ?? "on the link");
    };
    return { machine, nextHop };
  }

  it("lead where they say, beside the default one and that to the own network", () => {
    const { nextHop } = configured();
    expect(["172.16.9.9", "192.168.0.9", "10.0.0.50", "8.8.8.8"].map(nextHop)).toEqual([
      "10.0.0.7",
      "on the link",
      "on the link",
      PEER_IP,
    ]);
  });

  it("go with it", () => {
    const { machine, nextHop } = configured();
    machine.eth0.configure({ ...configuration, routes: [] });
    expect(["172.16.9.9", "192.168.0.9"].map(nextHop)).toEqual([PEER_IP, PEER_IP]);
    machine.eth0.configure(undefined);
    expect([...machine.stack.routes]).toEqual([]);
  });
});

describe("routes that programs add", () => {
  const far = Cidr.parse("172.16.0.0/12");

  /** Where a datagram to 172.16.1.1 goes: the router's MAC. */
  function wayOut(machine: Machine, wlanSent: ReadFrame[]): string | undefined {
    sendsTo(machine, "172.16.1.1");
    return [...machine.sent.splice(0), ...wlanSent.splice(0)].at(-1)?.to;
  }

  function twoRouters(): ReturnType<typeof twoInterfaces> & { ways: [Route, Route] } {
    const two = twoInterfaces();
    const { machine } = two;
    const device = machine.eth0;
    machine.neighbors.set("10.0.0.7", "02:00:00:00:00:07");
    machine.neighbors.set("10.0.0.8", "02:00:00:00:00:08");
    const ways: [Route, Route] = [
      { destination: far, gateway: ip("10.0.0.8"), device, metric: 20 },
      { destination: far, gateway: ip("10.0.0.7"), device, metric: 10 },
    ];
    for (const way of ways) machine.stack.routes.add(way);
    return { ...two, ways };
  }

  it("are listed with the others, and go when they are removed", () => {
    const { machine, wlanSent, ways } = twoRouters();
    const listed = (): string[] =>
      [...machine.stack.routes].map(({ destination, gateway }) => `${destination.network} ${gateway}`);
    expect(listed()).toEqual([
      "10.0.0.0 undefined",
      "192.168.1.0 undefined",
      "172.16.0.0 10.0.0.7",
      "172.16.0.0 10.0.0.8",
      `0.0.0.0 ${PEER_IP}`,
    ]);
    expect(wayOut(machine, wlanSent)).toBe("02:00:00:00:00:07");
    expect(machine.stack.routes.remove({ ...ways[1], destination: Cidr.parse("172.31.0.1/12") })).toBe(true);
    expect(wayOut(machine, wlanSent)).toBe("02:00:00:00:00:08");
    expect(machine.stack.routes.remove(ways[1])).toBe(false);
    expect(machine.stack.routes.remove(ways[0])).toBe(true);
    expect(wayOut(machine, wlanSent)).toBe(PEER_MAC);
  });

  it("stay when the interface is configured anew", () => {
    const { machine, wlanSent } = twoRouters();
    machine.eth0.configure({ address: ip("10.0.0.2"), prefixLength: 24, dns: [] });
    expect(wayOut(machine, wlanSent)).toBe("02:00:00:00:00:07");
  });

  it("give way to the next when their gateway does not answer (RFC 1122 §3.3.1.4), and come back when that fails", () => {
    const { machine, wlanSent } = twoRouters();
    machine.neighbors.delete("10.0.0.7");
    const errors: string[] = [];
    const options = {
      address: "172.16.1.1",
      port: 80,
      onError: (error?: Error) => errors.push(String(error)),
    };
    new machine.stack.io.TCP(options);
    machine.advance(8_000);
    expect(errors).toEqual([]);
    expect(machine.sent.map(({ to }) => to).at(-1)).toBe("02:00:00:00:00:08");
    machine.neighbors.delete("10.0.0.8");
    machine.neighbors.set("10.0.0.7", "02:00:00:00:00:07");
    machine.advance(70_000);
    expect(wayOut(machine, wlanSent)).toBe("02:00:00:00:00:07");
  });

  it("give way to the next when their link is down", () => {
    const { machine, wlanSent } = twoInterfaces();
    const [, eth0, wlan] = machine.stack.interfaces;
    machine.stack.routes.add({ destination: far, gateway: ip("192.168.1.9"), device: wlan! });
    machine.stack.routes.add({ destination: far, gateway: ip(PEER_IP), device: eth0!, metric: 5 });
    expect(wayOut(machine, wlanSent)).toBe("ff:ff:ff:ff:ff:ff"); // asks for 192.168.1.9
    const { link } = wlan as unknown as { link: ScriptedLink };
    link.up = false;
    link.onLinkChange?.();
    expect(wayOut(machine, wlanSent)).toBe(PEER_MAC);
  });

  it.each<[string, Partial<Route>]>([
    ["a metric below 0", { metric: -1 }],
    ["a gateway of another family", { gateway: Ipv6Address.parse("fe80::1") }],
  ])("are refused with %s", (_, fields) => {
    const { machine } = twoInterfaces();
    const route: Route = { destination: far, device: machine.eth0, ...fields };
    expect(() => machine.stack.routes.add(route)).toThrow(/172\.16\.0\.0\/12.*EINVAL/);
  });
});

describe("several addresses on one interface", () => {
  it("are all answered for, and each speaks to its own network", () => {
    const machine = new Machine({ gateway: PEER_IP });
    machine.neighbors.set("10.7.0.9", "02:00:00:00:07:09");
    machine.eth0.addAddress(Cidr.parse("10.7.0.1/16"));
    expect(() => machine.eth0.addAddress(Cidr.parse("10.7.0.1/24"))).toThrow(/EADDRINUSE/);
    for (const text of ["224.0.0.1/4", "0.0.0.0/0", "127.0.0.2/8", "255.255.255.255/32", "fe80::1/64"])
      expect(() => machine.eth0.addAddress(Cidr.parse(text))).toThrow(/EINVAL/);
    for (const to of ["10.7.0.9", PEER_IP, "8.8.8.8"]) sendsTo(machine, to);
    expect(machine.sent.map(({ source }) => source)).toEqual(["10.7.0.1", OWN_IP, OWN_IP]);
    machine.sent.length = 0;
    machine.receiveIp(icmp({ source: "10.7.0.9", destination: "10.7.0.1" }, 8, 0, 0, Buffer.alloc(0)));
    expect(machine.sent.map(({ source }) => source)).toEqual(["10.7.0.1"]);
    machine.eth0.configure(undefined);
    expect(machine.eth0.addresses.map(String)).toEqual(["10.7.0.1/16"]);
    expect(machine.eth0.removeAddress(ip("10.7.0.1"))).toBe(true);
    expect(machine.eth0.removeAddress(ip("10.7.0.1"))).toBe(false);
    expect([...machine.stack.routes]).toEqual([]);
  });
});

describe("a host with several interfaces (RFC 1122 §3.3.4.2, the strong model)", () => {
  it("takes on each only what is for it", () => {
    const { machine } = twoInterfaces();
    machine.receiveIp(icmp({ source: PEER_IP, destination: "192.168.1.1" }, 8, 0, 0, Buffer.alloc(0)));
    expect(machine.sent).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({ "ipv4-not-for-us": 1 });
  });

  it("sends from an address only through the interface that has it", () => {
    const { machine } = twoInterfaces();
    expect(() => sendsTo(machine, PEER_IP, "192.168.1.1")).toThrow(/ENETUNREACH/);
    expect(machine.sent).toEqual([]);
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
