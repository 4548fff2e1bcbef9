import type { NativeTls, NativeTlsOptions } from "../../../../hosts/xs/tls/native.js";
import { bytesOf, type ByteBuffer, type Tcp, type Timers } from "../../../../src/host/index.js";

/** Types of records. */
export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const DATA = 23;

export const CLOSE_NOTIFY = Uint8Array.of(1, 0);

/** What a record has besides its content. */
const MAC = 24;
const MAX_CONTENT = 16_384;

/** A record, with a header as TLS has it. */
export function record(type: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === "string" ? Buffer.from(content, "latin1") : content;
  return Buffer.concat([Uint8Array.of(type, 3, 3, bytes.length >> 8, bytes.length & 0xff), bytes]);
}

interface Counted extends Tcp {
  readable: number;
  writable: number;
}

/**
 * The SDK's class of TLS as it behaves towards those above and below it, read from and measured on SDK 8.2.3. The handshake is:
 * "hello NAME", "certificate NAME", then both say that they encrypt, and "finished". Nothing is encrypted.
 */
export function fakeTls(timers: Timers): new (options: NativeTlsOptions) => NativeTls {
  return class FakeTls implements NativeTls {
    readonly #options: NativeTlsOptions;
    readonly #socket: Counted;
    #isGreeted = false;
    #isReady = false;
    #packet = new Uint8Array(0);
    #data: Uint8Array | undefined;

    constructor(options: NativeTlsOptions) {
      if (options.secure.certificate?.length === 0) throw new Error("date validation failed");
      this.#options = options;
      const callbacks = {
        onReadable: (count: number) => this.#onReadable(count),
        onWritable: (room: number) => this.#onWritable(room),
        onError: () => options.onError(),
      };
      this.#socket = new options.TCP.io({ ...(options as object), ...callbacks }) as Counted;
      this.#socket.readable = this.#socket.writable = 0;
    }

    close(): void {
      this.#socket.close();
    }

    read(): ArrayBuffer | undefined {
      const data = this.#data;
      if (data === undefined) return undefined;
      this.#data = undefined;
      // Whatever is thrown in it ends the app.
      if (this.#socket.readable > 0) timers.set(() => this.#onReadable(this.#socket.readable), 0);
      return new Uint8Array(data).buffer;
    }

    write(content: ByteBuffer): number {
      const bytes = bytesOf(content);
      if (bytes.length > MAX_CONTENT) throw new Error("too large");
      this.#send(DATA, Buffer.concat([bytes, new Uint8Array(MAC)]));
      return Math.max(0, this.#socket.writable - 32);
    }

    #send(type: number, content: Uint8Array | string): void {
      this.#socket.writable = this.#socket.write(record(type, content));
    }

    #onWritable(room: number): void {
      this.#socket.writable = room;
      if (this.#isReady) {
        if (room > 96) this.#options.onWritable(room - 96);
      } else if (!this.#isGreeted) {
        this.#isGreeted = true;
        this.#send(HANDSHAKE, `hello ${this.#options.host}`);
      }
    }

    #onReadable(count: number): void {
      this.#socket.readable = count;
      while (this.#data === undefined && this.#socket.readable > 0 && this.#receive());
    }

    #fill(length: number): boolean {
      const need = Math.min(length - this.#packet.length, this.#socket.readable);
      if (need > 0) {
        const piece = new Uint8Array(need);
        this.#socket.read(piece);
        this.#socket.readable -= need;
        this.#packet = Buffer.concat([this.#packet, piece]);
      }
      return this.#packet.length >= length;
    }

    /** @returns false if more must come */
    #receive(): boolean {
      if (!this.#fill(5)) return false;
      const length = (this.#packet[3]! << 8) | this.#packet[4]!;
      if (!this.#fill(5 + length)) return false;
      const [type, content] = [this.#packet[0], this.#packet.slice(5)];
      this.#packet = new Uint8Array(0);
      if (type === ALERT) this.#onAlert(content[0]!, content[1]!);
      else if (type === HANDSHAKE) this.#onHandshake(Buffer.from(content).toString("latin1"));
      else if (type === DATA) this.#onContent(content);
      return true;
    }

    #onAlert(level: number, description: number): void {
      if (description !== 0) throw new Error(`alert: ${level}, ${description}`);
      if (this.#isReady) this.#options.onError();
      else this.#ready();
    }

    #onHandshake(text: string): void {
      if (text === "finished") {
        this.#ready();
        return;
      }
      const { host, secure } = this.#options;
      if (secure.verify !== false && text !== `certificate ${host}`) throw new Error("certificate: auth err");
      this.#send(CHANGE_CIPHER_SPEC, Uint8Array.of(1));
      this.#send(HANDSHAKE, "finished");
    }

    #ready(): void {
      this.#isReady = true;
      this.#onWritable(this.#socket.writable);
    }

    #onContent(content: Uint8Array): void {
      if (content.length < MAC) throw new Error("auth err");
      this.#data = content.subarray(0, content.length - MAC);
      this.#options.onReadable(this.#data.length);
    }
  };
}

/** A server's record of data. */
export function dataRecord(content: Uint8Array): Uint8Array {
  return record(DATA, Buffer.concat([content, new Uint8Array(MAC)]));
}
