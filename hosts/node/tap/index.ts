export { MAX_INTERFACE_NAME_LENGTH, openTap, type TapOptions } from "./open-tap.js";
export { RECEIVE_BATCH, type TapDevice } from "./tap-device.js";
