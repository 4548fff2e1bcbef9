/** What the sender of a message could make grow: bytes of its head, field lines, bytes of its body. */
export interface MessageLimits {
  readonly head: number;
  readonly fields: number;
  readonly body: number;
}

/** The same of a request. */
export interface RequestLimits extends MessageLimits {
  readonly requestLine: number;
}

/** Bytes of a request line. RFC 9112 §3 recommends 8,000 at least for a general server; a device's paths are short. */
export const MAX_REQUEST_LINE = 2048;

/** Bytes of a whole head: ordinary browsers with a few cookies send 2 to 4 KiB, and 431 for those is a known complaint. */
export const MAX_HEAD = 8192;

/** Field lines of a head, as many as Apache takes. Browsers send about 15, and more cost nothing but their bytes here. */
export const MAX_FIELDS = 100;

/** Bytes of a request body: it is held in memory, and a device has about 70 KB in all. */
export const MAX_BODY = 8192;

/** Bytes of a chunk-size line with its extensions, which nobody uses (RFC 9112 §7.1.1). */
export const MAX_CHUNK_LINE = 256;

/** The same of all chunks together: one-byte chunks with an extension each would make a server read 200 times what it counts. */
export const MAX_CHUNK_EXTENSIONS = 4096;

/** Bytes of a trailer section. */
export const MAX_TRAILER = 1024;
