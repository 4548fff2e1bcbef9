export {
  MAX_PASSWORD,
  MAX_SSID,
  MIN_PASSWORD,
  NetworkStore,
  networkProblem,
  type KnownNetwork,
} from "./network-store.js";
export { SetupRequest } from "./setup-request.js";
