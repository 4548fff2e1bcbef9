/** A record's header: its type, a version, and its length in two bytes (RFC 5246 §6.2.1). */
const HEADER = 5;

const CHANGE_CIPHER_SPEC = 20;
const APPLICATION_DATA = 23;

/** Follows the records in one direction of a connection, as far as they can be read without keys. */
export class Records {
  /** Whether all that follows is encrypted: its sender has said so. */
  isEncrypted = false;
  /** Something else was met than a record. */
  isForeign = false;
  #headerLength = 0;
  #type = 0;
  /** Bytes of the record's content that are still to come. */
  #left = 0;

  /** Bytes have passed. */
  pass(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.isEncrypted;) {
      if (this.#headerLength < HEADER) {
        const byte = bytes[at++]!;
        if (this.#headerLength === 0) {
          this.#type = byte;
          this.isForeign ||= byte < CHANGE_CIPHER_SPEC || byte > APPLICATION_DATA;
        }
        this.#left = ((this.#left << 8) | byte) & 0xffff;
        if (++this.#headerLength < HEADER) continue;
        this.isEncrypted = this.#type === CHANGE_CIPHER_SPEC;
      } else {
        const skipped = Math.min(this.#left, bytes.length - at);
        at += skipped;
        this.#left -= skipped;
      }
      if (this.#left === 0) this.#headerLength = 0;
    }
  }
}
