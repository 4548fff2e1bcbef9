import { describe, expect, it } from "@jest/globals";
import { createDhcpLink } from "../../../hosts/xs/esp32/no-c/create-dhcp-link.js";
import { SocketDhcpLink } from "../../../hosts/xs/esp32/no-c/socket-dhcp-link.js";
import { createIo } from "../../../hosts/xs/io/index.js";
import { Ipv4Address, MacAddress } from "../../../src/address/index.js";
import { DhcpClient, DhcpServer, type DhcpClientEvent } from "../../../src/dhcp/index.js";
import type { DhcpLink } from "../../../src/host/index.js";
import { readFrame, type ReadFrame } from "../../stack/support/read.js";
import { makeNetwork, PEER_ADDRESS, type Network } from "./moddable/network.js";

const LEASED = "192.0.2.100";
const LINK_LOCAL = /^169\.254\.\d+\.\d+$/;
const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);

interface World extends Network {
  readonly link: DhcpLink;
  readonly client: DhcpClient;
  readonly server: DhcpServer;
  readonly events: DhcpClientEvent[];
  readonly logged: string[];
  /** The DHCP messages that the device has sent. */
  readonly sent: ReadFrame[];
}

/** lwIP's sockets without anything below them, and a DHCP server. */
function makeWorld(leaseSeconds = 3600): World {
  const network = makeNetwork("esp32");
  const { cable, device, peer, simulation, native } = network;
  const server = new DhcpServer({
    link: peer.network.dhcp!,
    clock: simulation,
    timers: simulation.timers,
    random: peer.random,
    address: ip(PEER_ADDRESS),
    prefixLength: 24,
    pool: { first: ip(LEASED), last: ip(LEASED) },
    check: false,
    leaseSeconds,
  });
  server.start();
  const sent: ReadFrame[] = [];
  cable.observe(({ bytes, length, time }) => {
    const frame = readFrame(bytes.slice(0, length), time);
    if (MacAddress.read(bytes, 6).equals(device.mac) && frame.udp?.to === 67) sent.push(frame);
  });
  const logged: string[] = [];
  const events: DhcpClientEvent[] = [];
  const options = {
    network: device.network,
    clock: simulation,
    timers: simulation.timers,
    random: simulation.random,
    log: (_: string, message: string): void => void logged.push(message),
  };
  const io = createIo(native, simulation.timers, "esp32");
  const link = createDhcpLink({ ...options, io });
  const client = new DhcpClient({ ...options, link, onEvent: (event) => events.push(event) });
  return { ...network, server, link, client, events, logged, sent };
}

describe("DHCP on a UDP socket", () => {
  it("is what there is without native-link.c, and the log says so", () => {
    const { link, logged } = makeWorld();
    expect(link).toBeInstanceOf(SocketDhcpLink);
    expect(logged).toEqual([
      "DHCP: without native-link.c from a link-local address; the leased one is not probed",
    ]);
  });

  it("leases an address from a link-local one, asks for broadcasts, and does not claim to have probed", () => {
    const { client, device, simulation, sent } = makeWorld();
    client.start();
    expect(simulation.advanceUntil(() => client.state === "BOUND", { within: "1m" })).toBe(true);
    expect(device.network.ipv4).toMatchObject({ address: ip(LEASED), prefixLength: 24 });
    expect(client.binding).toMatchObject({ probed: false, source: "dhcp" });
    expect(sent).toHaveLength(2);
    for (const { source, destination, udp } of sent) {
      expect(source).toMatch(LINK_LOCAL);
      expect(destination).toBe("255.255.255.255");
      // RFC 2131 §2: the flag BROADCAST.
      expect(udp!.data[10]! & 0x80).toBe(0x80);
    }
  });

  it("renews from its address, and begins anew with a link-local one when it has lost it", () => {
    const { client, device, server, simulation, sent } = makeWorld(600);
    client.start();
    simulation.advanceUntil(() => client.state === "BOUND");
    sent.length = 0;
    simulation.advance("301s");
    expect(sent.map(({ source, destination }) => [source, destination])).toEqual([[LEASED, PEER_ADDRESS]]);
    server.stop();
    simulation.advance("20m");
    expect(device.network.ipv4!.address.toString()).toMatch(LINK_LOCAL);
    expect(sent.at(-1)!.source).toMatch(LINK_LOCAL);
    server.start();
    expect(simulation.advanceUntil(() => client.state === "BOUND", { within: "5m" })).toBe(true);
    expect(device.network.ipv4!.address.toString()).toBe(LEASED);
  });

  it("waits for a network, without which lwIP has no sockets", () => {
    const { client, machine, simulation } = makeWorld();
    machine.hasNetwork = false;
    client.start();
    simulation.advance("10s");
    expect(client.state).toBe("SELECTING");
    machine.hasNetwork = true;
    expect(simulation.advanceUntil(() => client.state === "BOUND", { within: "2m" })).toBe(true);
  });

  it("says what it cannot do", () => {
    const { link } = makeWorld();
    const broadcast = { address: Ipv4Address.broadcast, port: 67 };
    expect(() => link.send(new Uint8Array(300), broadcast, Ipv4Address.unspecified, 68)).toThrow("ENETDOWN");
    const close = link.listen(68, () => undefined);
    expect(() => link.listen(68, () => undefined)).toThrow("EADDRINUSE");
    close();
    link.listen(68, () => undefined)();
    expect(link.probe(ip(LEASED), () => undefined)).toBeUndefined();
    expect(link.check(ip(LEASED), 500, () => undefined)).toBeUndefined();
    expect(link.announce(ip(LEASED))).toBe(false);
  });

  it("takes an address that RFC 3927 allows, whatever the MAC", () => {
    for (const mac of ["02:00:00:00:00:00", "02:00:00:00:ff:ff", "02:00:00:00:fe:01"]) {
      const { device, link } = makeWorld();
      const { network } = device;
      const configured: string[] = [];
      const named = {
        name: "wlan0",
        mac: MacAddress.parse(mac),
        mtu: 1500,
        up: true,
        ipv4: undefined,
        watch: network.watch.bind(network),
        configure: (ipv4: typeof network.ipv4) => void configured.push(ipv4!.address.toString()),
      };
      expect(link.mac.equals(device.mac)).toBe(true);
      const io = { UDP: device.stack.io.UDP };
      const other = new SocketDhcpLink({ io, network: named });
      other.listen(68, () => undefined);
      other.send(new Uint8Array(300), { address: ip("192.0.2.255"), port: 67 });
      const [, third] = /^169\.254\.(\d+)\.\d+$/.exec(configured[0]!)!;
      expect(Number(third)).toBeGreaterThanOrEqual(1);
      expect(Number(third)).toBeLessThanOrEqual(254);
    }
  });
});
