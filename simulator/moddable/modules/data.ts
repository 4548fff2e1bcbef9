import { createHash, type Hash } from "node:crypto";
import { bytesOf, type ByteBuffer } from "../../../src/host/index.js";
import type { NativeClass } from "../engine/expose.js";

// Modules of the SDK that are in C, and that its network modules written in JavaScript import.

/** `text/encoder` */
export const textEncoder: NativeClass = class TextEncoder {
  encode(text = ""): ArrayBuffer {
    return encode(text);
  }
};

/** `text/decoder` */
export const textDecoder: NativeClass = class TextDecoder {
  readonly #decoder: InstanceType<typeof globalThis.TextDecoder>;

  constructor(label = "utf-8", options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {}) {
    this.#decoder = new globalThis.TextDecoder(label, options);
  }

  decode(data?: ByteBuffer, options: { readonly stream?: boolean } = {}): string {
    return this.#decoder.decode(data === undefined ? undefined : bytesOf(data), {
      stream: options.stream === true,
    });
  }
};

/** `base64` */
export const base64 = Object.freeze({
  encode: (data: ByteBuffer | string) =>
    (typeof data === "string" ? Buffer.from(data) : Buffer.from(bytesOf(data))).toString("base64"),
  decode: (text: string) => bufferOf(Buffer.from(text, "base64")),
});

/** `logical`: operations on a buffer in its place, with a byte or with the bytes of another, again and again. */
export const logical = Object.freeze({
  not: (target: ByteBuffer) => combine(target, 0xff, (one, other) => one ^ other),
  xor: (target: ByteBuffer, source: ByteBuffer | number) =>
    combine(target, source, (one, other) => one ^ other),
  and: (target: ByteBuffer, source: ByteBuffer | number) =>
    combine(target, source, (one, other) => one & other),
  or: (target: ByteBuffer, source: ByteBuffer | number) =>
    combine(target, source, (one, other) => one | other),
});

/** `Digest` of `crypt` */
export const digest: NativeClass = class Digest {
  readonly #hash: Hash;

  constructor(type: string) {
    this.#hash = createHash(type.toLowerCase());
  }

  write(data: ByteBuffer | string): void {
    this.#hash.update(typeof data === "string" ? data : bytesOf(data));
  }

  close(): ArrayBuffer {
    return bufferOf(this.#hash.digest());
  }
};

function combine(
  target: ByteBuffer,
  source: ByteBuffer | number,
  operation: (one: number, other: number) => number,
): void {
  const bytes = bytesOf(target);
  const others = typeof source === "number" ? Uint8Array.of(source) : bytesOf(source);
  for (const [index, byte] of bytes.entries())
    bytes[index] = operation(byte, others[index % others.length] ?? 0);
}

function encode(text: string): ArrayBuffer {
  return bufferOf(new globalThis.TextEncoder().encode(String(text)));
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
