import type { Ipv4Configuration } from "../src/host/index.js";
import type { DeviceEvent } from "../src/device/index.js";
import type { DhcpClientEvent, DhcpFailure, DhcpLease, DhcpServerEvent } from "../src/dhcp/index.js";
import {
  ARP_REQUEST,
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_ARP,
  checkArp,
  checkEthernet,
  ethernetType,
  readArp,
  type ArpPacket,
} from "../src/wire/index.js";
import type { Sighting } from "./sighting.js";

/** One thing that happened, as a person would tell it. */
export interface StoryLine {
  /** Virtual milliseconds. */
  readonly time: number;
  /** Who did it. */
  readonly who: string;
  /** The protocol it belongs to: "DHCP", "ARP". */
  readonly topic: string;
  readonly text: string;
}

/** A line without who and when: what can be told from an event or a frame alone. */
export type Telling = Pick<StoryLine, "topic" | "text">;

/** "0.003 s  router   DHCP  OFFER …", in columns. */
export function formatStoryLine({ time, who, topic, text }: StoryLine): string {
  return `${(time / 1000).toFixed(3).padStart(9)} s  ${who.padEnd(7)}  ${topic.padEnd(4)}  ${text}`;
}

/** "2 h", "90 s", "forever". @param seconds Infinity: forever */
export function formatSeconds(seconds: number): string {
  if (seconds === Infinity) return "forever";
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds >= 60 && seconds % 60 === 0) return `${seconds / 60} min`;
  return `${Math.round(seconds)} s`;
}

function describeLease(lease: DhcpLease): string {
  const { dns: servers, gateway } = lease.configuration;
  const dns = servers.length === 0 ? "" : `, DNS ${servers.join(", ")}`;
  const router = gateway === undefined ? "" : `, router ${gateway}`;
  const time = formatSeconds(lease.leaseSeconds);
  return `${lease.address}/${lease.prefixLength}${router}${dns}, for ${time}, from server ${lease.server}`;
}

function describeConfiguration({ address, prefixLength }: Ipv4Configuration): string {
  return `${address}/${prefixLength}`;
}

/** What a device's event means, or undefined if it is not worth a line. */
export function tellDeviceEvent(event: DeviceEvent): Telling | undefined {
  switch (event.type) {
    case "address-acquired":
      return { topic: "IP", text: `address ${describeConfiguration(event.configuration)} configured` };
    case "address-lost":
      return { topic: "IP", text: `address ${describeConfiguration(event.previous)} removed` };
    case "http-listening":
      return { topic: "HTTP", text: `server listening at ${event.url}` };
    case "http-failed": {
      const reason = event.error?.message ?? "unknown reason";
      return { topic: "HTTP", text: `server cannot listen on port ${event.port}: ${reason}` };
    }
    case "dhcp": {
      const text = tellDhcpEvent(event.event);
      return text === undefined ? undefined : { topic: "DHCP", text };
    }
  }
}

const FAILURES: Readonly<Record<DhcpFailure, string>> = Object.freeze({
  "no-server": "no server answers",
  "no-offer-chosen": "no offer is good enough",
  "request-unanswered": "no answer to the REQUEST",
  "renewal-unanswered": "no answer, the lease is not extended yet",
  "reboot-unanswered": "nobody confirms the former lease",
  "stored-lease": "the stored lease cannot be used",
  storage: "the lease cannot be stored",
  send: "the message cannot be sent",
  configure: "the address cannot be configured",
  "link-local": "no link-local address, since the link cannot probe",
  "link-local-forbidden": "no link-local address, since a server forbids it",
});

function tellDhcpEvent(event: DhcpClientEvent): string | undefined {
  switch (event.type) {
    case "sent":
      if (event.message === "DISCOVER") return "DISCOVER to everybody: is there a DHCP server?";
      if (event.message === "REQUEST") return `REQUEST: may I have ${event.address}?`;
      return `${event.message} ${event.address}`;
    case "received":
      if (event.message === "NAK") return `NAK from server ${event.server}`;
      return `${event.message} received: ${describeLease(event.lease)}`;
    case "conflict":
      return `${event.address} is in use by ${event.owner}`;
    case "changed":
      return tellChange(event);
    case "failed":
      return `${FAILURES[event.reason]}${event.detail === undefined ? "" : `: ${event.detail}`}`;
    default:
      return undefined;
  }
}

type Change = Extract<DhcpClientEvent, { type: "changed" }>;

function tellChange({ reason, previous, current }: Change): string | undefined {
  const lease = current?.lease;
  if (lease === undefined) {
    if (current !== undefined) return `${current.configuration.address} is used for want of a server`;
    return `lease of ${previous?.configuration.address} is over (${reason})`;
  }
  if (reason === "bound") return `lease of ${lease.address} begins`;
  return `lease of ${lease.address} ${reason} for ${formatSeconds(lease.leaseSeconds)}`;
}

/** What a DHCP server's event means, or undefined if its client tells it better. */
export function tellServerEvent(event: DhcpServerEvent): Telling | undefined {
  if (event.type !== "sent") return undefined;
  const text = `${event.message} to ${event.client}${event.address === undefined ? "" : `: ${event.address}`}`;
  return { topic: "DHCP", text };
}

/** What an ARP frame says, or undefined if the frame is something else. */
export function tellArpFrame({ bytes, length, comment }: Sighting): Telling | undefined {
  if (checkEthernet(length) !== undefined || ethernetType(bytes) !== ETHER_TYPE_ARP) return undefined;
  if (checkArp(bytes, ETHERNET_HEADER_LENGTH, length) !== undefined) return undefined;
  const text = describeArp(readArp(bytes, ETHERNET_HEADER_LENGTH));
  return { topic: "ARP", text: comment === undefined ? text : `${text} (${comment})` };
}

function describeArp({ operation, senderIp, senderMac, targetIp }: ArpPacket): string {
  if (operation !== ARP_REQUEST) return `${senderIp} is at ${senderMac}`;
  if (senderIp.isUnspecified) return `probe: does anybody use ${targetIp}?`;
  if (senderIp.equals(targetIp)) return `announcement: ${senderIp} is at ${senderMac}`;
  return `who has ${targetIp}? Tell ${senderIp}`;
}
