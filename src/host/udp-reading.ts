import { NetworkError } from "../error/index.js";
import type { ByteBuffer, Datagram } from "./io.js";
import { bytesOf } from "./tcp-bytes.js";

/** Bytes of the longest datagram: what fits into an IPv4 packet behind its header and UDP's. */
export const MAX_DATAGRAM = 65_507;

/**
 * ECMA-419's `UDP.read` of one datagram, the same for every provider: what the bytes are in also says where they came from.
 *
 * @param data the bytes, in an ArrayBuffer of their own
 * @returns without a buffer the datagram, with one how many bytes were put into it
 * @throws NetworkError EMSGSIZE if they do not fit
 */
export function readDatagram(
  data: ArrayBuffer,
  address: string,
  port: number,
  buffer: ByteBuffer | undefined,
): Datagram | number {
  if (buffer === undefined) return Object.assign(data, { address, port });
  const target = bytesOf(buffer);
  if (data.byteLength > target.length) {
    const detail = `${data.byteLength} bytes do not fit into ${target.length}`;
    throw new NetworkError("EMSGSIZE", "receive UDP", undefined, detail);
  }
  target.set(new Uint8Array(data));
  Object.assign(buffer, { address, port });
  return data.byteLength;
}
