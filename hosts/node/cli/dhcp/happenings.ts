import type { MacAddress } from "../../../../src/address/index.js";
import type { DhcpServerEvent } from "../../../../src/dhcp/index.js";
import { formatSeconds } from "../../../../simulator/index.js";
import type { JournalFault } from "../../leases/index.js";
import type { HostAddress } from "../address-options.js";
import { printable } from "./terminal-text.js";

/** What `wirelet dhcp-server` tells: what its server does, and what happens around it. */
export type Happening =
  | DhcpServerEvent
  /** A line of the lease file cannot be used. */
  | { readonly type: "lease-file-fault"; readonly line: number; readonly reason: JournalFault["reason"] }
  /** The server's address is being probed, or the interface is down. */
  | { readonly type: "starting"; readonly interface: string; readonly mac: MacAddress; readonly up: boolean }
  | { readonly type: "serving"; readonly address: HostAddress["address"]; readonly prefixLength: number }
  | { readonly type: "stopped" };

/** One line for a person. */
export function describeHappening(happening: Happening): string {
  switch (happening.type) {
    case "starting": {
      const { interface: name, mac, up } = happening;
      return `up on ${name}, MAC ${mac}: ${up ? "is my address free?" : "the interface is down, I wait for it"}`;
    }
    case "serving":
      return `serving at ${happening.address}/${happening.prefixLength}. Ctrl-C ends it.`;
    case "stopped":
      return "stopped";
    case "lease-file-fault":
      return `line ${happening.line} of the lease file is ${happening.reason}, and left out`;
    default:
      return describeEvent(happening);
  }
}

function describeEvent(event: DhcpServerEvent): string {
  switch (event.type) {
    case "received": {
      const { message, client, hostName, address, relay } = event;
      const name = hostName === undefined ? "" : ` (${printable(hostName)})`;
      const by = relay === undefined ? "" : ` by relay ${relay}`;
      return `${message} from ${client}${name}${by}${address === undefined ? "" : `: ${address}`}`;
    }
    case "sent": {
      const { message, client, address, leaseSeconds, reason } = event;
      const what = address ?? reason;
      const time = leaseSeconds === undefined ? "" : ` for ${formatSeconds(leaseSeconds)}`;
      return `${message} to ${client}${what === undefined ? "" : `: ${what}`}${time}`;
    }
    case "ignored": {
      const client = event.client === undefined ? "" : ` from ${event.client}`;
      return `message${client} ignored: ${event.reason} (told once)`;
    }
    case "ended":
      return `lease of ${event.address} for ${event.client} is over: ${event.reason}`;
    case "conflict":
      return `${event.address} is in use by ${event.owner ?? "somebody"}: not offered to ${event.client}, and kept back`;
    case "send-failed":
      return `cannot send ${event.message} to ${event.client}: ${messageOf(event.error)}`;
    case "store-failed":
      return `cannot ${event.operation} the lease of ${event.address}: ${messageOf(event.error)}`;
  }
}

/** One line of JSON: addresses are text, forever is null. @param time ms since 1970 */
export function happeningJson(happening: Happening, time: number): string {
  return JSON.stringify({ time: new Date(time).toISOString(), ...happening }, (_, value: unknown) => {
    if (value instanceof Error) return value.message;
    // Addresses say themselves what they are.
    return typeof value === "object" && value !== null && !isPlain(value) ? String(value) : value;
  });
}

function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
