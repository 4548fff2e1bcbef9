export { CaptiveNames, DNS_PORT, answerQuery } from "./captive-names.js";
export { MAX_SHOWN_NETWORKS, foundNetwork, type FoundNetwork } from "./found-networks.js";
export { NETWORK_PATH, networkPages, type NetworkPagesOptions } from "./network-pages.js";
export {
  MAX_PASSWORD,
  MAX_SSID,
  MIN_PASSWORD,
  NetworkStore,
  networkProblem,
  type KnownNetwork,
} from "./network-store.js";
export { quotedName } from "./quoted-name.js";
export { SetupRequest } from "./setup-request.js";
export {
  MAX_SETUP_FORM,
  RESTART_DELAY,
  SETUP_PATIENCE,
  SetupServer,
  type SetupServerOptions,
} from "./setup-server.js";
