export { Counters, type DropReason } from "./counters.js";
export type { EthernetInterface as StackInterface } from "./interface/ethernet.js";
export type { Route, Routes } from "./ip/routes.js";
export type { DefencePolicy } from "./neighbor/defence.js";
export {
  TCP_PROFILES,
  UDP_PROFILES,
  type Profile,
  type StackOptions,
  type SynCookiePolicy,
  type TcpTuning,
  type UdpTuning,
} from "./options.js";
export { Stack } from "./stack.js";
export type { Connection as TcpConnection } from "./tcp/connection.js";
export { setKeepAlive } from "./tcp/keep-alive.js";
export { TcpState, stateName } from "./tcp/state.js";
export { markUrgent } from "./tcp/urgent.js";
export { setUserTimeout } from "./tcp/user-timeout.js";
