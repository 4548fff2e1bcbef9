import type { Validators } from "./preconditions.js";

/** What a page is sent from: a file, a part of the firmware, bytes in memory. It holds nothing until it is read. */
export interface Resource extends Validators {
  /** In bytes. */
  readonly length: number;
  /** Value of Content-Type. */
  readonly contentType: string;
  /** The same, compressed with gzip, with an entity tag of its own: for clients that accept it. */
  readonly gzip?: Resource | undefined;
  /**
   * Fills `buffer` with the bytes from `position` on, as many as it likes but one at least.
   *
   * @throws if that can't be done any more, because the file has changed: the response is cut off then
   */
  read(position: number, buffer: Uint8Array): number;
  /** Gives back what reading has taken, if it has taken anything. It is not read any more then. */
  close?(): void;
}

/** Where resources are found. */
export interface ResourceSource {
  /**
   * @param path decoded, without the slash it begins with: "style.css", "img/logo.png"; whatever a client has made up.
   * @returns undefined if there is none, or none that a client may have
   */
  find(path: string): Resource | undefined;
}
