import { Cidr } from "../../../src/address/index.js";
import { DhcpCode, type DhcpField, type DhcpOptions } from "../../../src/wire/index.js";
import { ascii, hex, ip } from "./bytes.js";

/** One option: its bytes, what they mean, and what people read. */
type Example<F extends DhcpField> = readonly [
  bytes: Uint8Array,
  value: NonNullable<DhcpOptions[F]>,
  description: string,
];

const ONE = [hex("0a000005"), [ip("10.0.0.5")], "10.0.0.5"] as const;
const TWO = [hex("0a000005 0a000006"), [ip("10.0.0.5"), ip("10.0.0.6")], "10.0.0.5, 10.0.0.6"] as const;
const YES = [hex("01"), true, "yes"] as const;
const NO = [hex("00"), false, "no"] as const;

/** Every typed option. The bytes are the RFCs' own examples where these have one, and captured ones elsewhere. */
export const EXAMPLES: { readonly [F in DhcpField]: Example<F> } = {
  subnetMask: [hex("ffffff00"), ip("255.255.255.0"), "255.255.255.0"],
  timeOffset: [hex("ffffb9b0"), -18_000, "-18000 s"],
  routers: TWO,
  timeServers: ONE,
  nameServers: ONE,
  dnsServers: TWO,
  logServers: ONE,
  cookieServers: ONE,
  lprServers: ONE,
  impressServers: ONE,
  resourceLocationServers: ONE,
  hostName: [ascii("device"), "device", "device"],
  bootFileSize: [hex("0400"), 1024, "1024"],
  meritDumpFile: [ascii("/dump/core"), "/dump/core", "/dump/core"],
  domainName: [ascii("lan.example"), "lan.example", "lan.example"],
  swapServer: [hex("0a000005"), ip("10.0.0.5"), "10.0.0.5"],
  rootPath: [ascii("/export/root"), "/export/root", "/export/root"],
  extensionsPath: [ascii("/more"), "/more", "/more"],
  ipForwarding: NO,
  nonLocalSourceRouting: NO,
  policyFilters: [
    hex("0a000000 ff000000 c0a80000 ffff0000"),
    [
      [ip("10.0.0.0"), ip("255.0.0.0")],
      [ip("192.168.0.0"), ip("255.255.0.0")],
    ],
    "10.0.0.0 255.0.0.0, 192.168.0.0 255.255.0.0",
  ],
  maxReassemblySize: [hex("0240"), 576, "576"],
  defaultTtl: [hex("40"), 64, "64"],
  pathMtuAgingTimeout: [hex("00000258"), 600, "600 s"],
  pathMtuPlateaus: [hex("0044 0240 05dc"), [68, 576, 1500], "68, 576, 1500"],
  interfaceMtu: [hex("05aa"), 1450, "1450"],
  allSubnetsLocal: YES,
  broadcastAddress: [hex("0a4d00ff"), ip("10.77.0.255"), "10.77.0.255"],
  performMaskDiscovery: NO,
  maskSupplier: NO,
  performRouterDiscovery: YES,
  routerSolicitationAddress: [hex("e0000002"), ip("224.0.0.2"), "224.0.0.2"],
  staticRoutes: [hex("ac100001 0a000001"), [[ip("172.16.0.1"), ip("10.0.0.1")]], "172.16.0.1 10.0.0.1"],
  trailerEncapsulation: NO,
  arpCacheTimeout: [hex("0000003c"), 60, "60 s"],
  ieeeEncapsulation: NO,
  tcpDefaultTtl: [hex("ff"), 255, "255"],
  tcpKeepaliveInterval: [hex("00001c20"), 7200, "7200 s"],
  tcpKeepaliveGarbage: NO,
  nisDomain: [ascii("staff"), "staff", "staff"],
  nisServers: ONE,
  ntpServers: TWO,
  vendorInformation: [
    hex("01 04 0a000005 00 80 02 6869 ff 00"),
    hex("01040a000005 00 80026869 ff00"),
    '1=0a:00:00:05 128="hi"',
  ],
  netbiosNameServers: ONE,
  netbiosDatagramServers: ONE,
  netbiosNodeType: [hex("08"), 8, "8"],
  netbiosScope: [ascii("scope"), "scope", "scope"],
  xFontServers: ONE,
  xDisplayManagers: ONE,
  requestedAddress: [hex("0a4d0072"), ip("10.77.0.114"), "10.77.0.114"],
  leaseTime: [hex("ffffffff"), 0xffffffff, "forever"],
  serverIdentifier: [hex("0a4d0001"), ip("10.77.0.1"), "10.77.0.1"],
  parameterRequestList: [hex("01 03 06 79"), Uint8Array.of(1, 3, 6, 121), "1, 3, 6, 121"],
  message: [ascii("address in use"), "address in use", "address in use"],
  maxMessageSize: [hex("05dc"), 1500, "1500"],
  renewalTime: [hex("0000003c"), 60, "60 s"],
  rebindingTime: [hex("00000069"), 105, "105 s"],
  vendorClass: [ascii("MSFT 5.0"), "MSFT 5.0", "MSFT 5.0"],
  clientIdentifier: [hex("01 021a2b3c4d5e"), hex("01021a2b3c4d5e"), "02:1A:2B:3C:4D:5E"],
  netwareDomain: [ascii("nwip"), "nwip", "nwip"],
  netwareInformation: [hex("02 00 05 01 01"), hex("0200050101"), "2= 5=01"],
  nisPlusDomain: [ascii("staff.example"), "staff.example", "staff.example"],
  nisPlusServers: ONE,
  tftpServerName: [ascii("tftp.example"), "tftp.example", "tftp.example"],
  bootFileName: [ascii("boot.bin"), "boot.bin", "boot.bin"],
  mobileIpHomeAgents: [hex(""), [], ""],
  smtpServers: ONE,
  pop3Servers: ONE,
  nntpServers: ONE,
  wwwServers: ONE,
  fingerServers: ONE,
  ircServers: ONE,
  streetTalkServers: ONE,
  streetTalkDirectoryServers: ONE,
  userClasses: [hex("03 6c6162 02 0001"), [ascii("lab"), hex("0001")], '"lab", 00:01'],
  rapidCommit: [hex(""), true, "yes"],
  clientFqdn: [
    hex("05 00 00 06 64 65 76 69 63 65 07 6578616d706c65 03 6f7267 00"),
    { name: "device.example.org.", serverUpdates: true },
    "device.example.org., the server updates DNS",
  ],
  relayAgentInformation: [
    hex("01 06 657468302f31 02 06 021a2b3c4d5e 05 04 0a4d0000"),
    hex("0106657468302f31 0206021a2b3c4d5e 05040a4d0000"),
    'circuit "eth0/1", remote 02:1a:2b:3c:4d:5e, 5=0a:4d:00:00',
  ],
  clientMachineId: [
    hex("00 00112233445566778899aabbccddeeff"),
    hex("00 00112233445566778899aabbccddeeff"),
    "00112233-4455-6677-8899-aabbccddeeff",
  ],
  posixTimeZone: [
    ascii("EST5EDT4,M3.2.0/02:00,M11.1.0/02:00"),
    "EST5EDT4,M3.2.0/02:00,M11.1.0/02:00",
    "EST5EDT4,M3.2.0/02:00,M11.1.0/02:00",
  ],
  tzdbTimeZone: [ascii("Europe/Zurich"), "Europe/Zurich", "Europe/Zurich"],
  ipv6OnlyWait: [hex("00000708"), 1800, "1800 s"],
  captivePortal: [
    ascii("https://example.org/portal"),
    "https://example.org/portal",
    "https://example.org/portal",
  ],
  autoConfigure: YES,
  subnetSelection: [hex("0a4d0000"), ip("10.77.0.0"), "10.77.0.0"],
  domainSearch: [
    // RFC 3397 §2: "eng.apple.com." and, with a pointer to its end, "marketing.apple.com."
    hex("03 656e67 05 6170706c65 03 636f6d 00 09 6d61726b6574696e67 c004"),
    ["eng.apple.com", "marketing.apple.com"],
    "eng.apple.com, marketing.apple.com",
  ],
  classlessRoutes: [
    // The destinations are those of RFC 3442's table.
    hex("00 0a000001  08 0a 0a000001  18 0a0000 00000000  19 0a112280 0a000002"),
    [
      { destination: Cidr.parse("0.0.0.0/0"), gateway: ip("10.0.0.1") },
      { destination: Cidr.parse("10.0.0.0/8"), gateway: ip("10.0.0.1") },
      { destination: Cidr.parse("10.0.0.0/24") },
      { destination: Cidr.parse("10.17.34.128/25"), gateway: ip("10.0.0.2") },
    ],
    "0.0.0.0/0 via 10.0.0.1, 10.0.0.0/8 via 10.0.0.1, 10.0.0.0/24 via the link, 10.17.34.128/25 via 10.0.0.2",
  ],
  vendorClasses: [
    hex("00000009 08 03 706e70 03 010203  00000de9 02 01 61"),
    [
      { enterprise: 9, classes: [ascii("pnp"), hex("010203")] },
      { enterprise: 3561, classes: [ascii("a")] },
    ],
    '9: "pnp" 01:02:03, 3561: "a"',
  ],
  vendorOptions: [
    hex("00000de9 08 01 02 6869 05 00 ff 00"),
    [
      {
        enterprise: 3561,
        options: [
          { code: 1, value: ascii("hi") },
          { code: 5, value: hex("") },
          { code: 255, value: hex("") },
        ],
      },
    ],
    '3561: 1="hi" 5= 255=',
  ],
};

export const FIELDS = Object.keys(EXAMPLES) as DhcpField[];

/** All examples, as one message would carry them. */
export const EVERY_OPTION: DhcpOptions = Object.fromEntries(
  FIELDS.map((field) => [field, EXAMPLES[field][1]]),
);

/** An option area that holds this one. */
export function areaOf(field: DhcpField, value: Uint8Array): Uint8Array {
  return Uint8Array.of(DhcpCode[field], value.length, ...value, 0xff);
}
