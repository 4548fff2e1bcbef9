import type { DhcpCodec } from "./codecs.js";
import { MAX_ITEM, readItems, writeItems } from "./items.js";

/**
 * RFC 3004 §4 has classes with their lengths; clients of Microsoft and iPXE send one without. What is not a list reads
 * as one class, if it can be sent as one.
 */
export const USER_CLASSES: DhcpCodec<readonly Uint8Array[]> = Object.freeze({
  read: (bytes) => readItems(bytes) ?? (bytes.length > 0 && bytes.length <= MAX_ITEM ? [bytes] : undefined),
  write: writeItems,
} satisfies DhcpCodec<readonly Uint8Array[]>);
