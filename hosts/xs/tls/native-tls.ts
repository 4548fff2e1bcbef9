// @ts-expect-error SDK 8.2.3 has its typings under another name than the class.
import TLSSocket from "embedded:io/socket/tcp/tls";
import type { NativeTlsClass } from "./native.js";

/** The SDK's own class: its manifest is among the SDK's examples. */
export function nativeTls(): NativeTlsClass {
  return TLSSocket as NativeTlsClass;
}
