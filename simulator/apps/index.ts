export { arpSpoofer, type ArpSpooferOptions } from "./arp-spoofer.js";
export { dhcpServer, serveDhcp } from "./dhcp-server.js";
export { firmware } from "./firmware.js";
