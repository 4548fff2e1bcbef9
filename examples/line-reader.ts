import { NetworkError } from "wirelet/error";
import { decodeUtf8, type TcpSocket, type WaitOptions } from "wirelet/socket";

/** Longer lines are refused: the peer decides how long they are, and a device has little memory. */
export const MAX_LINE = 1024;

const NEWLINE = 10;

/** Lines of text out of a TCP connection, which knows of none: its bytes come in pieces of any size. */
export class LineReader {
  readonly #socket: TcpSocket;
  /** What has come of lines that nobody has read. */
  #bytes = new Uint8Array(0);

  constructor(socket: TcpSocket) {
    this.#socket = socket;
  }

  /**
   * The next line without its end; undefined when the peer has ended. A last line that is not ended is left out.
   * @throws NetworkError EMSGSIZE for a line of more than 1024 bytes, and as `recv`
   */
  async read(wait: WaitOptions): Promise<string | undefined> {
    for (;;) {
      const end = this.#bytes.indexOf(NEWLINE);
      if (end >= 0) {
        const line = this.#bytes.subarray(0, end);
        this.#bytes = this.#bytes.subarray(end + 1);
        // UTF-8 has no newline inside of another character, so a whole line is whole characters.
        return decodeUtf8(line, "lossy");
      }
      const room = MAX_LINE - this.#bytes.length;
      if (room <= 0)
        throw new NetworkError("EMSGSIZE", "read line from", this.#socket.remoteAddress?.toString());
      const more = await this.#socket.recv(room, wait);
      if (more.length === 0) return undefined;
      this.#append(more);
    }
  }

  #append(more: Uint8Array): void {
    const bytes = new Uint8Array(this.#bytes.length + more.length);
    bytes.set(this.#bytes);
    bytes.set(more, this.#bytes.length);
    this.#bytes = bytes;
  }
}
