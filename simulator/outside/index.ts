export {
  loopbackGateway,
  type AllowedService,
  type LoopbackGateway,
  type LoopbackGatewayOptions,
} from "./gateway.js";
export { Guest, type GuestOptions, type OutsideInput } from "./guest.js";
export { MAX_UDP_CALLERS } from "./udp-relay.js";
