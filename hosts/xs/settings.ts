import { Pattern } from "wirelet/host/index";
import { Cidr, Ipv4Address, tryParsePort } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";
import type { Ipv4Configuration } from "wirelet/host/index";
import type { LogThreshold } from "./log.js";

/** The firmware's settings: the manifest's `config`, and over it what mcconfig's command line says, as text. */
export interface Settings {
  readonly httpPort: number;
  readonly hostName: string | undefined;
  readonly ssid: string | undefined;
  readonly password: string | undefined;
  /** Of the access point in set-up mode; undefined: it is open. */
  readonly setupPassword: string | undefined;
  readonly addressing: Addressing;
  /** With `addressing: "static"`: the address that the device has. */
  readonly ipv4: Ipv4Configuration | undefined;
  readonly log: LogThreshold;
}

/** Who says which address the device has, where that can be chosen: this project's DHCP client, the platform's, or nobody. */
export type Addressing = "own" | "platform" | "static";

/** What can be set: a name that is not one of these is nobody's. */
export const SETTING_NAMES = Object.freeze([
  "ssid",
  "password",
  "setuppassword",
  "hostname",
  "port",
  "dhcp",
  "static",
  "gateway",
  "dns",
  "log",
] as const);

/** The settings as they are written, text or what JSON has, among whatever else a manifest's `config` says. */
export type Config = Readonly<Record<string, unknown>>;

/** Where everybody expects HTTPS (RFC 9110 §4.2.2). */
const HTTPS_PORT = 443;

/** Characters of a host name: ESP-IDF takes no more, and no access point's name has more. */
export const MAX_HOST_NAME = 32;

/** Letters and digits, hyphens between them (RFC 1123 §2.1). */
const HOST_NAME = new Pattern(() => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i);

/** What a WPA2 passphrase may be (IEEE 802.11-2020 §J.4.1). */
const PASSPHRASE = new Pattern(() => /^[ -~]{8,63}$/);

const THRESHOLDS: readonly LogThreshold[] = Object.freeze(["debug", "info", "warn", "error", "none"]);

/** @throws NetworkError EINVAL with the setting that can't be used and what it may be, ENOTSUP for the port of HTTPS */
export function readSettings(config: Config): Settings {
  const ipv4 = staticOf(config);
  const client = clientOf(textOf(config.dhcp));
  return {
    httpPort: portOf(config.port),
    hostName: hostNameOf(textOf(config.hostname)),
    ssid: textOf(config.ssid),
    password: textOf(config.password),
    setupPassword: passphraseOf(textOf(config.setuppassword)),
    addressing: ipv4 === undefined ? client : "static",
    ipv4,
    log: thresholdOf(textOf(config.log)),
  };
}

function portOf(value: unknown): number {
  const port = tryParsePort(String(value));
  if (port === undefined) throw refusal("port", String(value), "it is a number from 0 to 65535");
  if (port !== HTTPS_PORT) return port;
  const detail = "HTTPS needs TLS, which the platform has for clients only; choose another port for HTTP";
  throw new NetworkError("ENOTSUP", "listen on", `port ${port}`, detail);
}

function hostNameOf(text: string | undefined): string | undefined {
  if (text === undefined || (text.length <= MAX_HOST_NAME && HOST_NAME.regexp.test(text))) return text;
  throw refusal(
    "hostname",
    text,
    `it is 1 to ${MAX_HOST_NAME} letters and digits, with hyphens between them`,
  );
}

function passphraseOf(text: string | undefined): string | undefined {
  if (text === undefined || PASSPHRASE.regexp.test(text)) return text;
  // Not the value: what is nearly a password is nobody's business either.
  throw refusal("setuppassword", undefined, "it is 8 to 63 characters of ASCII");
}

function clientOf(text: string | undefined): "own" | "platform" {
  if (text === undefined || text === "platform") return "platform";
  if (text === "own") return "own";
  throw refusal("dhcp", text, 'it is "own" or "platform"');
}

function thresholdOf(text = "info"): LogThreshold {
  const threshold = THRESHOLDS.find((each) => each === text);
  if (threshold === undefined) throw refusal("log", text, `it is one of ${THRESHOLDS.join(", ")}`);
  return threshold;
}

function staticOf(config: Config): Ipv4Configuration | undefined {
  const text = textOf(config.static);
  const gatewayText = textOf(config.gateway);
  const dnsText = textOf(config.dns);
  if (text === undefined) {
    for (const [name, value] of [
      ["gateway", gatewayText],
      ["dns", dnsText],
    ] as const)
      if (value !== undefined) throw refusal(name, value, "it goes with static=, and DHCP brings its own");
    return undefined;
  }
  const network = Cidr.tryParse(text);
  const address = network?.address;
  if (network === undefined || !(address instanceof Ipv4Address) || !isForHost(address, network))
    throw refusal("static", text, "it is a host's address with the length of its prefix, as 192.168.1.20/24");
  const { prefixLength } = network;
  const dns = (dnsText ?? "").split(",").filter((each) => each !== "");
  return {
    address,
    prefixLength,
    ...(gatewayText !== undefined && { gateway: gatewayOf(gatewayText, network) }),
    dns: dns.map((each) => addressOf("dns", each.trim(), "IPv4 addresses with commas between them")),
  };
}

/** Neither the network itself nor all of its hosts (RFC 1122 §3.2.1.3); of 31 bits both are hosts (RFC 3021). */
function isForHost(address: Ipv4Address, network: Cidr): boolean {
  if (address.isUnspecified || address.isMulticast || address.isLoopback || address.isBroadcast) return false;
  if (network.prefixLength === 0) return false;
  return (
    network.prefixLength > 30 ||
    !(address.equals(network.network) || network.broadcast?.equals(address) === true)
  );
}

function gatewayOf(text: string, network: Cidr): Ipv4Address {
  const gateway = addressOf("gateway", text, "an IPv4 address");
  if (network.contains(gateway) && !gateway.equals(network.address)) return gateway;
  throw refusal("gateway", text, "it is another host of the network that static= names");
}

function addressOf(name: string, text: string, what: string): Ipv4Address {
  const address = Ipv4Address.tryParse(text);
  if (address === undefined) throw refusal(name, text, `it is ${what}`);
  return address;
}

function refusal(name: string, value: string | undefined, detail: string): NetworkError {
  return new NetworkError("EINVAL", `set ${name}`, value, detail);
}

/** Of the command line all is text, of a manifest what JSON has; `key=` takes a setting back. */
function textOf(value: unknown): string | undefined {
  return value === undefined || value === "" ? undefined : String(value);
}
