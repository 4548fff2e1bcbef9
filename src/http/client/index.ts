export { HttpUrl, type UrlScheme } from "./url.js";
