import { NetworkError } from "../../error/index.js";
import { encodeUtf8, type Random } from "../../host/index.js";
import { hasControl } from "../message/fields.js";
import type { BodySource } from "../message/body-stream.js";

/** A field of a form to be sent. */
export interface FormPart {
  readonly name: string;
  /** Text is sent as UTF-8. Bytes must not change until they are sent; a source is read once. */
  readonly value: string | Uint8Array | BodySource;
  /** Makes it a file. */
  readonly fileName?: string;
  /** Of a file: application/octet-stream if absent. */
  readonly contentType?: string;
}

type Piece = Uint8Array | BodySource;

/**
 * A form as multipart/form-data (RFC 7578), written as it is read: what a source holds is never in memory as a whole.
 *
 * @example
 * const body = new MultipartBody([
 *   { name: "comment", value: "from the attic" },
 *   { name: "log", value: file, fileName: "log.txt", contentType: "text/plain" },
 * ], random);
 * await client.request(url, { method: "POST", headers: { "Content-Type": body.contentType }, body });
 */
export class MultipartBody implements BodySource {
  readonly contentType: string;
  /** Bytes of the whole; undefined if a source does not know its own. */
  readonly length: number | undefined;
  readonly #pieces: readonly Piece[];
  #index = 0;
  /** Bytes of the current piece that were read. */
  #offset = 0;

  /**
   * @param random makes the boundary: 128 bits, which no content has in it by chance
   * @throws NetworkError EINVAL if a content type has control characters
   */
  constructor(parts: readonly FormPart[], random: Random) {
    let boundary = "form-";
    for (let count = 0; count < 4; count++) boundary += random.uint32().toString(16).padStart(8, "0");
    this.contentType = `multipart/form-data; boundary=${boundary}`;
    const pieces: Piece[] = [];
    for (const part of parts) {
      pieces.push(encodeUtf8(`--${boundary}\r\n${headOf(part)}\r\n`));
      pieces.push(typeof part.value === "string" ? encodeUtf8(part.value) : part.value);
      pieces.push(encodeUtf8("\r\n"));
    }
    pieces.push(encodeUtf8(`--${boundary}--\r\n`));
    this.#pieces = pieces;
    this.length = totalLength(pieces);
  }

  read(buffer: Uint8Array): number {
    let count = 0;
    while (count < buffer.length && this.#index < this.#pieces.length) {
      const read = this.readPiece(this.#pieces[this.#index]!, buffer.subarray(count));
      count += read;
      if (read > 0) continue;
      this.#index++;
      this.#offset = 0;
    }
    return count;
  }

  close(): void {
    for (const piece of this.#pieces) if (!(piece instanceof Uint8Array)) piece.close?.();
  }

  private readPiece(piece: Piece, buffer: Uint8Array): number {
    if (!(piece instanceof Uint8Array)) return piece.read(buffer);
    const bytes = piece.subarray(this.#offset, this.#offset + buffer.length);
    buffer.set(bytes);
    this.#offset += bytes.length;
    return bytes.length;
  }
}

function headOf({ name, fileName, contentType }: FormPart): string {
  const file = fileName === undefined ? "" : `; filename="${escapeName(fileName)}"`;
  if (contentType !== undefined && hasControl(contentType))
    throw new NetworkError("EINVAL", "write form", name, "control character in the content type");
  const type = contentType ?? (fileName === undefined ? undefined : "application/octet-stream");
  const field = type === undefined ? "" : `Content-Type: ${type}\r\n`;
  return `Content-Disposition: form-data; name="${escapeName(name)}"${file}\r\n${field}`;
}

/** As browsers write names (WHATWG HTML §4.10.21.8): nothing can end the quoted string or the line. */
function escapeName(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function totalLength(pieces: readonly Piece[]): number | undefined {
  let total = 0;
  for (const { length } of pieces) {
    if (length === undefined) return undefined;
    total += length;
  }
  return total;
}
