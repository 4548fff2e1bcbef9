import { Pattern } from "./pattern.js";
import { NetworkError } from "../error/index.js";
import type { ByteBuffer } from "./io.js";
import { bytesOf } from "./tcp-bytes.js";

/**
 * Turns text into UTF-8. Most hosts have a native one that can be passed in; measured on XS, the one below takes
 * 28 instructions a character.
 */
export type EncodeUtf8 = (text: string) => Uint8Array;

/**
 * Characters at a time: where XS looks for one from the start of the string, a long loop would cost the square of its
 * length, and each argument of a call takes a slot of its stack, which has a few hundred.
 */
const PIECE = 64;

/** U+FFFD stands for what is no character. */
const REPLACEMENT = 0xfffd;

const BEYOND_ASCII = new Pattern(() => /[\u{80}-\u{10ffff}]/u);

/** Encodes text as UTF-8. A lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  if (BEYOND_ASCII.regexp.test(text)) return encodeBeyondAscii(text);
  // eslint-disable-next-line rooms/no-string-length -- of ASCII it is the number of bytes
  const length = text.length;
  const bytes = new Uint8Array(length);
  for (let start = 0; start < length; start += PIECE) {
    const piece = text.slice(start, start + PIECE);
    const count = Math.min(PIECE, length - start);
    for (let index = 0; index < count; index++) bytes[start + index] = piece.charCodeAt(index);
  }
  return bytes;
}

function encodeBeyondAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  let at = 0;
  // Iterating a string goes by code points on every engine.
  for (const character of text) {
    const point = codePoint(character);
    if (point < 0x80) bytes[at++] = point;
    else {
      if (point < 0x800) bytes[at++] = 0xc0 | (point >> 6);
      else {
        if (point < 0x10000) bytes[at++] = 0xe0 | (point >> 12);
        else {
          bytes[at++] = 0xf0 | (point >> 18);
          bytes[at++] = continuation(point >> 12);
        }
        bytes[at++] = continuation(point >> 6);
      }
      bytes[at++] = continuation(point);
    }
  }
  return bytes;
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) length += lengthOf(codePoint(character));
  return length;
}

function codePoint(character: string): number {
  const point = character.codePointAt(0)!;
  return point >= 0xd800 && point < 0xe000 ? REPLACEMENT : point;
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

/**
 * Decodes UTF-8. A byte order mark is a character like others.
 *
 * @param mode "strict" refuses what is not UTF-8: overlong forms, surrogates, what lies beyond U+10FFFF, characters that
 * are cut off. "lossy" puts U+FFFD in place of each, as the web does (WHATWG Encoding §4.9 and Unicode §3.9, maximal subparts).
 * @throws NetworkError EINVAL in strict mode
 */
export function decodeUtf8(data: ByteBuffer, mode: "strict" | "lossy" = "strict"): string {
  const bytes = bytesOf(data);
  const pieces: string[] = [];
  let points: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const point = pointAt(bytes, at);
    if (point >= 0) at += lengthOf(point);
    else if (mode === "lossy") at -= point;
    else throw new NetworkError("EINVAL", "decode UTF-8", undefined, `byte ${at} begins no character`);
    points.push(point < 0 ? REPLACEMENT : point);
    if (points.length === PIECE) {
      pieces.push(String.fromCodePoint(...points));
      points = [];
    }
  }
  pieces.push(String.fromCodePoint(...points));
  return pieces.join("");
}

/** The code point that begins at `at`; if there is none, how many bytes look like the beginning of one, negative. */
function pointAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return first;
  // Unicode §3.9, table 3-7: shorter forms of the same, surrogates and more than U+10FFFF show in the first two bytes.
  if (first < 0xc2 || first > 0xf4) return -1;
  const following = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  let lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  let highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  let point = first & (0x3f >> following);
  for (let count = 1; count <= following; count++) {
    const next = bytes[at + count];
    if (next === undefined || next < lowest || next > highest) return -count;
    point = (point << 6) | (next & 0x3f);
    lowest = 0x80;
    highest = 0xbf;
  }
  return point;
}

function lengthOf(point: number): number {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/** @param utf8 the same text, encoded */
export function isAscii(text: string, utf8: Uint8Array): boolean {
  // eslint-disable-next-line rooms/no-string-length -- all other characters have more bytes than code units
  return utf8.length === text.length;
}
