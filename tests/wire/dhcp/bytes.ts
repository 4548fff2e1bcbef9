import { Ipv4Address } from "../../../src/address/index.js";

export const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);

/** Bytes as hexadecimal digits, with spaces anywhere. */
export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ""), "hex"));

export const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "ascii"));
