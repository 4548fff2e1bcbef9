import fc from "fast-check";
import { Cidr, Ipv4Address, MacAddress } from "../../../src/address/index.js";
import type { Ipv4Route } from "../../../src/host/index.js";
import type { DhcpField, DhcpMessage, DhcpOptions } from "../../../src/wire/index.js";

const address = fc.nat(0xffffffff).map((value) => Ipv4Address.fromValue(value));
const list = <T>(element: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(element, { minLength: 1, maxLength: 8 });
const bytes = (minLength: number, maxLength = 20): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });
const uint8 = fc.nat(0xff);
const uint16 = fc.nat(0xffff);
const uint32 = fc.nat(0xffffffff);
const text = (maxLength = 20): fc.Arbitrary<string> =>
  fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength });
const pairs = list(fc.tuple(address, address));

const label = fc.stringMatching(/^[!-\-/-~]{1,63}$/, { maxLength: 63 });
const domain = fc
  .array(label, { minLength: 1, maxLength: 5 })
  .map((labels) => labels.join("."))
  .filter((name) => name.length <= 253);
const flag = fc.constantFrom(true, undefined);
const fqdn = fc.oneof(
  fc.record({
    name: fc.oneof(
      domain,
      domain.map((name) => `${name}.`),
      fc.constantFrom("", "."),
    ),
    serverUpdates: flag,
    overridden: flag,
    noUpdates: flag,
    fromServer: flag,
  }),
  fc.record({ name: fc.oneof(text(), fc.constant("")), ascii: fc.constant(true), serverUpdates: flag }),
);
const route: fc.Arbitrary<Ipv4Route> = fc
  .tuple(
    address,
    fc.nat(32),
    fc.option(
      address.filter((gateway) => !gateway.isUnspecified),
      { nil: undefined },
    ),
  )
  .map(([host, prefixLength, gateway]) => ({
    destination: new Cidr(new Cidr(host, prefixLength).network, prefixLength),
    gateway,
  }));
const subOption = fc.record({ code: uint8, value: bytes(0) });

type Arbitraries = { readonly [F in DhcpField]: fc.Arbitrary<NonNullable<DhcpOptions[F]>> };

/** Any value that can be sent, for each option. */
export const ANY: Arbitraries = {
  subnetMask: address,
  timeOffset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  routers: list(address),
  timeServers: list(address),
  nameServers: list(address),
  dnsServers: list(address),
  logServers: list(address),
  cookieServers: list(address),
  lprServers: list(address),
  impressServers: list(address),
  resourceLocationServers: list(address),
  hostName: text(),
  bootFileSize: uint16,
  meritDumpFile: text(),
  domainName: text(),
  swapServer: address,
  rootPath: text(),
  extensionsPath: text(),
  ipForwarding: fc.boolean(),
  nonLocalSourceRouting: fc.boolean(),
  policyFilters: pairs,
  maxReassemblySize: uint16,
  defaultTtl: uint8,
  pathMtuAgingTimeout: uint32,
  pathMtuPlateaus: list(uint16),
  interfaceMtu: uint16,
  allSubnetsLocal: fc.boolean(),
  broadcastAddress: address,
  performMaskDiscovery: fc.boolean(),
  maskSupplier: fc.boolean(),
  performRouterDiscovery: fc.boolean(),
  routerSolicitationAddress: address,
  staticRoutes: pairs,
  trailerEncapsulation: fc.boolean(),
  arpCacheTimeout: uint32,
  ieeeEncapsulation: fc.boolean(),
  tcpDefaultTtl: uint8,
  tcpKeepaliveInterval: uint32,
  tcpKeepaliveGarbage: fc.boolean(),
  nisDomain: text(),
  nisServers: list(address),
  ntpServers: list(address),
  vendorInformation: bytes(1),
  netbiosNameServers: list(address),
  netbiosDatagramServers: list(address),
  netbiosNodeType: uint8,
  netbiosScope: text(),
  xFontServers: list(address),
  xDisplayManagers: list(address),
  requestedAddress: address,
  leaseTime: uint32,
  serverIdentifier: address,
  parameterRequestList: bytes(1),
  message: text(),
  maxMessageSize: uint16,
  renewalTime: uint32,
  rebindingTime: uint32,
  vendorClass: text(),
  clientIdentifier: bytes(1, 600),
  netwareDomain: text(),
  netwareInformation: bytes(1),
  nisPlusDomain: text(),
  nisPlusServers: list(address),
  tftpServerName: text(),
  bootFileName: text(),
  mobileIpHomeAgents: fc.array(address, { maxLength: 8 }),
  smtpServers: list(address),
  pop3Servers: list(address),
  nntpServers: list(address),
  wwwServers: list(address),
  fingerServers: list(address),
  ircServers: list(address),
  streetTalkServers: list(address),
  streetTalkDirectoryServers: list(address),
  userClasses: list(bytes(1)),
  rapidCommit: fc.constant(true),
  clientFqdn: fqdn,
  relayAgentInformation: bytes(1),
  clientMachineId: bytes(1),
  posixTimeZone: text(),
  tzdbTimeZone: text(),
  ipv6OnlyWait: uint32,
  captivePortal: text(40),
  autoConfigure: fc.boolean(),
  subnetSelection: address,
  domainSearch: list(domain),
  classlessRoutes: list(route),
  vendorClasses: list(
    fc.record({ enterprise: uint32, classes: fc.array(bytes(1), { minLength: 1, maxLength: 4 }) }),
  ),
  vendorOptions: list(fc.record({ enterprise: uint32, options: fc.array(subOption, { maxLength: 4 }) })),
};

const others = fc.uniqueArray(fc.record({ code: fc.integer({ min: 128, max: 254 }), value: bytes(0) }), {
  minLength: 1,
  maxLength: 4,
  selector: (option) => option.code,
});

/** Options of which each is there or not; about as many as a message holds. */
export const anyOptions: fc.Arbitrary<DhcpOptions> = fc
  .subarray(Object.keys(ANY) as DhcpField[], { maxLength: 12 })
  .chain((fields) =>
    fc.record<DhcpOptions>(
      { ...Object.fromEntries(fields.map((field) => [field, ANY[field]])), others },
      { requiredKeys: fields },
    ),
  );

/** Any message, with options that may be too long for it. */
export const anyMessage: fc.Arbitrary<DhcpMessage> = fc.record({
  type: fc.constantFrom("DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM"),
  hops: uint8,
  xid: uint32,
  secs: uint16,
  broadcast: fc.boolean(),
  ciaddr: address,
  yiaddr: address,
  siaddr: address,
  giaddr: address,
  chaddr: fc.nat(2 ** 48 - 1).map((value) => MacAddress.fromValue(value)),
  sname: fc.oneof(fc.constant(""), text(63)),
  file: fc.oneof(fc.constant(""), text(127)),
  options: anyOptions,
});
