import { expect, it } from "@jest/globals";
import { Pattern } from "../../src/host/index.js";

it("a pattern compiles its regular expression once, when it is first used", () => {
  let compiled = 0;
  const digit = new Pattern(() => {
    compiled++;
    return /[0-9]/;
  });
  expect(compiled).toBe(0);
  expect(digit.regexp.test("a1")).toBe(true);
  expect(digit.regexp.test("ab")).toBe(false);
  expect(compiled).toBe(1);
  expect(digit.regexp).toBe(digit.regexp);
});
