export { arpSpoofer, type ArpSpooferOptions } from "./arp-spoofer.js";
export { COLLECTOR_PORT, collector, type Collector } from "./collector.js";
export { dhcpServer, serveDhcp } from "./dhcp-server.js";
export { firmware } from "./firmware.js";
export { sensor, type SensorOptions } from "./sensor.js";
export { setupPortal, type SetupPortal, type SetupPortalOptions } from "./setup-portal.js";
export { slowClient, type SlowClient, type SlowClientOptions } from "./slow-client.js";
