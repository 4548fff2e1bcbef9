import type { DhcpLink, Io, Log } from "wirelet/host/index";
import { LwipDhcpLink, type LwipDhcpLinkOptions } from "./dhcp-link.js";
import { NativeLink } from "./native-link.js";

export interface CreateDhcpLinkOptions extends Omit<LwipDhcpLinkOptions, "native"> {
  readonly io: Pick<Io, "UDP">;
  readonly log: Log;
}

/** What DHCP goes over; no-c has another one for a firmware without native-link.c. */
export function createDhcpLink(options: CreateDhcpLinkOptions): DhcpLink {
  return new LwipDhcpLink({ ...options, native: NativeLink });
}
