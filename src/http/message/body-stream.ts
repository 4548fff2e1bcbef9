import type { NetworkError } from "../../error/index.js";
import type { Fields } from "./fields.js";

/** Takes the body of a message as it arrives. */
export interface BodyReader {
  /** @param bytes borrowed: they may change when it returns */
  onData(bytes: Uint8Array): void;
  /** All of it has come. @param trailers what stood behind the last chunk; undefined if there was nothing */
  onEnd(trailers?: Fields): void;
  /** The peer has gone, or has broken the rules, before the end; `onEnd` will not be called. */
  onError?(error: NetworkError): void;
}

/** Gives the body of a message piece by piece, as the socket has room. */
export interface BodySource {
  /** Bytes of the whole, if that is known: becomes Content-Length. */
  readonly length?: number | undefined;
  /** Fills `buffer` as far as it likes. @returns how many bytes; 0: the end */
  read(buffer: Uint8Array): number;
  /** Called once, when all was read or nothing more is wanted. */
  close?(): void;
}
