import type { Ipv4Address } from "wirelet/address/index";
import { DhcpInform, type DhcpInformEvent } from "wirelet/dhcp/index";
import type {
  Clock,
  DhcpLink,
  Ipv4Configuration,
  Log,
  NetworkInterface,
  Random,
  Timers,
} from "wirelet/host/index";

export interface StaticAddressOptions {
  readonly network: NetworkInterface;
  readonly link: DhcpLink;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly hostName: string;
}

/**
 * An address that was set by hand. Each time that there is a link, the link is asked whether somebody else has the address
 * (RFC 5227 §2.1), and DHCP servers for what was not set with it: name servers, router, domain (RFC 2131 §3.4).
 */
export class StaticAddress {
  readonly #options: StaticAddressOptions;
  readonly #ipv4: Ipv4Configuration;
  readonly #inform: DhcpInform;
  #wasUp = false;
  #cancelProbe: (() => void) | undefined;

  /** @throws NetworkError EINVAL if the host name is not one that DHCP can carry */
  constructor(options: StaticAddressOptions, ipv4: Ipv4Configuration) {
    this.#options = options;
    this.#ipv4 = ipv4;
    this.#inform = new DhcpInform({ ...options, onEvent: (event) => this.onInform(event) });
  }

  /** Gives the interface the address. @throws NetworkError ENOTSUP where the platform owns it */
  start(): void {
    const { network } = this.#options;
    network.configure(this.#ipv4);
    network.watch(() => this.look());
    this.look();
  }

  private look(): void {
    const { up } = this.#options.network;
    if (up === this.#wasUp) return;
    this.#wasUp = up;
    this.#cancelProbe?.();
    this.#cancelProbe = undefined;
    if (up) this.ask();
  }

  private ask(): void {
    const { link, log } = this.#options;
    const { address } = this.#ipv4;
    this.#cancelProbe = link.probe(address, (result) => {
      this.#cancelProbe = undefined;
      if (!result.free)
        log("error", `address ${address} is set here, but ${result.owner} has it: choose another`);
    });
    try {
      this.#inform.start();
    } catch (error) {
      log("warn", `no DHCP options: ${String(error)}`);
    }
  }

  private onInform(event: DhcpInformEvent): void {
    const { log, network } = this.#options;
    if (event.type === "failed" && event.reason === "no-server") {
      log("info", "no DHCP server has options for the static address");
    } else if (event.type === "informed") {
      log("info", `DHCP options from ${event.server}`);
      const { routers = [], dnsServers = [], domainName } = event.options;
      const { dns, gateway = this.reachable(routers) } = this.#ipv4;
      network.configure({
        ...this.#ipv4,
        ...(gateway !== undefined && { gateway }),
        dns: dns.length > 0 ? dns : dnsServers,
        ...(domainName !== undefined && { domain: domainName }),
      });
    }
  }

  /** The server may know another network than the one that was set. */
  private reachable(routers: readonly Ipv4Address[]): Ipv4Address | undefined {
    const { address, prefixLength } = this.#ipv4;
    const host = 2 ** (32 - prefixLength);
    const network = Math.floor(address.value / host);
    return routers.find((router) => Math.floor(router.value / host) === network && !router.equals(address));
  }
}
