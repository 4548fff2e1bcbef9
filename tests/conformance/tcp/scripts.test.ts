import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { outcomeOf } from "../packetdrill/support.js";

/** TOPIC/NAME.pkt */
const scripts = readdirSync(__dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(path.join(__dirname, name)).map((file) => `${name}/${file}`))
  .sort();

const textOf = (script: string): string => readFileSync(path.join(__dirname, script), "utf8");

describe("TCP", () => {
  it.each(scripts)("%s", (script) => {
    // Nothing may be sent that a script does not mention: a rule is kept only if nothing else happens.
    expect(outcomeOf(textOf(script), { file: script, settings: { strictPackets: true } })).toBe("passed");
  });
});

describe("the scripts", () => {
  it("are at least a hundred", () => {
    expect(scripts.length).toBeGreaterThanOrEqual(100);
  });

  it("name the section of an RFC first, and what it says", () => {
    const nameless = scripts.filter((script) => !/^\/\/ RFC \d+ §[\d.]+: \S/.test(textOf(script)));
    expect(nameless).toEqual([]);
  });
});
