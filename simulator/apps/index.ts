export { dhcpServer } from "./dhcp-server.js";
export { firmware } from "./firmware.js";
