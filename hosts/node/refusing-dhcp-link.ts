import type { MacAddress } from "../../src/address/index.js";
import { NetworkError } from "../../src/error/index.js";
import type { DhcpLink } from "../../src/host/index.js";

const REASON =
  "Node's sockets cannot send from 0.0.0.0, nor to a MAC without ARP, nor choose an interface; a TAP interface can";

/**
 * The DHCP link of this machine's own sockets: it refuses, and says why. The addresses of this machine are leased by its own
 * client, and `openTap` makes an interface on which this project's can do it.
 */
export function refusingDhcpLink(mac: MacAddress): DhcpLink {
  const refuse = (): never => {
    throw new NetworkError("ENOTSUP", "use DHCP link", undefined, REASON);
  };
  return {
    mac,
    listen: refuse,
    send: refuse,
    probe: () => undefined,
    check: () => undefined,
    announce: () => false,
  };
}
