import { hostname, networkInterfaces, type NetworkInterfaceInfo } from "node:os";
import { Cidr, Ipv4Address, MacAddress } from "../../src/address/index.js";
import { NetworkError } from "../../src/error/index.js";
import type { Ipv4Configuration, NetworkInterface } from "../../src/host/index.js";
import { macFromName } from "./mac-from-name.js";

/**
 * This machine's own network, as far as Node tells: the first IPv4 address that others can reach, else loopback's. The
 * router and the DNS servers are not Node's to know.
 *
 * @param address the address to speak of; absent: the first
 */
export function machineInterface(address?: string): NetworkInterface {
  const all = Object.entries(networkInterfaces()).flatMap(([name, infos = []]) =>
    infos.filter((info) => info.family === "IPv4").map((info) => ({ name, info })),
  );
  const chosen =
    all.find(({ info }) => info.address === address) ?? all.find(({ info }) => !info.internal) ?? all[0];
  const ipv4 = chosen && configurationOf(chosen.info);
  const mac = MacAddress.tryParse(chosen?.info.mac ?? "");
  return {
    name: chosen?.name ?? "none",
    // Loopback has no MAC: the page shows one all the same, the same on each start.
    mac: mac === undefined || mac.value === 0 ? macFromName(hostname()) : mac,
    mtu: 1500,
    up: chosen !== undefined,
    ipv4,
    // Node does not tell of changes.
    watch: () => () => undefined,
    configure() {
      throw new NetworkError("ENOTSUP", "configure", this.name, "this machine's addresses are its own");
    },
  };
}

function configurationOf(info: NetworkInterfaceInfo): Ipv4Configuration {
  const prefixLength = info.cidr === null ? 32 : Cidr.parse(info.cidr).prefixLength;
  return { address: Ipv4Address.parse(info.address), prefixLength, dns: [] };
}
