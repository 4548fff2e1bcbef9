import type { DhcpClientEvent } from "../dhcp/index.js";
import type { Ipv4Configuration } from "../host/index.js";

/** What happens to a device, in the order in which it happens. */
export type DeviceEvent =
  /** The device has an address; `previous` is the one it had until now, if it had one. */
  | {
      readonly type: "address-acquired";
      readonly configuration: Ipv4Configuration;
      readonly previous: Ipv4Configuration | undefined;
    }
  /** The device has no address any more. */
  | { readonly type: "address-lost"; readonly previous: Ipv4Configuration }
  /** The pages are there. */
  | { readonly type: "http-listening"; readonly port: number; readonly url: string }
  /** The pages can't be served; it is tried again in `HTTP_RETRY_DELAY`. */
  | { readonly type: "http-failed"; readonly port: number; readonly error: Error | undefined }
  /** The DHCP client's events, passed on. */
  | { readonly type: "dhcp"; readonly event: DhcpClientEvent };
