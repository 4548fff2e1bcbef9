export {
  duidClientIdentifier,
  ethernetClientIdentifier,
  linkLayerDuid,
  uuidDuid,
} from "./client-identifier.js";
export { DHCP_MAX_ELEMENTS } from "./codecs.js";
export { DHCP_INFINITE_TIME, DhcpCode, type DhcpField } from "./codes.js";
export { describeDhcpOption } from "./describe.js";
export type { DhcpFqdn } from "./fqdn.js";
export { readDhcpSubOptions, writeDhcpSubOptions } from "./items.js";
export * from "./message.js";
export { dhcpOptionName } from "./names.js";
export { DHCP_MAX_OPTIONS } from "./option-reader.js";
export type { DhcpOptions, DhcpRawOption } from "./options.js";
export { listDhcpOptions, packDhcpOptions, unpackDhcpOptions } from "./pack.js";
export { readRelayAgent, type DhcpRelayAgent } from "./relay-agent.js";
export { writeDhcpOptions } from "./table.js";
export type { DhcpVendorClasses, DhcpVendorOptions } from "./vendor.js";
