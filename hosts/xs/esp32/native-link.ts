import type { LwipLink, LwipLinkOptions } from "./lwip-link.js";

/** What native-link.c does. */
export class NativeLink extends Native("xs_wirelet_link_destructor") implements LwipLink {
  constructor(options: LwipLinkOptions) {
    super();
    native("xs_wirelet_link").call(this, options);
  }

  bind(port: number): boolean {
    return native("xs_wirelet_link_bind").call(this, port) as boolean;
  }

  unbind(): void {
    native("xs_wirelet_link_unbind").call(this);
  }

  send(message: Uint8Array, destination: Uint8Array, port: number, source: Uint8Array): boolean {
    return native("xs_wirelet_link_send").call(this, message, destination, port, source) as boolean;
  }

  transmit(frame: Uint8Array): boolean {
    return native("xs_wirelet_link_transmit").call(this, frame) as boolean;
  }

  watch(addresses: Uint8Array): boolean {
    return native("xs_wirelet_link_watch").call(this, addresses) as boolean;
  }

  read(): ArrayBuffer | undefined {
    return native("xs_wirelet_link_read").call(this) as ArrayBuffer | undefined;
  }

  setDnsServers(addresses: Uint8Array): void {
    native("xs_wirelet_link_set_dns").call(this, addresses);
  }
}
