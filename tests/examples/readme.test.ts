import { describe, expect, it } from "@jest/globals";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EXAMPLES } from "../../examples/examples.js";
import { storyOf } from "./support.js";

const FOLDER = join(__dirname, "..", "..", "examples");
const text = readFileSync(join(FOLDER, "README.md"), "utf8");

/** The table's rows: name and file, what it shows, command. */
const rows = [...text.matchAll(/^\| \[([a-z-]+)\]\(([a-z-]+\.ts)\) \| (.+?) \| `(.+?)` \|$/gm)].map(
  ([, name = "", file = "", summary = "", command = ""]) => ({ name, file, summary, command }),
);

describe("the examples' README", () => {
  it("has every example, in the words of --help, and nc", () => {
    const known = Object.entries(EXAMPLES).map(([name, { summary }]) => [name, summary]);
    expect(rows.slice(0, -1).map(({ name, summary }) => [name, summary])).toEqual(known);
    expect(rows[rows.length - 1]!.command).toContain("wirelet -- nc ");
  });

  it("names files that there are, and commands that run them", () => {
    expect(rows.filter(({ file }) => !existsSync(join(FOLDER, file)))).toEqual([]);
    const examples = rows.slice(0, -1);
    expect(examples.filter(({ name, command }) => !command.includes(`wirelet -- run ${name}`))).toEqual([]);
  });

  it("shows what really comes", async () => {
    const shown = /\$ npm run --silent wirelet -- run tcp-echo\n([^]*?)```/.exec(text)?.[1];
    expect(`${(await storyOf("tcp-echo")).join("\n")}\n`).toBe(shown);
  });
});
