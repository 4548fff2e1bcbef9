/** Options 124 and 125 (RFC 3925): for each enterprise number of IANA's, what that vendor gave a meaning. */
import { readU32 } from "../bytes.js";
import { DHCP_MAX_ELEMENTS, type DhcpCodec } from "./codecs.js";
import { appendItem, readDhcpSubOptions, readItems, writeDhcpSubOptions, writeItems } from "./items.js";
import type { DhcpRawOption } from "./options.js";

/** What kind of client this is, to one vendor. */
export interface DhcpVendorClasses {
  /** IANA's private enterprise number, 32 bits. */
  readonly enterprise: number;
  readonly classes: readonly Uint8Array[];
}

/** One vendor's options. */
export interface DhcpVendorOptions {
  /** IANA's private enterprise number, 32 bits. */
  readonly enterprise: number;
  /** Their codes are the vendor's own, 0 to 255. */
  readonly options: readonly DhcpRawOption[];
}

export const VENDOR_CLASSES: DhcpCodec<readonly DhcpVendorClasses[]> = Object.freeze({
  read: (bytes) =>
    readVendors(bytes, (enterprise, data) => {
      const classes = readItems(data);
      return classes && { enterprise, classes };
    }),
  write: (vendors) => {
    const bytes: number[] = [];
    for (const { enterprise, classes } of vendors) appendVendor(bytes, enterprise, writeItems(classes));
    return Uint8Array.from(bytes);
  },
} satisfies DhcpCodec<readonly DhcpVendorClasses[]>);

export const VENDOR_OPTIONS: DhcpCodec<readonly DhcpVendorOptions[]> = Object.freeze({
  read: (bytes) =>
    readVendors(bytes, (enterprise, data) => {
      const options = readDhcpSubOptions(data, false);
      return options && { enterprise, options };
    }),
  write: (vendors) => {
    const bytes: number[] = [];
    for (const { enterprise, options } of vendors)
      appendVendor(bytes, enterprise, writeDhcpSubOptions(options));
    return Uint8Array.from(bytes);
  },
} satisfies DhcpCodec<readonly DhcpVendorOptions[]>);

const ENTERPRISE_LENGTH = 4;

function readVendors<T>(
  bytes: Uint8Array,
  read: (enterprise: number, data: Uint8Array) => T | undefined,
): T[] | undefined {
  const vendors: T[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at <= ENTERPRISE_LENGTH || vendors.length === DHCP_MAX_ELEMENTS) return undefined;
    const enterprise = readU32(bytes, at);
    at += ENTERPRISE_LENGTH;
    const length = bytes[at++]!;
    if (length > bytes.length - at) return undefined;
    const vendor = read(enterprise, bytes.subarray(at, (at += length)));
    if (vendor === undefined) return undefined;
    vendors.push(vendor);
  }
  return vendors.length > 0 ? vendors : undefined;
}

function appendVendor(bytes: number[], enterprise: number, data: Uint8Array): void {
  bytes.push(enterprise >>> 24, (enterprise >>> 16) & 0xff, (enterprise >>> 8) & 0xff, enterprise & 0xff);
  appendItem(bytes, data);
}
