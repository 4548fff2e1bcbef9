import type { DeviceStatus } from "wirelet/device/index";

/** What the screen says, as text. */
export interface Contents {
  readonly hostName: string;
  readonly address: string;
  readonly mac: string;
  readonly dhcp: string;
  readonly requests: string;
  /** Where the page is, for the QR code; empty while there is none. */
  readonly url: string;
}

/** @param httpPort where the page is; 0 while it is nowhere */
export function contentsOf(status: DeviceStatus, httpPort: number): Contents {
  const { hostname, ip, mac, requestsServed } = status;
  return {
    hostName: hostname,
    address: ip ?? "no address",
    // Capitals are wider: the widest MAC would not fit beside the code.
    mac: mac.toLowerCase(),
    dhcp: dhcpText(status),
    requests: String(requestsServed),
    url: ip === null || httpPort === 0 ? "" : `http://${ip}${httpPort === 80 ? "" : `:${httpPort}`}/`,
  };
}

/** Where the address comes from, in the page's words. */
function dhcpText({ dhcp: { state, source } }: DeviceStatus): string {
  if (source === "link-local" || source === "static") return source;
  return state ?? "by the platform";
}
