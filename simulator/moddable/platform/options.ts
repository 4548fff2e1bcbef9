import type {
  NativeListenerOptions,
  NativeTcpOptions,
  NativeUdpOptions,
} from "../../../hosts/xs/io/native.js";
import { bytesOf, type ByteBuffer } from "../../../src/host/index.js";

/** All that the classes read of their options, which is more than the wrapper gives them. */
export type TcpOptions = NativeTcpOptions & { readonly format?: unknown };
export type ListenerOptions = NativeListenerOptions & { readonly format?: unknown };
export type UdpOptions = NativeUdpOptions & { readonly format?: unknown };

/** "number": a byte a call; "buffer": all there is. */
export type Format = "number" | "buffer";

/** @throws Error unless it is a function, undefined or null */
export function callbackOf<T>(callback: T): T | undefined {
  if (callback === undefined || callback === null) return undefined;
  if (typeof callback !== "function") throw new Error("not a function");
  return callback;
}

/** A format that is undefined, null or empty is taken as absent. @throws RangeError */
export function formatOf<T extends string>(format: unknown, known: readonly T[], absent: T): T {
  if (!format) return absent;
  const found = known.find((each) => each === format);
  if (found === undefined) throw new RangeError("unimplemented");
  return found;
}

/** Only undefined is refused: what is no number becomes one, as in C. @throws Error, RangeError */
export function portOf(port: unknown): number {
  if (port === undefined) throw new Error("invalid");
  const number = Math.trunc(Number(port)) || 0;
  if (number < 0 || number > 65_535) throw new RangeError("invalid port");
  return number;
}

/** What `inet_aton` makes of a text with four parts; names and IPv6 are refused. @throws Error */
export function addressOf(address: unknown): string {
  const text = String(address);
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(text)) throw new Error("invalid address");
  return text;
}

/** The use of an object that was closed. */
export function closedError(): SyntaxError {
  return new SyntaxError("C: xsGetHostData: invalid host data");
}

/**
 * TCP's `read`, the same on all platforms.
 *
 * @param take removes that many bytes from what has come
 * @throws Error if more is asked for than is there
 */
export function readBytes(
  available: number,
  format: Format,
  what: number | ByteBuffer | undefined,
  take: (target: Uint8Array) => void,
): ArrayBuffer | number | undefined {
  if (available === 0) return undefined;
  if (format === "number") {
    const byte = new Uint8Array(1);
    take(byte);
    return byte[0];
  }
  if (typeof what === "object") {
    const target = bytesOf(what);
    checkLength(target.length, available);
    take(target);
    return target.length;
  }
  const length = what ?? available;
  checkLength(length, available);
  const result = new ArrayBuffer(length);
  take(new Uint8Array(result));
  return result;
}

function checkLength(length: number, available: number): void {
  if (length <= 0 || length > available) throw new Error("invalid");
}
