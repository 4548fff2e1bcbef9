import { Cidr, Ipv4Address } from "../../../../src/address/index.js";
import { NetworkError } from "../../../../src/error/index.js";
import {
  DhcpCode,
  packDhcpOptions,
  unpackDhcpOptions,
  type DhcpOptions,
} from "../../../../src/wire/index.js";
import { UsageError } from "../options.js";

/** A longer value would be an option twice. */
const MAX_LENGTH = 255;
const MAX_CODE = 255;

/** Options that have a flag of their own. */
const FLAGS: Readonly<Record<number, string>> = Object.freeze({
  [DhcpCode.subnetMask]: "address",
  [DhcpCode.routers]: "gateway",
  [DhcpCode.dnsServers]: "dns",
  [DhcpCode.domainName]: "domain",
  [DhcpCode.leaseTime]: "lease",
  [DhcpCode.rapidCommit]: "rapid-commit",
});
/** How options are packed, and the message's type: padding, overload, type and end. The server refuses what else is its own. */
const OF_THE_MESSAGE: readonly number[] = Object.freeze([0, 52, 53, 255]);

const TYPED: readonly number[] = Object.freeze(Object.values(DhcpCode));

/**
 * Reads CODE=VALUE, as often as it was given: twice, and the option has both values. VALUE is what the option is to
 * say: addresses, numbers, true, false, a text, domains, routes (NETWORK/BITS,ROUTER,…), or its bytes, 0x….
 * @throws UsageError
 */
export function readDhcpOptions(values: readonly string[]): DhcpOptions {
  return unpackDhcpOptions(Uint8Array.from(values.flatMap((value) => [...readOption(value)])));
}

/** @returns one option as it is sent */
function readOption(option: string): Uint8Array {
  const [, digits, text = ""] = /^(\d{1,3})=(.+)$/s.exec(option) ?? [];
  const code = Number(digits);
  if (digits === undefined || code > MAX_CODE)
    throw new UsageError(`--option takes CODE=VALUE, such as 42=10.77.0.1, not "${option}".`);
  const flag = FLAGS[code];
  if (flag !== undefined) throw new UsageError(`Option ${code} is what --${flag} sets.`);
  if (OF_THE_MESSAGE.includes(code)) throw new UsageError(`Option ${code} is no option to set.`);
  const value = readBytes(text) ?? (TYPED.includes(code) ? readTyped(code, text) : readPlain(text));
  const isPossible = value !== undefined && value.length <= MAX_LENGTH;
  if (!isPossible || (TYPED.includes(code) && meaning(code, value) === undefined))
    throw new UsageError(`Option ${code} cannot be "${text}"; its bytes can be given as 0x….`);
  return raw(code, value);
}

function raw(code: number, value: Uint8Array): Uint8Array {
  return Uint8Array.of(code, value.length, ...value);
}

/** What an option of a known type says with these bytes; undefined: nothing. */
function meaning(code: number, value: Uint8Array): unknown {
  const { others, ...typed } = unpackDhcpOptions(raw(code, value));
  return others === undefined ? Object.values(typed)[0] : undefined;
}

function readBytes(text: string): Uint8Array | undefined {
  return /^0x([0-9a-f]{2})+$/i.test(text) ? Buffer.from(text.slice(2), "hex") : undefined;
}

/** Of all that a text may be as bytes, what the option reads as that text. */
function readTyped(code: number, text: string): Uint8Array | undefined {
  if (code === DhcpCode.domainSearch) return pack({ domainSearch: text.split(",") });
  if (code === DhcpCode.classlessRoutes) return readRoutes(text);
  const truth = { true: 1, false: 0 }[text];
  const candidates = [readAddresses(text), ...readNumbers(text), readText(text)];
  if (truth !== undefined) candidates.push(Uint8Array.of(truth));
  return candidates.find((value) => value !== undefined && String(meaning(code, value)) === text);
}

/** Of an option without a type: a number could have any length. */
function readPlain(text: string): Uint8Array | undefined {
  return readAddresses(text) ?? (readNumbers(text).length === 0 ? readText(text) : undefined);
}

function readAddresses(text: string): Uint8Array | undefined {
  const addresses = text.split(",").map((part) => Ipv4Address.tryParse(part));
  const isList = addresses.every((address) => address !== undefined);
  return isList ? Uint8Array.from(addresses.flatMap(({ value }) => integer(value, 4))) : undefined;
}

function readNumbers(text: string): Uint8Array[] {
  const numbers = text.split(",").map((part) => (/^-?\d{1,10}$/.test(part) ? Number(part) : Number.NaN));
  if (numbers.some(Number.isNaN)) return [];
  return [1, 2, 4].map((width) => Uint8Array.from(numbers.flatMap((number) => integer(number, width))));
}

function readText(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}

function readRoutes(text: string): Uint8Array | undefined {
  const parts = text.split(",");
  const classlessRoutes = [];
  for (let at = 0; at < parts.length; at += 2) {
    const destination = Cidr.tryParse(parts[at]!);
    const gateway = Ipv4Address.tryParse(parts[at + 1] ?? "");
    if (destination?.address.family !== 4 || gateway === undefined) return undefined;
    classlessRoutes.push({ destination, gateway });
  }
  return pack({ classlessRoutes });
}

/** One option's value. */
function pack(options: DhcpOptions): Uint8Array | undefined {
  try {
    const packed = packDhcpOptions(options);
    // Code and length before it, the end behind it.
    return packed.subarray(2, packed.length - 1);
  } catch (error) {
    if (error instanceof NetworkError) return undefined;
    throw error;
  }
}

/** Big-endian; what does not fit is cut off. */
function integer(value: number, width: number): number[] {
  return Array.from({ length: width }, (_, index) => (value >> (8 * (width - 1 - index))) & 0xff);
}
