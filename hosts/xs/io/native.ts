/** Bytes as a caller may pass them: `ByteBuffer` of `src/host`, which the simulator's doubles are not to import by its name here. */
type ByteBuffer = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/**
 * Moddable's own ECMA-419 classes as they behave, which is not all that the SDK's typings say: there `Listener` has no
 * `close`, and `TCP.write` returns nothing. What is said of them here and in the files beside was read from, and
 * measured on, SDK 8.2.3.
 */
export interface NativeTcpOptions {
  readonly from?: NativeTcp;
  readonly address?: string;
  readonly port?: number;
  readonly nodelay?: boolean;
  readonly onReadable?: (this: NativeTcp, bytes: number) => void;
  readonly onWritable?: (this: NativeTcp, bytes: number) => void;
  readonly onError?: (this: NativeTcp) => void;
  readonly target?: unknown;
}

export interface NativeTcp {
  readonly target?: unknown;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  /** All there is, undefined if there is nothing. */
  read(): ArrayBuffer | undefined;
  /** So many bytes, or as many as the buffer holds. @throws if fewer are there */
  read(what: number | ByteBuffer): ArrayBuffer | number | undefined;
  /** @returns the room left; undefined if the connection is broken */
  write(data: Uint8Array): number | undefined;
  close(): void;
}

export interface NativeListener {
  readonly target?: unknown;
  readonly port: number;
  /** To be called only while one waits. */
  read(): NativeTcp | undefined;
  close(): void;
}

export interface NativeListenerOptions {
  readonly port: number;
  /** `count` is how many wait, not how many came. */
  readonly onReadable: (this: NativeListener, count: number) => void;
  readonly target: unknown;
}

export interface NativeUdp {
  readonly target?: unknown;
  read(): (ArrayBuffer & { address: string; port: number }) | undefined;
  write(data: Uint8Array, address: string, port: number): void;
  /** Absent on the Linux simulator. */
  add?(group: string): void;
  remove?(group: string): void;
  close(): void;
}

export interface NativeUdpOptions {
  /** 0 picks one. */
  readonly port: number;
  /** Of all that is sent. The option `multicast` of ECMA-419's earlier editions is ignored. */
  readonly timeToLive?: number;
  readonly onReadable: (this: NativeUdp, count: number) => void;
  readonly target: unknown;
}

/** lwIP's sockets, or those of a desktop system in the SDK's simulator. */
export type Platform = "esp32" | "desktop";

/** Moddable's classes: `embedded:io/socket/tcp`, `listener` and `udp`. */
export interface NativeIo {
  readonly TCP: new (options: NativeTcpOptions) => NativeTcp;
  readonly Listener: new (options: NativeListenerOptions) => NativeListener;
  readonly UDP: new (options: NativeUdpOptions) => NativeUdp;
}
