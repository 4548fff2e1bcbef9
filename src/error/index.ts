export { NetworkError, type ErrorCode } from "./network-error.js";
