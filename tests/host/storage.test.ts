import { describe, expect, it } from "@jest/globals";
import {
  MAX_STORAGE_KEY,
  MAX_STORAGE_VALUE,
  checkStorageKey,
  checkStorageValue,
  isSameValue,
} from "../../src/host/index.js";

describe("what storage takes", () => {
  it("is a key that ESP32's flash takes", () => {
    const longest = "k".repeat(MAX_STORAGE_KEY);
    expect(checkStorageKey(longest)).toBe(longest);
    for (const key of ["", `${longest}k`, "a key", "schlüssel", "\n"])
      expect(() => checkStorageKey(key)).toThrow("EINVAL");
  });

  it("is a value of so many bytes", () => {
    const largest = new Uint8Array(MAX_STORAGE_VALUE);
    expect(checkStorageValue("key", largest)).toBe(largest);
    expect(() => checkStorageValue("key", new Uint8Array(MAX_STORAGE_VALUE + 1))).toThrow("EMSGSIZE");
  });
});

it.each<[number[] | undefined, number[], boolean]>([
  [[], [], true],
  [[1, 2], [1, 2], true],
  [[1, 2], [1, 3], false],
  [[1, 2], [1, 2, 3], false],
  [[1, 2, 3], [1, 2], false],
  [undefined, [], false],
])("%j and %j are the same: %s", (one, other, isSame) => {
  expect(isSameValue(one && Uint8Array.from(one), Uint8Array.from(other))).toBe(isSame);
});
