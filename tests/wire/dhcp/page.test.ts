import { expect, it } from "@jest/globals";
import { DhcpCode } from "../../../src/wire/index.js";
import { GeneratedPage, IS_UPDATE } from "../../support/generated-page.js";
import { documentedOptions, makeOptionsTable } from "./options-table.js";

const PAGE = new GeneratedPage("dhcp.md");

it("docs/dhcp.md has every option", () => {
  if (IS_UPDATE) PAGE.write(makeOptionsTable());
  expect(PAGE.read()).toBe(makeOptionsTable());
});

it("each option's docstring begins with its number", () => {
  expect(Object.fromEntries(documentedOptions().map(({ field, code }) => [field, code]))).toEqual(DhcpCode);
});
