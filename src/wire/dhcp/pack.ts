import { MESSAGE_TYPE, OVERLOAD } from "./codes.js";
import { readOptionArea } from "./option-reader.js";
import { dhcpOptionLength, OptionWriter } from "./option-writer.js";
import type { DhcpOptions, DhcpRawOption } from "./options.js";
import { readDhcpOptions, writeDhcpOptions } from "./table.js";

/**
 * Options as one run of bytes, END behind them: what to keep of a lease that lasts for days, in memory or in storage,
 * instead of an object for each value.
 * @throws NetworkError EINVAL or EMSGSIZE if a value cannot be written
 */
export function packDhcpOptions(options: DhcpOptions): Uint8Array {
  const raw = writeDhcpOptions(options);
  let length = 1;
  for (const { value } of raw) length += dhcpOptionLength(value);
  const bytes = new Uint8Array(length);
  const writer = new OptionWriter(bytes, 0);
  for (const option of raw) writer.write(option);
  writer.finish();
  return bytes;
}

/** Undoes `packDhcpOptions`. Of bytes that were damaged, what can be read; never throws. */
export function unpackDhcpOptions(bytes: Uint8Array): DhcpOptions {
  return readDhcpOptions(readPacked(bytes));
}

/** The options that `packDhcpOptions` packed one by one, in order: to show them all. Never throws. */
export function listDhcpOptions(bytes: Uint8Array): DhcpRawOption[] {
  return Array.from(readPacked(bytes), ([code, value]) => ({ code, value }));
}

function readPacked(bytes: Uint8Array): Map<number, Uint8Array> {
  const values = new Map<number, Uint8Array>();
  readOptionArea(bytes, 0, bytes.length, values);
  // They belong to a message, not to a lease.
  values.delete(OVERLOAD);
  values.delete(MESSAGE_TYPE);
  return values;
}
