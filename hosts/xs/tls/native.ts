import type { ByteBuffer, Tcp, TcpOptions } from "wirelet/host/index";

/**
 * The SDK's TLS as it behaves: TLS 1.2, servers' keys RSA only, one record of at most 16 KiB at a time. What is said of it here and in
 * the files beside was read from, and measured on, SDK 8.2.3.
 */
export interface NativeTlsOptions {
  /** What the certificate must be for. */
  readonly host: string;
  readonly secure: {
    readonly applicationLayerProtocolNegotiation?: readonly string[];
    /** An authority to trust, in DER, besides those among the app's resources. */
    readonly certificate?: Uint8Array;
    /** False takes any certificate. */
    readonly verify?: boolean;
  };
  /** The class of the TCP underneath, which is made with these options and callbacks of TLS's own. */
  readonly TCP: { readonly io: new (options: TcpOptions) => Tcp };
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly from?: Tcp | undefined;
  readonly target: unknown;
  /** Called without `this`, as are the others. */
  readonly onReadable: (bytes: number) => void;
  /** The handshake is done, or room came free. */
  readonly onWritable: (room: number) => void;
  /** TLS has come to its end (close_notify), or the TCP's onError was called. */
  readonly onError: () => void;
}

export interface NativeTls {
  /** What is left of the record that has come, undefined if none has; the next is looked at later. */
  read(): ArrayBuffer | undefined;
  /** @returns the room left, for a record whose overhead is 32 bytes */
  write(data: ByteBuffer): number;
  /** Closes the TCP, without close_notify. */
  close(): void;
}

/** `embedded:io/socket/tcp/tls`. */
export type NativeTlsClass = new (options: NativeTlsOptions) => NativeTls;
