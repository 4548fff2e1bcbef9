import { Ipv4Address, prefixLengthOfMask } from "../../src/address/index.js";

/** What `--name=value` sets, on the command line or in a script's first lines. */
export interface Settings {
  /** How far, in µs, something may happen from where the script has it. */
  readonly toleranceMicroseconds: number;
  /** The same as a part of the time since the event before it, where that is more. */
  readonly tolerancePercent: number;
  /** The stack under test. */
  readonly localAddress: Ipv4Address;
  readonly prefixLength: number;
  readonly gateway: Ipv4Address;
  /** Whom the script plays. */
  readonly remoteAddress: Ipv4Address;
  readonly mtu: number;
  /** The port that bind(…, ..., ...) takes. */
  readonly bindPort: number;
  /** The remote port that connect(…, ..., ...) takes. */
  readonly connectPort: number;
  /** A packet of the script is one segment; otherwise segments that follow each other make up a longer one. */
  readonly strictSegments: boolean;
  /** At the end of the script no packet may be left that the script did not expect. */
  readonly strictPackets: boolean;
  /** µs that one tick of the stack's timestamps takes; 0: the values are not looked at. */
  readonly timestampTick: number;
  /** A timestamp that the stack never sent is echoed at the same distance from the first one. */
  readonly scaleTimestampEchoes: boolean;
}

export const DEFAULT_SETTINGS: Settings = Object.freeze({
  toleranceMicroseconds: 4000,
  // packetdrill has 12.5 here, for the coarse timers of a kernel in real time; virtual time needs no such allowance.
  tolerancePercent: 0,
  localAddress: Ipv4Address.parse("192.168.0.1"),
  prefixLength: 16,
  gateway: Ipv4Address.parse("192.168.0.2"),
  remoteAddress: Ipv4Address.parse("192.0.2.1"),
  mtu: 1500,
  bindPort: 8080,
  connectPort: 8080,
  strictSegments: false,
  strictPackets: false,
  timestampTick: 0,
  scaleTimestampEchoes: false,
});

/** The smallest MTU that IPv4 allows (RFC 791 §3.2), and the largest that fits into its length field. */
const MIN_MTU = 68;
const MAX_MTU = 65_535;

type Setter = (value: string | undefined) => Partial<Settings>;

/** Every option, by its name without the dashes. */
export const SETTINGS: Readonly<Record<string, Setter>> = Object.freeze({
  tolerance_usecs: (value) => ({ toleranceMicroseconds: toNumber(value, 0, 1e9) }),
  tolerance_percent: (value) => ({ tolerancePercent: toNumber(value, 0, 1000) }),
  ip_version: (value) => {
    if (value !== "ipv4") throw new RangeError(`the stack has ipv4 only, not ${value ?? "nothing"}`);
    return {};
  },
  local_ip: (value) => ({ localAddress: toAddress(value) }),
  remote_ip: (value) => ({ remoteAddress: toAddress(value?.replace(/\/\d+$/, "")) }),
  gateway_ip: (value) => ({ gateway: toAddress(value) }),
  netmask_ip: (value) => {
    const prefixLength = prefixLengthOfMask(toAddress(value));
    if (prefixLength === undefined) throw new RangeError(`${value ?? ""} is no network mask`);
    return { prefixLength };
  },
  mtu: (value) => ({ mtu: toNumber(value, MIN_MTU, MAX_MTU) }),
  bind_port: (value) => ({ bindPort: toNumber(value, 1, 65_535) }),
  connect_port: (value) => ({ connectPort: toNumber(value, 1, 65_535) }),
  strict_segments: (value) => ({ strictSegments: toFlag(value) }),
  strict_packets: (value) => ({ strictPackets: toFlag(value) }),
  tcp_ts_tick_usecs: (value) => ({ timestampTick: toNumber(value, 0, 1e9) }),
  tcp_ts_ecr_scaled: (value) => ({ scaleTimestampEchoes: toFlag(value) }),
});

/**
 * @returns what the option sets
 * @throws RangeError whose message says what is wrong with it
 */
export function readSetting(name: string, value: string | undefined): Partial<Settings> {
  const setter = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (setter === undefined) throw new RangeError(`the option --${name} is not supported`);
  try {
    return setter(value);
  } catch (error) {
    throw new RangeError(`--${name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function toNumber(value: string | undefined, minimum: number, maximum: number): number {
  const number = Number(value);
  if (value === undefined || !/^\d+(\.\d+)?$/.test(value) || number < minimum || number > maximum) {
    throw new RangeError(`a number from ${minimum} to ${maximum} is needed, not ${value ?? "nothing"}`);
  }
  return number;
}

function toAddress(value: string | undefined): Ipv4Address {
  const address = value === undefined ? undefined : Ipv4Address.tryParse(value);
  if (address === undefined) throw new RangeError(`an IPv4 address is needed, not ${value ?? "nothing"}`);
  return address;
}

function toFlag(value: string | undefined): true {
  if (value !== undefined) throw new RangeError("it takes no value");
  return true;
}
