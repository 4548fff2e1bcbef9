export { parseCookieDate } from "./cookie-date.js";
export { MAX_COOKIES, parseCookies } from "./cookies.js";
export { clearCookie, cookiesOf, setCookie } from "./request-cookies.js";
export {
  SESSION_IDLE_TIME,
  SESSION_LIFETIME,
  type SessionCookie,
  type SessionsOptions,
} from "./session-keeper.js";
export { MAX_SESSIONS, MemorySessionStore, type SessionRecord, type SessionStore } from "./session-store.js";
export { MAX_SESSION_VALUES, Session } from "./session.js";
export { sessionOf, sessions } from "./sessions.js";
export {
  MAX_COOKIE,
  MAX_COOKIE_AGE,
  MAX_COOKIE_ATTRIBUTE,
  formatSetCookie,
  parseSetCookie,
  type CookieAttributes,
  type ReceivedCookie,
  type SameSite,
} from "./set-cookie.js";
export { MIN_KEY } from "./signed-cookie.js";
