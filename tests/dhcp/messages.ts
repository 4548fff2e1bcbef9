import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import { emitDhcp, type DhcpMessage, type DhcpMessageType, type DhcpOptions } from "../../src/wire/index.js";

export const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);
export const MAC = MacAddress.parse("02:00:00:00:00:01");
export const SERVER = ip("10.0.0.1");
export const OTHER_SERVER = ip("10.0.0.2");
export const ADDRESS = ip("10.0.0.100");

/** The bytes of a message: zeros where `fields` says nothing. */
export function bytesOf(
  type: DhcpMessageType,
  fields: Partial<DhcpMessage>,
  options: DhcpOptions = {},
  limit?: number,
): Uint8Array {
  const zero = Ipv4Address.unspecified;
  const message: DhcpMessage = {
    hops: 0,
    xid: 0,
    secs: 0,
    broadcast: false,
    ciaddr: zero,
    yiaddr: zero,
    siaddr: zero,
    giaddr: zero,
    chaddr: MAC,
    sname: "",
    file: "",
    ...fields,
    type,
    options,
  };
  return emitDhcp(message, limit);
}

/** "REQUEST xid 1000 secs 4 50=10.0.0.100": what a dialogue shows of a message. */
export function describeMessage({
  type,
  xid,
  secs,
  broadcast,
  ciaddr,
  yiaddr,
  options,
}: DhcpMessage): string {
  let text = `${type} xid=${xid} secs=${secs}`;
  if (broadcast) text += " broadcast";
  if (!ciaddr.isUnspecified) text += ` ciaddr=${ciaddr}`;
  if (!yiaddr.isUnspecified) text += ` yiaddr=${yiaddr}`;
  if (options.requestedAddress) text += ` requested=${options.requestedAddress}`;
  if (options.serverIdentifier) text += ` server=${options.serverIdentifier}`;
  return text;
}
