/** The typed options. Their numbers stand in codes.ts, how each is written in table.ts. */
import type { Ipv4Address } from "../../address/index.js";
import type { Ipv4Route } from "../../host/index.js";
import type { DhcpFqdn } from "./fqdn.js";
import type { DhcpVendorClasses, DhcpVendorOptions } from "./vendor.js";

/** An option as it stands on the wire; a long one (RFC 3396) joined into one value. */
export interface DhcpRawOption {
  /** 1 to 254. */
  readonly code: number;
  readonly value: Uint8Array;
}

/**
 * What options say. Times are in seconds; text is printable ASCII; lists of addresses have the preferred one first. A §
 * without RFC is one of RFC 2132. Numbers are as they were sent: whoever uses one checks it against the least it may be.
 */
export interface DhcpOptions {
  /** 1: may be no prefix at all, as the server sent it (§3.3). */
  readonly subnetMask?: Ipv4Address;
  /** 2: how far the subnet's time is east of UTC; may be negative (§3.4). Superseded by 100 and 101. */
  readonly timeOffset?: number;
  /** 3: gateways (§3.5). To be ignored where there are classless routes (RFC 3442). */
  readonly routers?: readonly Ipv4Address[];
  /** 4: servers of RFC 868's Time protocol (§3.6). */
  readonly timeServers?: readonly Ipv4Address[];
  /** 5: servers of IEN 116's names, from before DNS (§3.7). */
  readonly nameServers?: readonly Ipv4Address[];
  /** 6: domain name servers (§3.8). */
  readonly dnsServers?: readonly Ipv4Address[];
  /** 7: MIT-LCS UDP log servers (§3.9). */
  readonly logServers?: readonly Ipv4Address[];
  /** 8: servers of RFC 865's quote of the day (§3.10). */
  readonly cookieServers?: readonly Ipv4Address[];
  /** 9: RFC 1179's line printer servers (§3.11). */
  readonly lprServers?: readonly Ipv4Address[];
  /** 10: Imagen Impress print servers (§3.12). */
  readonly impressServers?: readonly Ipv4Address[];
  /** 11: servers of RFC 887's resource location (§3.13). */
  readonly resourceLocationServers?: readonly Ipv4Address[];
  /** 12: the client's name, possibly with its domain (§3.14). */
  readonly hostName?: string;
  /** 13: length of the boot image in blocks of 512 bytes (§3.15). */
  readonly bootFileSize?: number;
  /** 14: path to which a client dumps core when it crashes (§3.16). */
  readonly meritDumpFile?: string;
  /** 15: the domain to complete names with (§3.17). */
  readonly domainName?: string;
  /** 16: the swap server (§3.18). */
  readonly swapServer?: Ipv4Address;
  /** 17: path of the client's root disk (§3.19). */
  readonly rootPath?: string;
  /** 18: a file with more options, to be fetched by TFTP (§3.20). */
  readonly extensionsPath?: string;
  /** 19: whether to forward datagrams (§4.1). */
  readonly ipForwarding?: boolean;
  /** 20: whether to forward datagrams with non-local source routes (§4.2). */
  readonly nonLocalSourceRouting?: boolean;
  /** 21: destinations of source routes that may be forwarded (§4.3). */
  readonly policyFilters?: readonly (readonly [address: Ipv4Address, mask: Ipv4Address])[];
  /** 22: the longest datagram that the client should be ready to reassemble, in bytes, at least 576 (§4.4). */
  readonly maxReassemblySize?: number;
  /** 23: time to live of datagrams that are sent, at least 1 (§4.5). */
  readonly defaultTtl?: number;
  /** 24: after how long to forget a path's MTU (RFC 1191) (§4.6). */
  readonly pathMtuAgingTimeout?: number;
  /** 25: MTUs to try, in bytes, from small to large, each at least 68 (§4.7). */
  readonly pathMtuPlateaus?: readonly number[];
  /** 26: the interface's MTU in bytes, at least 68 (§5.1). */
  readonly interfaceMtu?: number;
  /** 27: whether all subnets of the network have this link's MTU (§5.2). */
  readonly allSubnetsLocal?: boolean;
  /** 28: the subnet's broadcast address (§5.3). */
  readonly broadcastAddress?: Ipv4Address;
  /** 29: whether to ask for the subnet mask by ICMP (§5.4). */
  readonly performMaskDiscovery?: boolean;
  /** 30: whether to answer others who ask for the subnet mask by ICMP (§5.5). */
  readonly maskSupplier?: boolean;
  /** 31: whether to look for routers by RFC 1256 (§5.6). */
  readonly performRouterDiscovery?: boolean;
  /** 32: where to send router solicitations (§5.7). */
  readonly routerSolicitationAddress?: Ipv4Address;
  /** 33: routes to single hosts, or to networks by class (§5.8). Superseded by 121. */
  readonly staticRoutes?: readonly (readonly [destination: Ipv4Address, router: Ipv4Address])[];
  /** 34: whether to negotiate trailers by RFC 893 (§6.1). */
  readonly trailerEncapsulation?: boolean;
  /** 35: how long ARP entries live (§6.2). */
  readonly arpCacheTimeout?: number;
  /** 36: IEEE 802.3 encapsulation (RFC 1042) if true, Ethernet II (RFC 894) if false (§6.3). */
  readonly ieeeEncapsulation?: boolean;
  /** 37: time to live of TCP segments, at least 1 (§7.1). */
  readonly tcpDefaultTtl?: number;
  /** 38: time between TCP keepalives; 0 is never, unless the application asks (§7.2). */
  readonly tcpKeepaliveInterval?: number;
  /** 39: whether keepalives carry a byte of garbage, which old peers need (§7.3). */
  readonly tcpKeepaliveGarbage?: boolean;
  /** 40: domain of Sun's Network Information Service (§8.1). */
  readonly nisDomain?: string;
  /** 41: NIS servers (§8.2). */
  readonly nisServers?: readonly Ipv4Address[];
  /** 42: NTP servers (§8.3). */
  readonly ntpServers?: readonly Ipv4Address[];
  /** 43: what the vendor that option 60 names gave it as meaning; often sub-options: `readDhcpSubOptions` (§8.4). */
  readonly vendorInformation?: Uint8Array;
  /** 44: NetBIOS name servers, WINS (§8.5). */
  readonly netbiosNameServers?: readonly Ipv4Address[];
  /** 45: NetBIOS datagram distribution servers (§8.6). */
  readonly netbiosDatagramServers?: readonly Ipv4Address[];
  /** 46: NetBIOS node type: 1 B, 2 P, 4 M, 8 H (§8.7). */
  readonly netbiosNodeType?: number;
  /** 47: NetBIOS scope (§8.8). */
  readonly netbiosScope?: string;
  /** 48: X Window System font servers (§8.9). */
  readonly xFontServers?: readonly Ipv4Address[];
  /** 49: X Window System display managers (§8.10). */
  readonly xDisplayManagers?: readonly Ipv4Address[];
  /** 50: the address that a client wants (§9.1). */
  readonly requestedAddress?: Ipv4Address;
  /** 51: `DHCP_INFINITE_TIME` is forever (§9.2). */
  readonly leaseTime?: number;
  /** 54: the server that speaks or is spoken to (§9.7). */
  readonly serverIdentifier?: Ipv4Address;
  /** 55: codes of the options that a client asks for, the most wanted first (§9.8). */
  readonly parameterRequestList?: Uint8Array;
  /** 56: why a NAK or DECLINE was sent, for a person (§9.9). */
  readonly message?: string;
  /** 57: the longest IP datagram that the sender can receive, in bytes, at least 576 (§9.10). */
  readonly maxMessageSize?: number;
  /** 58: T1, from binding to RENEWING (§9.11). */
  readonly renewalTime?: number;
  /** 59: T2, from binding to REBINDING (§9.12). */
  readonly rebindingTime?: number;
  /** 60: what kind of client this is (§9.13). */
  readonly vendorClass?: string;
  /** 61: names the client instead of its MAC (§9.14); client-identifier.ts makes the usual ones. */
  readonly clientIdentifier?: Uint8Array;
  /** 62: NetWare/IP domain (RFC 2242 §2). */
  readonly netwareDomain?: string;
  /** 63: NetWare/IP information, as sub-options (RFC 2242 §3). */
  readonly netwareInformation?: Uint8Array;
  /** 64: NIS+ domain (§8.11). */
  readonly nisPlusDomain?: string;
  /** 65: NIS+ servers (§8.12). */
  readonly nisPlusServers?: readonly Ipv4Address[];
  /** 66: the TFTP server's name, where `sname` holds options (§9.4). */
  readonly tftpServerName?: string;
  /** 67: the boot file's name, where `file` holds options (§9.5). */
  readonly bootFileName?: string;
  /** 68: mobile IP home agents; may be an empty list (§8.13). */
  readonly mobileIpHomeAgents?: readonly Ipv4Address[];
  /** 69: SMTP servers (§8.14). */
  readonly smtpServers?: readonly Ipv4Address[];
  /** 70: POP3 servers (§8.15). */
  readonly pop3Servers?: readonly Ipv4Address[];
  /** 71: NNTP servers (§8.16). */
  readonly nntpServers?: readonly Ipv4Address[];
  /** 72: default World Wide Web servers (§8.17). */
  readonly wwwServers?: readonly Ipv4Address[];
  /** 73: default finger servers (§8.18). */
  readonly fingerServers?: readonly Ipv4Address[];
  /** 74: default IRC servers (§8.19). */
  readonly ircServers?: readonly Ipv4Address[];
  /** 75: StreetTalk servers (§8.20). */
  readonly streetTalkServers?: readonly Ipv4Address[];
  /** 76: StreetTalk directory assistance servers (§8.21). */
  readonly streetTalkDirectoryServers?: readonly Ipv4Address[];
  /** 77: what kinds of user or application the client serves (RFC 3004 §4). */
  readonly userClasses?: readonly Uint8Array[];
  /** 80: the client takes, or the server sends, an ACK without OFFER and REQUEST (RFC 4039 §4). */
  readonly rapidCommit?: true;
  /** 81: the client's name, and who tells the DNS of it (RFC 4702 §2). */
  readonly clientFqdn?: DhcpFqdn;
  /** 82: what a relay added, as it came, since a server must send it back like that (RFC 3046 §2); `readRelayAgent`. */
  readonly relayAgentInformation?: Uint8Array;
  /** 97: a type, 0, and the machine's UUID (RFC 4578 §2.3). */
  readonly clientMachineId?: Uint8Array;
  /** 100: the time zone as in POSIX' TZ: "CET-1CEST,M3.5.0,M10.5.0/3" (RFC 4833 §2). */
  readonly posixTimeZone?: string;
  /** 101: the time zone's name in the TZ database: "Europe/Zurich" (RFC 4833 §2). */
  readonly tzdbTimeZone?: string;
  /** 108: a client that can do with IPv6 alone leaves IPv4 off for so long, at least 300 (RFC 8925 §3.1). */
  readonly ipv6OnlyWait?: number;
  /** 114: URI of the captive portal's API (RFC 8910 §2.1). */
  readonly captivePortal?: string;
  /** 116: whether the client may give itself a link-local address (RFC 2563 §2). */
  readonly autoConfigure?: boolean;
  /** 118: the subnet from which an address is wanted (RFC 3011 §2). */
  readonly subnetSelection?: Ipv4Address;
  /** 119: domains in which to look for short names, in this order, without a dot at the end (RFC 3397 §2). */
  readonly domainSearch?: readonly string[];
  /** 121: all routes, the default one too; routers and static routes are then to be ignored (RFC 3442). */
  readonly classlessRoutes?: readonly Ipv4Route[];
  /** 124: as 60, for each vendor by its enterprise number (RFC 3925 §3). */
  readonly vendorClasses?: readonly DhcpVendorClasses[];
  /** 125: as 43, for each vendor by its enterprise number (RFC 3925 §4). */
  readonly vendorOptions?: readonly DhcpVendorOptions[];
  /** All others, and those above whose value is malformed: in order of appearance, any code but 0, 52, 53 and 255. */
  readonly others?: readonly DhcpRawOption[];
}
