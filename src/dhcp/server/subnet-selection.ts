import { Ipv4Address } from "../../address/index.js";
import { readRelayAgent, type DhcpMessage } from "../../wire/index.js";
import type { Subnet } from "./subnet.js";

/** Sub-option of 82: the subnet of the client, where the relay's address is of another one (RFC 3527). */
const LINK_SELECTION = 5;

/**
 * The subnet that a message comes from: the one that its relay names or is in (RFC 3527 §3 before RFC 3011 §2 before
 * RFC 2131 §4.3.1), else that of the address that the client has (it may be beyond a router: RFC 2131 §4.4.5 sends
 * renewals around the relay), else the server's own.
 * @param own the server's address
 * @returns undefined if that subnet is not served
 */
export function subnetOf(
  { giaddr, ciaddr, options }: DhcpMessage,
  subnets: readonly Subnet[],
  own: Ipv4Address,
): Subnet | undefined {
  const named = linkSelection(options.relayAgentInformation) ?? options.subnetSelection;
  if (named !== undefined) return find(subnets, named);
  if (!giaddr.isUnspecified) return find(subnets, giaddr);
  return (ciaddr.isUnspecified ? undefined : find(subnets, ciaddr)) ?? find(subnets, own);
}

function linkSelection(relayAgent: Uint8Array | undefined): Ipv4Address | undefined {
  const selection =
    relayAgent && readRelayAgent(relayAgent)?.others.find(({ code }) => code === LINK_SELECTION)?.value;
  return selection?.length === 4 ? Ipv4Address.read(selection, 0) : undefined;
}

function find(subnets: readonly Subnet[], address: Ipv4Address): Subnet | undefined {
  return subnets.find((subnet) => subnet.contains(address));
}
