import type { CapturedFrame } from "../../support/tshark.js";

const SOURCE = "ip.src";
export const DESTINATION_FIELD = "ip.dst";
const TYPE = "dhcp.option.dhcp";
const CLIENT = "dhcp.ip.client";
const YOURS = "dhcp.ip.your";
const REQUESTED = "dhcp.option.requested_ip_address";
export const SERVER_FIELD = "dhcp.option.dhcp_server_id";
export const OVERLOAD_FIELD = "dhcp.option.option_overload";

/** What these tests want to know of a capture. */
export const DHCP_FIELDS = [
  SOURCE,
  DESTINATION_FIELD,
  TYPE,
  CLIENT,
  YOURS,
  REQUESTED,
  SERVER_FIELD,
  OVERLOAD_FIELD,
];

/** By the value of option 53 (RFC 2132 §9.6). */
const NAMES = ["", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM"];
const FROM_SERVER = ["OFFER", "ACK", "NAK"];
const UNSPECIFIED = "0.0.0.0";
const BROADCAST = "255.255.255.255";

/**
 * The DHCP messages of a capture, each as one line to read: "REQUEST to all wants 10.77.0.100 of 10.77.0.1",
 * "REQUEST 10.77.0.100 to 10.77.0.1 has 10.77.0.100", "ACK of 10.77.0.1 gives 10.77.0.100".
 */
export function dhcpTalk(frames: readonly CapturedFrame[]): string[] {
  return frames.flatMap(({ protocols, fields }) => {
    const address = (name: string): string => fields[name]?.[0]?.replace(UNSPECIFIED, "") ?? "";
    const name = NAMES[Number(fields[TYPE]?.[0] ?? 0)]!;
    // An ICMP error has a message in it that was said before.
    if (name === "" || protocols.includes("icmp")) return [];
    const route = FROM_SERVER.includes(name)
      ? []
      : [address(SOURCE), `to ${address(DESTINATION_FIELD).replace(BROADCAST, "all")}`];
    const parts = [
      ...route,
      phrase("has", FROM_SERVER.includes(name) ? "" : address(CLIENT)),
      phrase("wants", address(REQUESTED)),
      phrase("of", address(SERVER_FIELD)),
      phrase("gives", address(YOURS)),
    ];
    return [[name, ...parts].filter((part) => part !== "").join(" ")];
  });
}

function phrase(verb: string, address: string): string {
  return address === "" ? "" : `${verb} ${address}`;
}

/** How any lease begins, as `dhcpTalk` writes it. @param hint an address that the client would like to have again */
export function leased(address: string, server: string, hint?: string): string[] {
  return [
    hint === undefined ? "DISCOVER to all" : `DISCOVER to all wants ${hint}`,
    `OFFER of ${server} gives ${address}`,
    `REQUEST to all wants ${address} of ${server}`,
    `ACK of ${server} gives ${address}`,
  ];
}

/** How it goes on. @param to its server, or "all" */
export function extending(address: string, to: string): string {
  return `REQUEST ${address} to ${to} has ${address}`;
}

/** How it ends. */
export function released(address: string, server: string): string {
  return `RELEASE ${address} to ${server} has ${address} of ${server}`;
}

/** What was said, without what is said once more: retransmissions. */
export function once(talk: readonly string[]): string[] {
  return talk.filter((line, index) => line !== talk[index - 1]);
}
