import type { DhcpLink, Io, Log, NetworkInterface } from "wirelet/host/index";
import { SocketDhcpLink } from "./socket-dhcp-link.js";

export interface CreateDhcpLinkOptions {
  readonly io: Pick<Io, "UDP">;
  readonly network: NetworkInterface;
  readonly log: Log;
}

/** What DHCP goes over in a firmware without native-link.c: lwIP's sockets alone, which the log then says. */
export function createDhcpLink(options: CreateDhcpLinkOptions): DhcpLink {
  const { log } = options;
  log("warn", "DHCP: without native-link.c from a link-local address; the leased one is not probed");
  return new SocketDhcpLink(options);
}
