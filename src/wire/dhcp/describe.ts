/** Options for people to read. */
import { Ipv4Address, MacAddress } from "../../address/index.js";
import { MAC_LENGTH } from "../ethernet.js";
import { DHCP_INFINITE_TIME, type DhcpField } from "./codes.js";
import type { DhcpFqdn } from "./fqdn.js";
import { HARDWARE_ETHERNET } from "./header.js";
import { readDhcpSubOptions } from "./items.js";
import type { DhcpOptions, DhcpRawOption } from "./options.js";
import { readRelayAgent } from "./relay-agent.js";
import { dhcpFieldOf, readDhcpValue } from "./table.js";
import { isPrintable, readDhcpText } from "./text.js";

/** Numbers that are times. */
const SECONDS: readonly DhcpField[] = Object.freeze([
  "timeOffset",
  "pathMtuAgingTimeout",
  "arpCacheTimeout",
  "tcpKeepaliveInterval",
  "leaseTime",
  "renewalTime",
  "rebindingTime",
  "ipv6OnlyWait",
] satisfies DhcpField[]);

const UUID_TYPE_AND_LENGTH = 17;
const UUID_PARTS = Object.freeze([1, 5, 7, 9, 11, UUID_TYPE_AND_LENGTH]);

/**
 * What an option says, on one line: addresses dotted, times in seconds, text as it is, lists with commas; what has no
 * type here, or is malformed, in hexadecimal.
 * @example
 * describeDhcpOption(51, Uint8Array.of(0, 0, 14, 16)); // "3600 s"
 */
export function describeDhcpOption(code: number, bytes: Uint8Array): string {
  const field = dhcpFieldOf(code);
  return (field && describeField(field, bytes)) ?? hex(bytes);
}

function describeField(field: DhcpField, bytes: Uint8Array): string | undefined {
  const value = readDhcpValue(field, bytes);
  if (value === undefined || typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return SECONDS.includes(field) ? seconds(value) : String(value);
  if (value instanceof Ipv4Address) return value.toString();
  if (value instanceof Uint8Array) return describeBytes(field, value);
  if ("name" in value) return describeFqdn(value);
  return value.map(describeElement).join(", ");
}

function seconds(value: number): string {
  return value === DHCP_INFINITE_TIME ? "forever" : `${value} s`;
}

type Lists = Extract<DhcpOptions[DhcpField], readonly unknown[]>;

function describeElement(element: Lists[number]): string {
  if (typeof element !== "object" || element instanceof Ipv4Address) return String(element);
  if (element instanceof Uint8Array) return textOrHex(element);
  if ("destination" in element) return `${element.destination} via ${element.gateway ?? "the link"}`;
  if ("classes" in element) return `${element.enterprise}: ${element.classes.map(textOrHex).join(" ")}`;
  if ("options" in element) return `${element.enterprise}: ${describeSubOptions(element.options)}`;
  return element.join(" ");
}

function describeFqdn({ name, serverUpdates, overridden, noUpdates }: DhcpFqdn): string {
  let text = name === "" ? "any name" : name;
  if (serverUpdates) text += ", the server updates DNS";
  if (noUpdates) text += ", the server does not update DNS";
  if (overridden) text += " against the client's wish";
  return text;
}

function describeBytes(field: DhcpField, bytes: Uint8Array): string {
  switch (field) {
    case "parameterRequestList":
      return bytes.join(", ");
    case "clientIdentifier":
      return describeClientIdentifier(bytes);
    case "clientMachineId":
      return bytes.length === UUID_TYPE_AND_LENGTH && bytes[0] === 0 ? uuid(bytes) : hex(bytes);
    case "vendorInformation":
    case "netwareInformation": {
      const subOptions = readDhcpSubOptions(bytes, true);
      return subOptions === undefined ? hex(bytes) : describeSubOptions(subOptions);
    }
    case "relayAgentInformation":
      return describeRelayAgent(bytes);
    default:
      return hex(bytes);
  }
}

function describeClientIdentifier(bytes: Uint8Array): string {
  if (bytes.length === 1 + MAC_LENGTH && bytes[0] === HARDWARE_ETHERNET)
    return MacAddress.read(bytes, 1).toString();
  return bytes[0] === 0 ? textOrHex(bytes.subarray(1)) : hex(bytes);
}

function describeRelayAgent(bytes: Uint8Array): string {
  const agent = readRelayAgent(bytes);
  if (agent === undefined) return hex(bytes);
  const parts: string[] = [];
  if (agent.circuitId !== undefined) parts.push(`circuit ${textOrHex(agent.circuitId)}`);
  if (agent.remoteId !== undefined) parts.push(`remote ${textOrHex(agent.remoteId)}`);
  if (agent.others.length > 0) parts.push(describeSubOptions(agent.others));
  return parts.join(", ");
}

function describeSubOptions(subOptions: readonly DhcpRawOption[]): string {
  return subOptions.map(({ code, value }) => `${code}=${textOrHex(value)}`).join(" ");
}

function uuid(bytes: Uint8Array): string {
  return UUID_PARTS.slice(1)
    .map((end, index) => hex(bytes.subarray(UUID_PARTS[index], end)).replaceAll(":", ""))
    .join("-");
}

/** What could be text is shown so, in quotes, because it could also be something else. */
function textOrHex(bytes: Uint8Array): string {
  return bytes.length > 0 && bytes.every(isPrintable)
    ? `"${readDhcpText(bytes, 0, bytes.length)}"`
    : hex(bytes);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}
