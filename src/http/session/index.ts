export { parseCookieDate } from "./cookie-date.js";
export { MAX_COOKIES, parseCookies } from "./cookies.js";
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
