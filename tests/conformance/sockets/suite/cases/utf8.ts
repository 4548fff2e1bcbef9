import { decodeUtf8, encodeUtf8 } from "wirelet/socket/index";
import { equal, throws } from "../assert.js";
import { ascii } from "../bytes.js";
import type { Topic } from "../case.js";

/** Text of one to four bytes a character, and its bytes. */
const TEXTS: readonly (readonly [string, readonly number[]])[] = [
  ["", []],
  ["plain", [0x70, 0x6c, 0x61, 0x69, 0x6e]],
  ["\0", [0x00]],
  ["\u007f\u0080", [0x7f, 0xc2, 0x80]],
  ["\u00e4\u07ff", [0xc3, 0xa4, 0xdf, 0xbf]],
  ["\u0800\u20ac\uffff", [0xe0, 0xa0, 0x80, 0xe2, 0x82, 0xac, 0xef, 0xbf, 0xbf]],
  ["\u{10000}\u{1f600}\u{10ffff}", [0xf0, 0x90, 0x80, 0x80, 0xf0, 0x9f, 0x98, 0x80, 0xf4, 0x8f, 0xbf, 0xbf]],
];

/** What is no UTF-8, and what is left of it when each maximal part is replaced (Unicode 15 §3.9). */
const MALFORMED: readonly (readonly [readonly number[], string])[] = [
  [[0x61, 0x80, 0x62], "a\ufffdb"],
  [[0x61, 0xff, 0x62], "a\ufffdb"],
  [[0xc3], "\ufffd"],
  [[0xe2, 0x82], "\ufffd"],
  [[0xf0, 0x9f, 0x98], "\ufffd"],
  [[0xe2, 0x82, 0x61], "\ufffda"],
  // Longer than it need be, a surrogate, beyond U+10FFFF.
  [[0xc0, 0x80], "\ufffd\ufffd"],
  [[0xe0, 0x80, 0x80], "\ufffd\ufffd\ufffd"],
  [[0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
  [[0xf4, 0x90, 0x80, 0x80], "\ufffd\ufffd\ufffd\ufffd"],
];

/** What comes with the sockets, since XS has no TextEncoder. */
export const utf8: Topic = {
  name: "UTF-8",
  cases: [
    {
      name: "text becomes bytes",
      run() {
        for (const [text, bytes] of TEXTS) equal(encodeUtf8(text), bytes, JSON.stringify(text));
      },
    },
    {
      name: "bytes become text, strictly or not",
      run() {
        for (const [text, bytes] of TEXTS) {
          equal(decodeUtf8(Uint8Array.from(bytes), "strict"), text, "strictly");
          equal(decodeUtf8(Uint8Array.from(bytes), "lossy"), text, "with replacements");
        }
      },
    },
    {
      name: "what is no UTF-8 is refused strictly, with EINVAL",
      run() {
        for (const [bytes] of MALFORMED) {
          throws("EINVAL", () => decodeUtf8(Uint8Array.from(bytes), "strict"), `decoding ${bytes.join(" ")}`);
        }
      },
    },
    {
      name: "what is no UTF-8 is replaced otherwise, each part once",
      run() {
        for (const [bytes, text] of MALFORMED) {
          equal(decodeUtf8(Uint8Array.from(bytes), "lossy"), text, `decoding ${bytes.join(" ")}`);
        }
      },
    },
    {
      name: "half a surrogate pair is encoded as U+FFFD",
      run() {
        equal(encodeUtf8("a\ud800b"), [0x61, 0xef, 0xbf, 0xbd, 0x62], "the bytes");
      },
    },
    {
      name: "long text is the same after both",
      run() {
        const text = "Gr\u00fc\u00dfe \u20ac \u{1f600} ".repeat(500);
        equal(decodeUtf8(encodeUtf8(text), "strict"), text, "the text");
        const plain = "plain ".repeat(500);
        equal(encodeUtf8(plain), ascii(plain), "its bytes");
      },
    },
  ],
};
