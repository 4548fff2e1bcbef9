export { Cidr, maskOfPrefixLength, prefixLengthOfMask } from "./cidr.js";
export { parseIpAddress, tryParseIpAddress, type IpAddress } from "./ip.js";
export { Ipv4Address } from "./ipv4.js";
export { Ipv6Address } from "./ipv6.js";
export { MacAddress } from "./mac.js";
export { MAX_PORT, parsePort, tryParsePort } from "./port.js";
export { SocketAddress } from "./socket-address.js";
export { MAX_ZONE_LENGTH } from "./zone.js";
