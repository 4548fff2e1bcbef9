import type { NetworkError } from "wirelet/error/index";
import {
  bytesOf,
  type ByteBuffer,
  type Io,
  type Tcp,
  type TcpOptions,
  type TcpWriteOptions,
} from "wirelet/host/index";
import { Records } from "./records.js";

/** What becomes of a TCP that carries TLS. */
export interface CarrierUser {
  /** The TCP, which is made by TLS. */
  carrier: Carrier | undefined;
  /** True while TLS is asked for what it has read. */
  readonly isTaking: boolean;
  /** Lets TLS do something, which throws where it does not go on. */
  attempt(action: () => void): void;
  /** The TCP has ended, or failed. */
  carrierOver(error: NetworkError | undefined): void;
}

export interface Carrier extends Tcp {
  /** Whether all that is sent and all that comes is encrypted. */
  readonly isEncrypted: boolean;
  /** Lets TLS look at what has come, if something has. */
  poke(): void;
}

/**
 * The class of the TCP that the SDK's TLS is given; its `target` is the user. It keeps what TLS would lose: why the TCP has failed,
 * and what TLS itself throws in a callback, where nobody would catch it.
 */
export function carrierOver(io: Pick<Io, "TCP">): new (options: TcpOptions) => Carrier {
  return class extends io.TCP implements Carrier {
    readonly #user: CarrierUser;
    readonly #onReadable: ((bytes: number) => void) | undefined;
    readonly #sent = new Records();
    readonly #came = new Records();
    #readable = 0;

    constructor(options: TcpOptions) {
      const user = options.target as CarrierUser;
      const { onReadable, onWritable } = options;
      super({
        ...options,
        noDelay: true,
        onReadable(bytes) {
          user.attempt(() => onReadable?.call(this, bytes));
        },
        onWritable(room) {
          user.attempt(() => onWritable?.call(this, room));
        },
        onEnd: () => user.carrierOver(undefined),
        onError: (error) => user.carrierOver(error as NetworkError | undefined),
      });
      this.#user = user;
      this.#onReadable = onReadable?.bind(this);
      user.carrier = this;
    }

    get isEncrypted(): boolean {
      return this.#sent.isEncrypted && this.#came.isEncrypted;
    }

    /**
     * Bytes that can be read, as TLS counts them in this property. None while TLS is asked for what it has: it would look
     * for more in a timer of its own, where nobody would catch what it throws.
     */
    get readable(): number {
      return this.#user.isTaking ? 0 : this.#readable;
    }

    set readable(bytes: number) {
      this.#readable = bytes;
    }

    poke(): void {
      if (this.#readable > 0) this.#user.attempt(() => this.#onReadable?.(this.#readable));
    }

    override read(): ArrayBuffer | number | undefined;
    override read(buffer: ByteBuffer | number): number | undefined;
    override read(what?: ByteBuffer | number): ArrayBuffer | number | undefined {
      if (what === undefined || typeof what === "number") return super.read();
      const length = super.read(what);
      this.#came.pass(bytesOf(what).subarray(0, length));
      // TLS would wait for all of a record that never comes.
      if (this.#came.isForeign) throw new Error("the peer speaks something else");
      return length;
    }

    override write(data: ByteBuffer | number, options?: TcpWriteOptions): number {
      if (typeof data !== "number") this.#sent.pass(bytesOf(data));
      return super.write(data, options);
    }
  };
}
