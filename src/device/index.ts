export { DEFAULT_HTTP_PORT, Device, HTTP_RETRY_DELAY, type DeviceOptions } from "./device.js";
export {
  MAX_SHOWN_OPTIONS,
  MAX_SHOWN_VALUE,
  type DhcpChange,
  type DhcpOptionStatus,
  type DhcpStatus,
} from "./dhcp-status.js";
export type { DeviceEvent } from "./events.js";
export { defaultHostName } from "./host-name.js";
export { MAX_PAGE_HEAD, PAGE_LIMITS } from "./page-limits.js";
export type { DeviceStatus } from "./status.js";
