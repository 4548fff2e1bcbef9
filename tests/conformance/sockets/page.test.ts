import { expect, it } from "@jest/globals";
import { IS_UPDATE } from "../../support/generated-page.js";
import { makeTables, PAGE } from "./page.js";
import { lacksOf, PROVIDER_NAMES } from "./providers.js";
import { ALL_TOPICS } from "./suite/cases/index.js";

const names = ALL_TOPICS.flatMap(({ cases }) => cases.map(({ name }) => name));

it("docs/socket-conformance.md has every case, and what each provider skips", () => {
  if (IS_UPDATE) PAGE.write(makeTables());
  expect(PAGE.read()).toBe(makeTables());
});

it("a topic's cases have names of their own", () => {
  for (const { name, cases } of ALL_TOPICS) {
    expect([name, new Set(cases.map((test) => test.name)).size]).toEqual([name, cases.length]);
  }
});

it.each(PROVIDER_NAMES)("what %s skips by name are cases that exist", (provider) => {
  expect(Object.keys(lacksOf(provider).cases ?? {}).filter((name) => !names.includes(name))).toEqual([]);
});
