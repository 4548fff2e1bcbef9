import { DhcpServer } from "../../../src/dhcp/index.js";
import type { Cable } from "../../cable.js";
import type { Lan, LanHost } from "../../lan/index.js";
import type { CablePicture, End, HostPicture } from "../protocol/index.js";

export function pictureOfHost(host: LanHost): HostPicture {
  const { name, cables, isOn, machine } = host;
  const addresses = machine.networks.flatMap((network) => network.addresses.map(String));
  const interfaces = machine.links.map(({ mac }, index) => ({
    mac: mac.toString(),
    cable: cables[index]!.name,
  }));
  return { name, kind: kindOf(host), interfaces, isOn, addresses: isOn ? addresses : [] };
}

function kindOf(host: LanHost): HostPicture["kind"] {
  if (host.stack.forwarding || (host.isOn && host.app instanceof DhcpServer)) return "router";
  return host.stack.profile === "device" ? "device" : "computer";
}

/** @param ends what each end of a cable belongs to */
export function pictureOfCable(cable: Cable, ends: ReadonlyMap<unknown, End>): CablePicture {
  const { name, up: isUp, isCut } = cable;
  return {
    ...{ name, isUp, isCut },
    ends: cable.ends.flatMap((end) => ends.get(end) ?? []),
    faults: [...new Set(cable.rules())],
  };
}

/** What each end of the LAN's cables belongs to. */
export function endsOf(lan: Lan): ReadonlyMap<unknown, End> {
  const ends = new Map<unknown, End>();
  for (const { name, ports } of lan.switches)
    for (const port of ports) ends.set(port, { kind: "switch", name });
  for (const { name, machine } of lan.hosts)
    for (const link of machine.links) ends.set(link, { kind: "host", name });
  return ends;
}
