import { decodeUtf8, encodeUtf8 } from "../../src/host/index.js";
import { AuthSite, type Asked } from "./auth-site.js";

const site = new AuthSite();

globalThis.handleCommand = (request) => {
  const bytes = encodeUtf8(site.answer(JSON.parse(decodeUtf8(request)) as Asked));
  return { result: bytes.buffer as ArrayBuffer };
};
