export { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from "./base64.js";
export { formatBasic, parseBasic, type Login } from "./basic.js";
export {
  MAX_AUTH_FIELD,
  MAX_AUTH_PARAMETERS,
  formatAuth,
  parseChallenges,
  parseCredentials,
  type AuthElement,
} from "./challenges.js";
export { constantTimeEqual } from "./constant-time.js";
export { encodeHex } from "./hex.js";
export { randomBytes } from "./random-bytes.js";
