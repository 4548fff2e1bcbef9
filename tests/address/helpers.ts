import { expect } from "@jest/globals";
import fc from "fast-check";
import type { IpAddress } from "../../src/address/index.js";
import { NetworkError } from "../../src/error/index.js";

/** The message with which `parse` refuses `text`; fails if it accepts it or throws anything but EINVAL. */
export function refusal(parse: (text: string) => unknown, text: string): string {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(NetworkError);
    expect((error as NetworkError).code).toBe("EINVAL");
    return (error as NetworkError).message;
  }
  throw new Error(`${JSON.stringify(text)} was accepted`);
}

/** Strings made of what addresses are made of, a little of what they are not, and any others. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF..::::%/[]-"), maxLength: 48 }),
  fc.string({ unit: fc.constantFrom(..."01259afg.:-+ xX\0é٣𝟙"), maxLength: 20 }),
  fc.string({ unit: "binary" }),
);

/** `valid` with one character removed, replaced or added. */
export function nearly(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edit = fc.tuple(valid, fc.nat(), fc.nat(1), fc.constantFrom("", ..."019afg.:%/[]-+ é"));
  return edit.map(([text, position, removed, added]) => {
    const at = position % (text.length + 1);
    return text.slice(0, at) + added + text.slice(at + removed);
  });
}

interface Parser<T> {
  parse(text: string): T;
  tryParse(text: string): T | undefined;
}

/**
 * On any input: `parse` throws nothing but EINVAL, just where `tryParse` gives undefined, and what they accept is
 * printed so that it is read again as the same.
 */
export function expectTotal<T extends { toString(): string }>(
  parser: Parser<T>,
  texts: fc.Arbitrary<string>,
  same: (a: T, b: T) => boolean,
): void {
  fc.assert(
    fc.property(texts, (text) => {
      const value = parser.tryParse(text);
      if (value === undefined) refusal((text) => parser.parse(text), text);
      else {
        expect(same(parser.parse(text), value)).toBe(true);
        expect(same(parser.parse(value.toString()), value)).toBe(true);
      }
    }),
  );
}

/** The names of the classes that claim `address`. */
export function classesOf(address: IpAddress): string[] {
  const flags = {
    unspecified: address.isUnspecified,
    loopback: address.isLoopback,
    private: address.isPrivate,
    "link-local": address.isLinkLocal,
    multicast: address.isMulticast,
    broadcast: address.isBroadcast,
    global: address.isGlobal,
  };
  return Object.entries(flags).flatMap(([name, set]) => (set ? [name] : []));
}

/** An unsigned 32-bit number. */
export const word: fc.Arbitrary<number> = fc.nat(0xffffffff);
