export { DEFAULT_HTTP_PORT, Device, HTTP_RETRY_DELAY, type DeviceOptions } from "./device.js";
export type { DeviceEvent } from "./events.js";
export { defaultHostName } from "./host-name.js";
export type { DeviceStatus, DhcpStatus } from "./status.js";
