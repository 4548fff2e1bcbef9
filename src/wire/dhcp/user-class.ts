import type { DhcpCodec } from "./codecs.js";
import { readItems, writeItems } from "./items.js";

/**
 * RFC 3004 §4 has classes with their lengths; clients of Microsoft and iPXE send one without. What is not a list reads
 * as one class.
 */
export const USER_CLASSES: DhcpCodec<readonly Uint8Array[]> = Object.freeze({
  read: (bytes) => (bytes.length > 0 ? (readItems(bytes) ?? [bytes]) : undefined),
  write: writeItems,
} satisfies DhcpCodec<readonly Uint8Array[]>);
