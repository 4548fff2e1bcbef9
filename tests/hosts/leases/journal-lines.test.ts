import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { JOURNAL_HEADER, formatJournalLine, parseJournal } from "../../../hosts/node/leases/journal-lines.js";

const HEADER = `${JOURNAL_HEADER}\n`;
const TEXTS = ["one", "", '{"name":"Küche"}', "four"];
const JOURNAL = HEADER + TEXTS.map(formatJournalLine).join("");

/** Texts of a line each. */
const anyTexts = fc.array(fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\n")));

function textsOf(content: string): string[] {
  return parseJournal(content).entries.map(({ text }) => text);
}

describe("a journal's lines", () => {
  it("begin with 32 bits of their SHA-256", () => {
    // printf one | sha256sum
    expect(formatJournalLine("one")).toBe("7692c3ad one\n");
  });

  it("are read as they were written", () => {
    fc.assert(
      fc.property(anyTexts, (texts) => {
        const journal = parseJournal(HEADER + texts.map(formatJournalLine).join(""));
        const entries = texts.map((text, index) => ({ line: index + 2, text }));
        expect(journal).toEqual({ entries, faults: [], isWhole: true });
      }),
    );
  });

  it("are read up to where the file was cut off, wherever that is", () => {
    const bytes = Buffer.from(JOURNAL);
    for (let length = 0; length < bytes.length; length++) {
      const content = bytes.subarray(0, length).toString();
      const whole = content.split("\n").length - 1;
      // A line that lacks nothing but its end is as good as any.
      const isTorn = !JOURNAL.startsWith(`${content}\n`) && !content.endsWith("\n") && content !== "";
      const { entries, faults, isWhole } = parseJournal(content);
      const isComplete = whole > 0 && !isTorn && !content.endsWith("\n");
      expect(entries).toHaveLength(Math.max(0, whole - 1) + (isComplete ? 1 : 0));
      expect(faults).toEqual(isTorn ? [{ line: whole + 1, reason: "torn" }] : []);
      expect(isWhole).toBe(content.endsWith("\n"));
    }
  });

  it("are all read but the one that was changed, whatever byte of it", () => {
    const bytes = Buffer.from(JOURNAL);
    for (let at = HEADER.length; at < bytes.length; at++) {
      for (const flip of [1, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        const lineBreaks = [...bytes.subarray(0, at)].filter((byte) => byte === 0x0a).length;
        // Without its end a line runs into the next.
        const lost = bytes[at] === 0x0a ? [lineBreaks, lineBreaks + 1] : [lineBreaks];
        const left = TEXTS.filter((_, index) => !lost.includes(index + 1));
        expect(textsOf(changed.toString())).toEqual(left);
      }
    }
  });

  it("are numbered from 1, the header included, and what is wrong with each is said", () => {
    const [one = "", two = "", three = ""] = ["one", "two", "three"].map(formatJournalLine);
    expect(parseJournal(`${HEADER}${one}#${two}${three}torn`)).toEqual({
      entries: [
        { line: 2, text: "one" },
        { line: 4, text: "three" },
      ],
      faults: [
        { line: 3, reason: "damaged" },
        { line: 5, reason: "torn" },
      ],
      isWhole: false,
    });
    expect(parseJournal(`no header\n${one}`)).toEqual({
      entries: [{ line: 2, text: "one" }],
      faults: [{ line: 1, reason: "damaged" }],
      isWhole: false,
    });
  });

  it("are never made up from something else", () => {
    fc.assert(fc.property(fc.string(), (content) => expect(parseJournal(content).entries).toEqual([])));
  });
});
