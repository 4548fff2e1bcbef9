import { Ipv4Address, SocketAddress } from "../../../src/address/index.js";
import { Device } from "../../../src/device/index.js";
import { DhcpServer, leaseRows } from "../../../src/dhcp/index.js";
import { stateName, type Stack, type TcpConnection } from "../../../src/stack/index.js";
import type { LanHost } from "../../lan/index.js";
import type { ArpEntry, HostDetails, RouteEntry, SocketEntry } from "../protocol/index.js";

/** Rows of each table that are shown at most: a router may know thousands of neighbors. */
const MAX_ROWS = 200;

/** Everything that the page shows of one host. */
export function detailsOf(host: LanHost): HostDetails {
  const { name, isOn, stack, machine, network } = host;
  const app: unknown = isOn ? host.app : undefined;
  const { drops, ...counts } = stack.counters;
  return {
    name,
    profile: stack.profile,
    reboots: machine.reboots,
    uptimeSeconds: isOn ? Math.floor(machine.clock.now() / 1000) : 0,
    dhcp: app instanceof Device ? app.status.dhcp : null,
    gateway: network.ipv4?.gateway?.toString() ?? null,
    dns: network.ipv4?.dns.map(String) ?? [],
    arp: isOn ? arpOf(host) : [],
    routes: isOn ? routesOf(stack) : [],
    sockets: isOn ? socketsOf(stack) : [],
    leases: app instanceof DhcpServer ? leasesOf(app) : null,
    memory: machine.memory(),
    counters: Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    drops: { ...drops } as Record<string, number>,
    page: app instanceof Device && network.ipv4 !== undefined ? app.httpPort : null,
  };
}

function arpOf({ machine }: LanHost): ArpEntry[] {
  const entries = machine.networks.flatMap((network) => [...network.neighbors.entries()]);
  return entries
    .slice(0, MAX_ROWS)
    .map(({ address, mac, state }) => ({ address: address.toString(), mac: mac?.toString() ?? null, state }));
}

function routesOf(stack: Stack): RouteEntry[] {
  return [...stack.routes].slice(0, MAX_ROWS).map(({ destination, gateway, device }) => ({
    destination: destination.toString(),
    gateway: gateway?.toString() ?? null,
    device: device.name,
  }));
}

/** Listeners, then UDP, then connections, in the order of their ports. */
function socketsOf({ tcp, udp }: Stack): SocketEntry[] {
  const idle = { remote: null, sending: 0, receiving: 0 };
  const listeners = tcp.listeners.all().map(({ address, port, readyCount }): SocketEntry => {
    const local = `${address ?? "*"}:${port}`;
    return { ...idle, protocol: "TCP", local, state: "LISTEN", receiving: readyCount };
  });
  const datagrams = udp.endpoints.map(({ address, port, peer }): SocketEntry => {
    const remote = peer?.toString() ?? null;
    return { ...idle, protocol: "UDP", local: `${address ?? "*"}:${port}`, remote, state: "" };
  });
  const connections = tcp.endpoints
    .all()
    .sort((a, b) => a.localPort - b.localPort || a.remotePort - b.remotePort || a.remote32 - b.remote32)
    .map((endpoint): SocketEntry => {
      const { local32, remote32, localPort, remotePort, state } = endpoint;
      const connection = "congestion" in endpoint ? (endpoint as TcpConnection) : undefined;
      return {
        protocol: "TCP",
        local: socketAddress(local32, localPort),
        remote: socketAddress(remote32, remotePort),
        state: stateName(state),
        sending: connection?.sendRing?.length ?? 0,
        receiving: connection?.readable ?? 0,
      };
    });
  return [...listeners, ...datagrams, ...connections].slice(0, MAX_ROWS);
}

function socketAddress(value: number, port: number): string {
  return new SocketAddress(Ipv4Address.fromValue(value), port).toString();
}

function leasesOf(server: DhcpServer): NonNullable<HostDetails["leases"]> {
  return leaseRows(server)
    .slice(0, MAX_ROWS)
    .map(({ address, mac, hostName, state, expiresIn }) => ({
      address,
      mac,
      name: hostName,
      state,
      secondsLeft: expiresIn,
    }));
}
