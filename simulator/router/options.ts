import { Cidr, Ipv4Address, SocketAddress } from "../../src/address/index.js";
import type { DhcpServerOptions } from "../../src/dhcp/index.js";
import { NetworkError } from "../../src/error/index.js";
import type { Ipv4Configuration, Ipv4Route } from "../../src/host/index.js";
import type { LanHostOptions } from "../lan/lan-host.js";
import type { Switch } from "../switch.js";
import type { NatOptions, ParsedForward, PortForward } from "./nat/nat.js";

/** A network that the router is in, with an address of its own that does not change. */
export interface RouterNetwork {
  readonly on: Switch;
  /** "192.168.1.1/24" */
  readonly address: string;
  /** Whether it leases addresses there, and how; absent: it does not. */
  readonly dhcp?: boolean | Partial<DhcpServerOptions>;
}

/** The way to all other networks. */
export interface RouterUplink {
  readonly on: Switch;
  /** "203.0.113.7/24"; "dhcp": what a server there leases. */
  readonly address: string;
  /** The next router; absent with a fixed address: there is nothing beyond the network itself. */
  readonly gateway?: string;
  /** Whether the networks inside hide behind the one address, and how; absent: they do not. */
  readonly nat?: boolean | NatOptions;
}

/** A network behind another router. */
export interface StaticRoute {
  /** "10.2.0.0/16" */
  readonly to: string;
  /** The router in one of the networks: "10.0.0.2". */
  readonly via: string;
}

export interface RouterOptions extends Omit<
  LanHostOptions,
  "app" | "on" | "wifi" | "address" | "gateway" | "device"
> {
  readonly networks: readonly RouterNetwork[];
  readonly uplink?: RouterUplink;
  readonly routes?: readonly StaticRoute[];
}

/** `RouterOptions`, read when the router is made, so that a mistake comes to light there. */
export interface RouterPlan {
  /** Of the interfaces in their order, the uplink's last; undefined: DHCP's. */
  readonly configurations: readonly (Ipv4Configuration | undefined)[];
  readonly routes: readonly Required<Ipv4Route>[];
  readonly forwards: readonly ParsedForward[];
}

/** @throws NetworkError EINVAL for an address that is none, or a port that is forwarded twice */
export function readRouterOptions({ networks, uplink, routes = [] }: RouterOptions): RouterPlan {
  const configurations = networks.map(({ address }) => configuration(address));
  const nat = uplink?.nat;
  return {
    configurations:
      uplink === undefined
        ? configurations
        : [
            ...configurations,
            uplink.address === "dhcp" ? undefined : configuration(uplink.address, uplink.gateway),
          ],
    routes: routes.map(({ to, via }) => ({ destination: Cidr.parse(to), gateway: Ipv4Address.parse(via) })),
    forwards: readForwards(typeof nat === "object" ? (nat.forwards ?? []) : []),
  };
}

function configuration(text: string, gateway?: string): Ipv4Configuration {
  const { address, prefixLength } = Cidr.parse(text);
  if (address.family !== 4) throw new NetworkError("EINVAL", "add router in", text, "want an IPv4 network");
  return {
    ...{ address, prefixLength, dns: [] },
    ...(gateway !== undefined && { gateway: Ipv4Address.parse(gateway) }),
  };
}

function readForwards(forwards: readonly PortForward[]): ParsedForward[] {
  const taken = new Set<string>();
  return forwards.map(({ protocol = "tcp", port, to }) => {
    const { address, port: insidePort } = SocketAddress.parse(to);
    const subject = `${protocol} port ${port}`;
    if (taken.has(subject)) throw new NetworkError("EINVAL", "forward", subject, "it is forwarded already");
    taken.add(subject);
    const isPort = Number.isInteger(port) && port > 0 && port <= 0xffff;
    if (!isPort || address.family !== 4 || insidePort === 0)
      throw new NetworkError("EINVAL", "forward", `${subject} to ${to}`, "want ports, and an IPv4 address");
    return { protocol, port, address: address.value, insidePort };
  });
}
