import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { LwipDhcpLink } from "../../../hosts/xs/esp32/dhcp-link.js";
import { MAX_WATCHED, type LwipLink, type LwipLinkOptions } from "../../../hosts/xs/esp32/lwip-link.js";
import { WifiInterface } from "../../../hosts/xs/esp32/wifi-interface.js";
import { Cable, SimulatedHost, Simulation, Switch } from "../../../simulator/index.js";
import { Ipv4Address, MacAddress, prefixLengthOfMask } from "../../../src/address/index.js";
import { DhcpClient, DhcpServer, type DhcpClientEvent } from "../../../src/dhcp/index.js";
import type { ProbeResult } from "../../../src/host/index.js";
import { readFrame, type ReadFrame } from "../../stack/support/read.js";
import { describeWithTool } from "../../support/tools.js";
import { NativeProgram } from "../esp32/support/program.js";
import { LwipLinkDouble, type LwipLinkUnderTest } from "./moddable/lwip-link.js";
import { NativeLinkProcess } from "./moddable/native-link-process.js";
import { Wifi } from "./moddable/wifi.js";

const SERVER = "192.0.2.1";
/** Reserved for the device, as long as nobody else has it. */
const FIRST = "192.0.2.100";
const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);

interface World {
  readonly simulation: Simulation;
  readonly server: SimulatedHost;
  readonly dhcpServer: DhcpServer;
  readonly radio: Wifi;
  readonly native: LwipLinkUnderTest;
  readonly network: WifiInterface;
  readonly link: LwipDhcpLink;
  /** What the device has sent. */
  readonly sent: ReadFrame[];
  readonly addHost: (name: string, address: string) => SimulatedHost;
}

type Native = new (host: SimulatedHost, options: LwipLinkOptions) => LwipLink & LwipLinkUnderTest;

/** The native part of each world. */
const natives: (LwipLink & LwipLinkUnderTest)[] = [];

/** An ESP32 whose lwIP is a stack of this project's, and a server, at a switch. */
function makeWorld(Native: Native, leaseSeconds = 3600): World {
  const simulation = new Simulation({ seed: 3 });
  const lan = new Switch({ name: "lan" });
  const plug = (name: string): { cable: Cable; host: SimulatedHost } => {
    const cable = new Cable(simulation, { name, latency: 1 });
    lan.connect(cable);
    return { cable, host: new SimulatedHost(simulation, { name, cable }) };
  };
  const addHost = (name: string, address: string): SimulatedHost => {
    const { host } = plug(name);
    host.network.configure({ address: ip(address), prefixLength: 24, dns: [] });
    return host;
  };
  const { cable, host: chip } = plug("chip");
  const sent: ReadFrame[] = [];
  cable.observe(({ bytes, length, time }) => {
    if (MacAddress.read(bytes, 6).equals(chip.mac)) sent.push(readFrame(bytes.slice(0, length), time));
  });

  const server = addHost("server", SERVER);
  const dhcpServer = new DhcpServer({
    link: server.network.dhcp!,
    clock: server.clock,
    timers: server.timers,
    random: server.random,
    address: ip(SERVER),
    prefixLength: 24,
    pool: { first: ip(FIRST), last: ip("192.0.2.199") },
    // The client is to find out for itself.
    check: false,
    reservations: [{ mac: chip.mac, address: ip(FIRST) }],
    gateway: ip(SERVER),
    dns: [ip("192.0.2.53"), ip("192.0.2.54")],
    leaseSeconds,
  });
  dhcpServer.start();

  const { timers, clock, random } = chip;
  const radios: Wifi[] = [];
  const network = new WifiInterface({
    wifi: class extends Wifi {
      constructor(options: { onChanged: () => void }) {
        super(options, timers, chip.mac.toString());
        radios.push(this);
        this.onStatic = ({ address, mask }) =>
          chip.network.configure(
            address === "0.0.0.0"
              ? undefined
              : { address: ip(address), prefixLength: prefixLengthOfMask(ip(mask))!, dns: [] },
          );
      }
    },
    addressing: "own",
    dns: () => [],
    timers,
    log: () => undefined,
  });
  const link = new LwipDhcpLink({
    native: function (options: LwipLinkOptions): LwipLink {
      const native = new Native(chip, options);
      natives.push(native);
      return native;
    } as unknown as new (options: LwipLinkOptions) => LwipLink,
    network,
    clock,
    timers,
    random,
  });
  return {
    simulation,
    server,
    dhcpServer,
    radio: radios[0]!,
    native: natives.at(-1)!,
    network,
    link,
    sent,
    addHost,
  };
}

function makeClient({ simulation, network, link }: World): { client: DhcpClient; events: DhcpClientEvent[] } {
  const events: DhcpClientEvent[] = [];
  const { timers, random } = simulation;
  const client = new DhcpClient({
    link,
    network,
    clock: simulation,
    timers,
    random: random.fork("client"),
    onEvent: (event) => events.push(event),
  });
  client.start();
  return { client, events };
}

function testLink(Native: Native): void {
  it("leases an address: from 0.0.0.0, probed, configured with its DNS servers, announced", () => {
    const world = makeWorld(Native);
    const { simulation, radio, network, native, sent } = world;
    const { client } = makeClient(world);
    network.connect("home", undefined, "lamp");
    radio.become(400);
    expect(simulation.advanceUntil(() => client.state === "BOUND")).toBe(true);
    simulation.advance("5s");

    expect(network.ipv4).toMatchObject({ prefixLength: 24, dns: [ip("192.0.2.53"), ip("192.0.2.54")] });
    expect(network.ipv4!.address.toString()).toBe(FIRST);
    expect(radio.address).toBe(FIRST);
    expect(native.dnsServers).toEqual(["192.0.2.53", "192.0.2.54"]);

    const datagrams = sent.filter(({ udp }) => udp !== undefined);
    expect(datagrams.map(({ to, source, destination, udp }) => [to, source, destination, udp!.from])).toEqual(
      Array.from({ length: 2 }, () => ["ff:ff:ff:ff:ff:ff", "0.0.0.0", "255.255.255.255", 68]),
    );
    const requests = sent.filter(({ arp }) => arp?.targetIp === FIRST);
    expect(requests.map(({ arp }) => arp!.senderIp)).toEqual(["0.0.0.0", "0.0.0.0", "0.0.0.0", FIRST, FIRST]);
    expect(client.binding).toMatchObject({ probed: true });
  });

  it("declines an address that somebody has, and takes another", () => {
    const world = makeWorld(Native);
    const { simulation, radio, network } = world;
    world.addHost("squatter", FIRST);
    const { client, events } = makeClient(world);
    radio.become(400);
    expect(simulation.advanceUntil(() => client.state === "BOUND", { within: "2m" })).toBe(true);
    expect(network.ipv4!.address.toString()).not.toBe(FIRST);
    expect(events.filter(({ type }) => type === "conflict")).toHaveLength(1);
  });

  it("asks its server to renew by unicast, through lwIP", () => {
    const world = makeWorld(Native, 600);
    const { simulation, radio, sent, server } = world;
    const { client } = makeClient(world);
    radio.become(400);
    simulation.advanceUntil(() => client.state === "BOUND");
    sent.length = 0;
    simulation.advance("301s");
    const [request, ...others] = sent.filter(({ udp }) => udp !== undefined);
    expect(request).toMatchObject({
      source: FIRST,
      destination: SERVER,
      to: server.mac.toString().toLowerCase(),
    });
    expect(others).toEqual([]);
    expect(client.state).toBe("BOUND");
  });

  it("defends its address once, then gives it up and begins anew", () => {
    const world = makeWorld(Native);
    const { simulation, radio, network, native, sent } = world;
    const { client, events } = makeClient(world);
    radio.become(400);
    simulation.advanceUntil(() => client.state === "BOUND");
    simulation.advance("10s");
    expect(native.watched).toEqual([FIRST]);
    sent.length = 0;
    const thief = world.addHost("thief", FIRST);
    thief.network.dhcp!.announce(ip(FIRST));
    // It defends it in turn.
    simulation.advance("1s");
    expect(sent.filter(({ arp }) => arp?.senderIp === FIRST && arp.targetIp === FIRST)).toHaveLength(1);
    expect(network.ipv4).toBeUndefined();
    expect(events.some(({ type }) => type === "conflict")).toBe(true);
    expect(simulation.advanceUntil(() => client.state === "BOUND", { within: "2m" })).toBe(true);
    const other = network.ipv4!.address.toString();
    expect(other).not.toBe(FIRST);
    expect(native.watched).toEqual([other]);
  });

  it("takes no silence for an answer while the station is not associated", () => {
    const world = makeWorld(Native);
    const { simulation, radio, link, native } = world;
    const results: ProbeResult[] = [];
    native.hasInterface = false;
    link.probe(ip("192.0.2.7"), (result) => results.push(result));
    simulation.advance("1m");
    expect(results).toEqual([]);
    native.hasInterface = true;
    radio.become(400);
    expect(native.watched).toEqual(["192.0.2.7"]);
    simulation.advance("2s");
    // What else the radio tells does not begin it anew.
    radio.become(500);
    simulation.advance("6s");
    expect(results).toEqual([{ free: true }]);
    expect(native.watched).toEqual([]);
  });

  it("probes no more addresses than it can watch, and none that was cancelled", () => {
    const { simulation, radio, link, native } = makeWorld(Native);
    radio.become(400);
    const cancels = Array.from({ length: MAX_WATCHED }, (_, index) =>
      link.probe(ip(`192.0.2.${index + 50}`), () => expect(true).toBe(false)),
    );
    expect(cancels).not.toContain(undefined);
    expect(link.probe(ip("192.0.2.60"), () => undefined)).toBeUndefined();
    expect(link.announce(ip("192.0.2.60"))).toBe(false);
    for (const cancel of cancels) cancel!();
    expect(native.watched).toEqual([]);
    simulation.advance("1m");
  });

  it("sends to a MAC without asking for it", () => {
    const { link, sent } = makeWorld(Native);
    const mac = MacAddress.parse("02:00:00:00:00:77");
    link.send(Uint8Array.of(1, 2, 3), { address: ip("192.0.2.77"), port: 68, mac }, ip(SERVER), 67);
    expect(sent).toMatchObject([
      { to: "02:00:00:00:00:77", source: SERVER, destination: "192.0.2.77", udp: { from: 67, to: 68 } },
    ]);
    expect([...sent[0]!.udp!.data]).toEqual([1, 2, 3]);
  });

  it("says what it cannot do", () => {
    const { link, native } = makeWorld(Native);
    const broadcast = { address: Ipv4Address.broadcast, port: 67 };
    const unspecified = Ipv4Address.unspecified;
    expect(() => link.send(new Uint8Array(1473), broadcast, unspecified, 68)).toThrow("EMSGSIZE");
    native.hasInterface = false;
    expect(() => link.send(new Uint8Array(300), broadcast, unspecified, 68)).toThrow("ENETDOWN");
    const server = { address: ip(SERVER), port: 67 };
    expect(() => link.send(new Uint8Array(300), server, ip(FIRST), 68)).toThrow("ENETDOWN");
    expect(link.check()).toBeUndefined();

    const close = link.listen(68, () => undefined);
    expect(() => link.listen(68, () => undefined)).toThrow("EADDRINUSE");
    close();
    native.isPortTaken = true;
    expect(() => link.listen(68, () => undefined)).toThrow("EADDRINUSE");
  });
}

describe("DHCP on lwIP", () => testLink(LwipLinkDouble));

describeWithTool("gcc", "DHCP on lwIP, with native-link.c itself", () => {
  afterEach(async () => {
    for (const native of natives.splice(0)) {
      if (native instanceof NativeLinkProcess) expect(await native.end()).toBe("");
    }
  });
  afterAll(() => NativeProgram.cleanUp());
  testLink(NativeLinkProcess);
});
