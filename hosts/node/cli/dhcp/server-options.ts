import { Cidr, Ipv4Address, MacAddress } from "../../../../src/address/index.js";
import {
  DEFAULT_LEASE,
  DhcpServerMachine,
  type AddressRange,
  type DhcpReservation,
  type DhcpServerPolicy,
  type DhcpServerSink,
  type DhcpSubnet,
} from "../../../../src/dhcp/index.js";
import { NetworkError } from "../../../../src/error/index.js";
import { nodeRandom } from "../../services.js";
import { hostAddressOption, ipv4Option, macOption, type HostAddress } from "../address-options.js";
import {
  UsageError,
  durationOption,
  listOption,
  parseOptions,
  textOption,
  type OptionValue,
} from "../options.js";
import { readDhcpOptions } from "./option-value.js";

const FOREVER = "forever";

/** Bits of the subnet where nobody names them. */
const USUAL_PREFIX_LENGTH = 24;

const TEXT = { type: "string" } as const;
const LIST = { type: "string", multiple: true } as const;
const FLAG = { type: "boolean" } as const;

const OPTIONS = Object.freeze({
  interface: TEXT,
  mac: TEXT,
  address: TEXT,
  pool: LIST,
  exclude: LIST,
  reserve: LIST,
  lease: TEXT,
  gateway: TEXT,
  dns: TEXT,
  domain: TEXT,
  option: LIST,
  "rapid-commit": FLAG,
  "not-authoritative": FLAG,
  quarantine: TEXT,
  leases: TEXT,
  json: FLAG,
  capture: TEXT,
});

/** There is one, of which everything is known. */
type Subnet = DhcpSubnet & { readonly leaseSeconds: number };

export type ServerSettings = DhcpServerPolicy & { readonly subnets: readonly [Subnet] };

/** What `wirelet dhcp-server` is to do. */
export interface ServerTask {
  /** The kernel's interface. */
  readonly interfaceName: string;
  /** This end's; absent: made from the interface's name. */
  readonly mac: MacAddress | undefined;
  readonly own: HostAddress;
  readonly settings: ServerSettings;
  /** The file to keep leases in; absent: in memory. */
  readonly leaseFile: string | undefined;
  /** The file to capture to. */
  readonly capture: string | undefined;
  readonly isJson: boolean;
}

/** @throws UsageError */
export function readServerTask(args: readonly string[]): ServerTask {
  const values = parseOptions(args, OPTIONS);
  const interfaceName = textOption("interface", values.interface);
  if (interfaceName === undefined) throw new UsageError("--interface is missing: which TAP interface?");
  const { own, subnet, reservations } = readNetwork(values);
  const quarantine = durationOption("quarantine", values.quarantine);
  const settings: ServerSettings = {
    address: own.address,
    subnets: [subnet],
    reservations,
    authoritative: values["not-authoritative"] !== true,
    rapidCommit: values["rapid-commit"] === true,
    ...(quarantine === undefined ? {} : { quarantine: quarantine * 1_000 }),
  };
  checkSettings(settings);
  return {
    interfaceName,
    mac: macOption("mac", values.mac),
    own,
    settings,
    leaseFile: textOption("leases", values.leases),
    capture: textOption("capture", values.capture),
    isJson: values.json === true,
  };
}

type Values = Readonly<Record<string, OptionValue>>;

interface Network {
  readonly own: HostAddress;
  readonly subnet: Subnet;
  readonly reservations: readonly DhcpReservation[];
}

/** What has to do with addresses. @throws UsageError */
function readNetwork(values: Values): Network {
  const pools = listOption("pool", values.pool).map((text) => readRange("pool", text));
  if (pools.length === 0)
    throw new UsageError("--pool is missing: which addresses, such as 10.77.0.100-10.77.0.199?");
  const excluded = listOption("exclude", values.exclude).map((text) => readRange("exclude", text));
  const reservations = listOption("reserve", values.reserve).map(readReservation);
  const gateway = ipv4Option("gateway", values.gateway);
  const dns = readAddresses("dns", textOption("dns", values.dns));
  const others = [...reservations.map(({ address }) => address), ...dns, ...(gateway ? [gateway] : [])];
  const own =
    hostAddressOption("address", values.address) ??
    chooseAddress(pools, [...excluded, ...others.map((address) => ({ first: address, last: address }))]);
  const domainName = textOption("domain", values.domain);
  const subnet = {
    network: new Cidr(own.address, own.prefixLength),
    pools: pools.map((pool) => ({ ...pool, excluded })),
    leaseSeconds: readLease(values.lease),
    dns,
    ...(gateway === undefined ? {} : { gateway }),
    options: {
      ...readDhcpOptions(listOption("option", values.option)),
      ...(domainName === undefined ? {} : { domainName }),
    },
  };
  return { own, subnet, reservations };
}

function readLease(value: OptionValue): number {
  return value === FOREVER ? Infinity : (durationOption("lease", value) ?? DEFAULT_LEASE);
}

/** "10.77.0.100-10.77.0.199", or one address. */
function readRange(name: string, text: string): AddressRange {
  const [first, last, ...others] = text.split("-").map((end) => Ipv4Address.tryParse(end));
  const range = { first, last: text.includes("-") ? last : first };
  if (range.first === undefined || range.last === undefined || others.length > 0)
    throw new UsageError(`--${name} takes addresses such as 10.77.0.100-10.77.0.199, not "${text}".`);
  if (range.first.value > range.last.value) throw new UsageError(`--${name} ${text} ends before it begins.`);
  return { first: range.first, last: range.last };
}

function readAddresses(name: string, text: string | undefined): readonly Ipv4Address[] {
  return text === undefined ? [] : text.split(",").map((part) => ipv4Option(name, part)!);
}

/** "02:00:00:12:34:56=10.77.0.5", or that and ",lamp". */
function readReservation(text: string): DhcpReservation {
  const [, client = "", own = "", hostName] = /^([^=]*)=([^,]*)(?:,(.+))?$/.exec(text) ?? [];
  const [mac, address] = [MacAddress.tryParse(client), Ipv4Address.tryParse(own)];
  if (mac === undefined || address === undefined)
    throw new UsageError(
      `--reserve takes a MAC and its address, such as 02:00:00:12:34:56=10.77.0.5 or …=10.77.0.5,lamp, not "${text}".`,
    );
  return { mac, address, ...(hostName === undefined ? {} : { hostName }) };
}

/** The last address of the pools' network that is not given away. @throws UsageError if there is none */
function chooseAddress(pools: readonly AddressRange[], taken: readonly AddressRange[]): HostAddress {
  const network = new Cidr(pools[0]!.first, USUAL_PREFIX_LENGTH);
  const outside = pools.find(({ first, last }) => !network.contains(first) || !network.contains(last));
  if (outside !== undefined) {
    throw new UsageError(
      `--address is missing: the pool ${outside.first}-${outside.last} is not within ${network.network}/${network.prefixLength}, which would be the network; say another one with --address A/BITS.`,
    );
  }
  const ranges = [...pools, ...taken];
  const isFree = (address: Ipv4Address): boolean =>
    ranges.every(({ first, last }) => address.value < first.value || address.value > last.value);
  const first = (network.network as Ipv4Address).value + 1;
  for (let value = network.broadcast!.value - 1; value >= first; value--) {
    const address = Ipv4Address.fromValue(value);
    if (isFree(address)) return { address, prefixLength: USUAL_PREFIX_LENGTH };
  }
  throw new UsageError(
    `--address is missing: ${network.network}/${network.prefixLength} has no address left for the server.`,
  );
}

/** Has the server itself look at them, before anything is opened. @throws UsageError */
function checkSettings(settings: ServerSettings): void {
  try {
    new DhcpServerMachine({ ...settings, random: nodeRandom }, NOBODY);
  } catch (error) {
    if (error instanceof NetworkError) throw new UsageError(`A DHCP server cannot have ${error.subject}.`);
    throw error;
  }
}

const NOBODY: DhcpServerSink = Object.freeze({
  send: () => undefined,
  event: () => undefined,
  wake: () => undefined,
  check: () => false,
  record: () => undefined,
  remove: () => undefined,
});
