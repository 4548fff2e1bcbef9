export { AccessPoint, DEFAULT_MAX_STATIONS, type AccessPointOptions } from "./access-point.js";
export { Air } from "./air.js";
export { Channel, LONGEST_WAIT, TRANSMISSION_OVERHEAD } from "./channel.js";
export { keepJoined, REJOIN_INTERVAL, tellRadioEvent } from "./keep-joined.js";
export {
  BEACON_TIMEOUT,
  HANDSHAKE_TIMEOUT,
  JOIN_TIME,
  Radio,
  RETRY_LIMIT,
  ROAM_BELOW,
  ROAM_GAP,
  ROAM_MARGIN,
  ROAM_SEARCH_TIME,
  SCAN_TIME,
  type JoinFailure,
  type LossReason,
  type RadioEvent,
  type RadioOptions,
  type WifiNetwork,
} from "./radio.js";
export {
  BASIC_RATE,
  DEFAULT_SIGNAL,
  errorsAt,
  rateAt,
  signalAt,
  SIGNAL_AT_ONE_METER,
  WEAKEST_SIGNAL,
  type Position,
} from "./signal.js";
