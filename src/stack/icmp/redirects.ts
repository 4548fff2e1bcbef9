import { Cidr, Ipv4Address, type IpAddress } from "../../address/index.js";
import { ICMPV4_HEADER_LENGTH, icmpv4RedirectGateway } from "../../wire/icmpv4.js";
import { IPV4_HEADER_LENGTH, checkIpv4, ipv4Destination, ipv4Source } from "../../wire/ipv4.js";
import type { Packet } from "../ip/packet.js";
import type { Route } from "../ip/routes.js";
import type { Stack } from "../stack.js";

/** Destinations at most that routers have sent elsewhere; the oldest gives way. */
export const MAX_REDIRECTS = 16;

/** The routes that were learned by ICMP redirects, on hosts that want to (RFC 1122 §3.2.2.2). */
export class Redirects {
  readonly #routes: Route[] = [];

  constructor(private readonly stack: Stack) {}

  /** @returns false if the redirect is not believed: it must come from the gateway in use, and name one on the same link */
  accept({ bytes, at, end, device, source }: Packet): boolean {
    const { routes } = this.stack.ip;
    const quoted = at + ICMPV4_HEADER_LENGTH;
    if (end - quoted < IPV4_HEADER_LENGTH) return false;
    const fault = checkIpv4(bytes, quoted, end, false);
    if (fault !== undefined && fault !== "ipv4-total-length") return false;
    if (!this.stack.ownsIpv4(ipv4Source(bytes, quoted))) return false;
    const destination = Ipv4Address.fromValue(ipv4Destination(bytes, quoted));
    const gateway = Ipv4Address.fromValue(icmpv4RedirectGateway(bytes, at));
    const current = routes.lookup(destination);
    if (current?.device !== device || !(current.gateway?.equals(source) ?? false)) return false;
    if (!device.addresses.some((own) => own.contains(gateway)) || device.isDirectedBroadcast(gateway))
      return false;
    if (this.stack.isOwnAddress(gateway)) return false;
    // RFC 1122 §3.2.2.2: for the host alone, whatever the code says, since who knows the network's mask?
    const route: Route = { destination: new Cidr(destination, 32), gateway, device };
    const previous = this.#routes.indexOf(current);
    if (previous >= 0 || this.#routes.length >= MAX_REDIRECTS)
      routes.remove(this.#routes.splice(Math.max(0, previous), 1)[0]!);
    this.#routes.push(route);
    routes.add(route);
    return true;
  }

  /** A gateway does not answer: what it was named for goes the old way again. */
  gatewayFailed(gateway: IpAddress): void {
    for (let i = this.#routes.length - 1; i >= 0; i--) {
      if (!(this.#routes[i]!.gateway?.equals(gateway) ?? false)) continue;
      this.stack.ip.routes.remove(this.#routes[i]!);
      this.#routes.splice(i, 1);
    }
  }
}
