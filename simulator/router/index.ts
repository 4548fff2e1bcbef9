export { FRAGMENT_TIMEOUT, MAX_FRAGMENTED, MAX_WAITING_FRAGMENTS } from "./nat/fragments.js";
export { Nat, type NatDrop, type NatMapping, type NatOptions, type PortForward } from "./nat/nat.js";
export { NAT_TIMEOUTS, type NatTimeouts } from "./nat/sessions.js";
export { MAX_NAT_SESSIONS, type NatFiltering } from "./nat/table.js";
export type { RouterNetwork, RouterOptions, RouterUplink, StaticRoute } from "./options.js";
export { routerHost, type Router } from "./router.js";
