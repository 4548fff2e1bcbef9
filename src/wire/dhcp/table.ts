/**
 * How each typed option is written. To add one: a field in options.ts, its number in codes.ts, its row here and its name
 * in names.ts; what is missing does not compile.
 */
import { CLASSLESS_ROUTES } from "./classless-routes.js";
import {
  ADDRESS,
  ADDRESS_PAIRS,
  ADDRESSES,
  ADDRESSES_OR_NONE,
  BOOLEAN,
  BYTES,
  INT32,
  PRESENT,
  TEXT,
  UINT16,
  UINT16_LIST,
  UINT32,
  UINT8,
  type DhcpCodec,
} from "./codecs.js";
import { DhcpCode, type DhcpField } from "./codes.js";
import { DOMAIN_SEARCH } from "./domain-search.js";
import { FQDN } from "./fqdn.js";
import type { DhcpOptions, DhcpRawOption } from "./options.js";
import { USER_CLASSES } from "./user-class.js";
import { VENDOR_CLASSES, VENDOR_OPTIONS } from "./vendor.js";

type Value<F extends DhcpField> = NonNullable<DhcpOptions[F]>;
type Values = { -readonly [F in DhcpField]?: Value<F> };

const CODECS: { readonly [F in DhcpField]: DhcpCodec<Value<F>> } = Object.freeze({
  subnetMask: ADDRESS,
  timeOffset: INT32,
  routers: ADDRESSES,
  timeServers: ADDRESSES,
  nameServers: ADDRESSES,
  dnsServers: ADDRESSES,
  logServers: ADDRESSES,
  cookieServers: ADDRESSES,
  lprServers: ADDRESSES,
  impressServers: ADDRESSES,
  resourceLocationServers: ADDRESSES,
  hostName: TEXT,
  bootFileSize: UINT16,
  meritDumpFile: TEXT,
  domainName: TEXT,
  swapServer: ADDRESS,
  rootPath: TEXT,
  extensionsPath: TEXT,
  ipForwarding: BOOLEAN,
  nonLocalSourceRouting: BOOLEAN,
  policyFilters: ADDRESS_PAIRS,
  maxReassemblySize: UINT16,
  defaultTtl: UINT8,
  pathMtuAgingTimeout: UINT32,
  pathMtuPlateaus: UINT16_LIST,
  interfaceMtu: UINT16,
  allSubnetsLocal: BOOLEAN,
  broadcastAddress: ADDRESS,
  performMaskDiscovery: BOOLEAN,
  maskSupplier: BOOLEAN,
  performRouterDiscovery: BOOLEAN,
  routerSolicitationAddress: ADDRESS,
  staticRoutes: ADDRESS_PAIRS,
  trailerEncapsulation: BOOLEAN,
  arpCacheTimeout: UINT32,
  ieeeEncapsulation: BOOLEAN,
  tcpDefaultTtl: UINT8,
  tcpKeepaliveInterval: UINT32,
  tcpKeepaliveGarbage: BOOLEAN,
  nisDomain: TEXT,
  nisServers: ADDRESSES,
  ntpServers: ADDRESSES,
  vendorInformation: BYTES,
  netbiosNameServers: ADDRESSES,
  netbiosDatagramServers: ADDRESSES,
  netbiosNodeType: UINT8,
  netbiosScope: TEXT,
  xFontServers: ADDRESSES,
  xDisplayManagers: ADDRESSES,
  requestedAddress: ADDRESS,
  leaseTime: UINT32,
  serverIdentifier: ADDRESS,
  parameterRequestList: BYTES,
  message: TEXT,
  maxMessageSize: UINT16,
  renewalTime: UINT32,
  rebindingTime: UINT32,
  vendorClass: TEXT,
  clientIdentifier: BYTES,
  netwareDomain: TEXT,
  netwareInformation: BYTES,
  nisPlusDomain: TEXT,
  nisPlusServers: ADDRESSES,
  tftpServerName: TEXT,
  bootFileName: TEXT,
  mobileIpHomeAgents: ADDRESSES_OR_NONE,
  smtpServers: ADDRESSES,
  pop3Servers: ADDRESSES,
  nntpServers: ADDRESSES,
  wwwServers: ADDRESSES,
  fingerServers: ADDRESSES,
  ircServers: ADDRESSES,
  streetTalkServers: ADDRESSES,
  streetTalkDirectoryServers: ADDRESSES,
  userClasses: USER_CLASSES,
  rapidCommit: PRESENT,
  clientFqdn: FQDN,
  relayAgentInformation: BYTES,
  clientMachineId: BYTES,
  posixTimeZone: TEXT,
  tzdbTimeZone: TEXT,
  ipv6OnlyWait: UINT32,
  captivePortal: TEXT,
  autoConfigure: BOOLEAN,
  subnetSelection: ADDRESS,
  domainSearch: DOMAIN_SEARCH,
  classlessRoutes: CLASSLESS_ROUTES,
  vendorClasses: VENDOR_CLASSES,
  vendorOptions: VENDOR_OPTIONS,
});

/** In the order in which they are sent. */
const FIELDS = Object.freeze(Object.keys(DhcpCode) as DhcpField[]);
const FIELD_BY_CODE: readonly (DhcpField | undefined)[] = Object.freeze(fieldsByCode());

function fieldsByCode(): DhcpField[] {
  const fields: DhcpField[] = [];
  for (const field of FIELDS) fields[DhcpCode[field]] = field;
  return fields;
}

/** The typed option with this number. */
export function dhcpFieldOf(code: number): DhcpField | undefined {
  return FIELD_BY_CODE[code];
}

/** Bytes of the option's value; undefined where not all have as many, or it is not typed. */
export function dhcpLengthOf(code: number): number | undefined {
  const field = dhcpFieldOf(code);
  return field && CODECS[field].length;
}

/** What one option's bytes mean; undefined if they are malformed. */
export function readDhcpValue<F extends DhcpField>(field: F, bytes: Uint8Array): Value<F> | undefined {
  return CODECS[field].read(bytes);
}

/** Gives each option its meaning. `values` are kept, not copied. */
export function readDhcpOptions(values: ReadonlyMap<number, Uint8Array>): DhcpOptions {
  const options: Values & { others?: DhcpRawOption[] } = {};
  const others: DhcpRawOption[] = [];
  for (const [code, value] of values) {
    const field = dhcpFieldOf(code);
    if (field === undefined || !readField(options, field, value)) others.push({ code, value });
  }
  if (others.length > 0) options.others = others;
  return options;
}

function readField<F extends DhcpField>(options: Values, field: F, bytes: Uint8Array): boolean {
  const value = readDhcpValue(field, bytes);
  if (value === undefined) return false;
  options[field] = value;
  return true;
}

/**
 * The options as they are sent, in their order.
 * @throws NetworkError EINVAL or EMSGSIZE if a value cannot be written
 */
export function writeDhcpOptions(options: DhcpOptions): DhcpRawOption[] {
  const raw: DhcpRawOption[] = [];
  for (const field of fieldsIn(options)) {
    // What a relay added ends the message (RFC 3046 §2.1).
    if (field === "relayAgentInformation") raw.push(...(options.others ?? []));
    raw.push({ code: DhcpCode[field], value: writeField(options, field) });
  }
  if (options.relayAgentInformation === undefined) raw.push(...(options.others ?? []));
  return raw;
}

/** Those that have a value, in the order of FIELDS: to look for each of them takes eight times as long. */
function fieldsIn(options: DhcpOptions): DhcpField[] {
  const places: number[] = [];
  for (const name in options) {
    const place = FIELDS.indexOf(name as DhcpField);
    if (place >= 0 && options[name as DhcpField] !== undefined) places.push(place);
  }
  return places.sort((a, b) => a - b).map((place) => FIELDS[place]!);
}

function writeField<F extends DhcpField>(options: Values, field: F): Uint8Array {
  return CODECS[field].write(options[field]!);
}
