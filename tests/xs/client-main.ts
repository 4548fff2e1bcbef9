import { decodeUtf8, encodeUtf8 } from "../../src/host/index.js";
import { answer, type Asked } from "./client-site.js";

globalThis.handleCommand = (request) => {
  const asked = JSON.parse(decodeUtf8(request)) as Asked;
  const bytes = encodeUtf8(answer(asked));
  return { result: bytes.buffer as ArrayBuffer };
};
