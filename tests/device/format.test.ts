import { expect, it } from "@jest/globals";
import { escapeHtml, formatBytes, formatDuration, formatWait } from "../../src/device/format.js";

it.each([
  [0, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [3599, "59 min 59 s"],
  [3600, "1 h"],
  [86_399, "23 h 59 min"],
  [86_400, "1 d"],
  [90_000, "1 d 1 h"],
  [31_536_000, "365 d"],
])("%i seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

it("says how long to wait", () => {
  expect([0, 90].map(formatWait)).toEqual(["now", "in 1 min 30 s"]);
});

it.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1 KiB"],
  [49_152, "48 KiB"],
  [1_048_576, "1.0 MiB"],
  [4_345_298_944, "4.0 GiB"],
])("%i bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it("escapes HTML", () => {
  expect(escapeHtml(`<a b="c" d='e'>&amp;`)).toBe("&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
});
