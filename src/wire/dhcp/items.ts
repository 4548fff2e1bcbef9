/** Values made of items with their lengths before them: user and vendor classes, and sub-options with codes too. */
import { NetworkError } from "../../error/index.js";
import { DHCP_MAX_ELEMENTS } from "./codecs.js";
import { END, PAD } from "./codes.js";
import type { DhcpRawOption } from "./options.js";

/** Lengths are one byte. */
export const MAX_ITEM = 255;

/** @returns undefined if there is none, too many, an empty one, or one is cut off */
export function readItems(bytes: Uint8Array): Uint8Array[] | undefined {
  const items: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at++]!;
    if (length === 0 || length > bytes.length - at || items.length === DHCP_MAX_ELEMENTS) return undefined;
    items.push(bytes.slice(at, (at += length)));
  }
  return items.length > 0 ? items : undefined;
}

/** @throws NetworkError EMSGSIZE */
export function writeItems(items: readonly Uint8Array[]): Uint8Array {
  const bytes: number[] = [];
  for (const item of items) appendItem(bytes, item);
  return Uint8Array.from(bytes);
}

/** Appends the item's length and its bytes. @throws NetworkError EMSGSIZE */
export function appendItem(bytes: number[], item: Uint8Array): void {
  if (item.length > MAX_ITEM)
    throw new NetworkError("EMSGSIZE", "write DHCP option", `${item.length} bytes`, `over ${MAX_ITEM}`);
  bytes.push(item.length, ...item);
}

/**
 * Reads what encapsulates options: 43 (RFC 2132 §8.4), 82 (RFC 3046 §2.0), 125 (RFC 3925 §4).
 * @param padded whether codes 0 and 255 mean what they mean outside, as they do in 43
 * @returns undefined if there are too many, or one is cut off
 */
export function readDhcpSubOptions(bytes: Uint8Array, padded: boolean): DhcpRawOption[] | undefined {
  const subOptions: DhcpRawOption[] = [];
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at++]!;
    if (padded && code === PAD) continue;
    if (padded && code === END) break;
    if (at === bytes.length) return undefined;
    const length = bytes[at++]!;
    if (length > bytes.length - at || subOptions.length === DHCP_MAX_ELEMENTS) return undefined;
    subOptions.push({ code, value: bytes.slice(at, (at += length)) });
  }
  return subOptions;
}

/** @throws NetworkError EMSGSIZE if one is over 255 bytes */
export function writeDhcpSubOptions(subOptions: readonly DhcpRawOption[]): Uint8Array {
  const bytes: number[] = [];
  for (const { code, value } of subOptions) {
    bytes.push(code);
    appendItem(bytes, value);
  }
  return Uint8Array.from(bytes);
}
