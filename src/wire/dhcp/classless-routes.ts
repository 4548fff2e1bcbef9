import { Cidr, Ipv4Address } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import type { Ipv4Route } from "../../host/index.js";
import { DHCP_MAX_ELEMENTS, type DhcpCodec } from "./codecs.js";

/** The bytes of an address that a prefix leaves undecided are left out (RFC 3442, "Classless Route Option Format"). */
function significantBytes(prefixLength: number): number {
  return (prefixLength + 7) >>> 3;
}

export const CLASSLESS_ROUTES: DhcpCodec<readonly Ipv4Route[]> = Object.freeze({
  read: (bytes) => {
    const routes: Ipv4Route[] = [];
    for (let at = 0; at < bytes.length;) {
      const prefixLength = bytes[at++]!;
      const significant = significantBytes(prefixLength);
      if (prefixLength > 32 || bytes.length - at < significant + 4) return undefined;
      if (routes.length === DHCP_MAX_ELEMENTS) return undefined;
      const address = new Uint8Array(4);
      address.set(bytes.subarray(at, at + significant));
      routes.push(
        route(Ipv4Address.read(address, 0), prefixLength, Ipv4Address.read(bytes, at + significant)),
      );
      at += significant + 4;
    }
    return routes.length > 0 ? routes : undefined;
  },
  write: (routes) => {
    const bytes: number[] = [];
    const address = new Uint8Array(4);
    for (const { destination, gateway = Ipv4Address.unspecified } of routes) {
      networkOf(destination).write(address, 0);
      bytes.push(
        destination.prefixLength,
        ...address.subarray(0, significantBytes(destination.prefixLength)),
      );
      gateway.write(address, 0);
      bytes.push(...address);
    }
    return Uint8Array.from(bytes);
  },
} satisfies DhcpCodec<readonly Ipv4Route[]>);

/** Clears host bits, as RFC 3442 has the client do. A gateway of 0.0.0.0 says that the destination is on the link. */
function route(address: Ipv4Address, prefixLength: number, gateway: Ipv4Address): Ipv4Route {
  const destination = new Cidr(new Cidr(address, prefixLength).network, prefixLength);
  return gateway.isUnspecified ? { destination } : { destination, gateway };
}

function networkOf(destination: Cidr): Ipv4Address {
  const { network } = destination;
  if (network.family === 4) return network;
  throw new NetworkError("EINVAL", "write DHCP route", destination.toString(), "not an IPv4 network");
}
