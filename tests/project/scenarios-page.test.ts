import { describe, expect, it } from "@jest/globals";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { readScenario, shippedScenarios } from "../../simulator/index.js";

const FOLDER = path.resolve(__dirname, "../../docs/scenarios");
const page = readFileSync(path.join(FOLDER, "README.md"), "utf8");

describe("docs/scenarios", () => {
  it("has a page for each scenario, and no other, each in the list", () => {
    const pages = readdirSync(FOLDER).filter((file) => file !== "README.md");
    expect(pages.sort()).toEqual(shippedScenarios().map((name) => `${name}.md`));
    for (const name of pages) expect(page).toContain(`(${name})`);
  });

  it("shows a file that does what it expects", async () => {
    const [, rest = ""] = page.split("## A file of your own\n\n");
    const lines = rest.split("\n");
    const text = lines.slice(0, lines.indexOf("")).map((line) => line.slice(4));
    const { outcomes, isMet } = await readScenario(text.join("\n")).run();
    expect(outcomes).toHaveLength(2);
    expect(isMet).toBe(true);
  });
});

describe("the learner's tour", () => {
  it.each(["../tour.md", "../ru/tour.md"])("%s links only to what is there", (name) => {
    const file = path.join(FOLDER, name);
    const links = [...readFileSync(file, "utf8").matchAll(/\]\((?!http)([^)#]+)/g)].map(([, link]) => link!);
    expect(links).not.toEqual([]);
    for (const link of links)
      expect([link, existsSync(path.resolve(path.dirname(file), link))]).toEqual([link, true]);
  });
});
