export {
  ATTEMPT_DELAY,
  AttemptLimiter,
  MAX_ATTEMPTS,
  MAX_ATTEMPT_CLIENTS,
  type AttemptLimiterOptions,
} from "./attempt-limiter.js";
export { userOf } from "./authorization.js";
export { basicAuth, type BasicAuthOptions } from "./basic-auth.js";
export { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from "./base64.js";
export { formatBasic, parseBasic, type Login } from "./basic.js";
export { bearerAuth, type BearerAuthOptions } from "./bearer-auth.js";
export {
  MAX_AUTH_FIELD,
  MAX_AUTH_PARAMETERS,
  formatAuth,
  parseChallenges,
  parseCredentials,
  type AuthElement,
  type AuthParameter,
} from "./challenges.js";
export { constantTimeEqual } from "./constant-time.js";
export { digestAuth, type DigestAuthOptions, type DigestSecret } from "./digest-auth.js";
export { digestSecret } from "./digest.js";
export { encodeHex } from "./hex.js";
export { MAX_NONCES, NONCE_LIFETIME } from "./nonces.js";
export { randomBytes } from "./random-bytes.js";
export { MAX_TOKENS, TOKEN_LIFETIME, TokenLogin, type TokenLoginOptions } from "./token-login.js";
