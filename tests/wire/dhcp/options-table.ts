import { join } from "node:path";
import { readFileSync } from "node:fs";
import ts from "typescript";
import { dhcpOptionName } from "../../../src/wire/index.js";
import { markdownTable } from "../../support/generated-page.js";

const SOURCE = join(__dirname, "../../../src/wire/dhcp/options.ts");

/** One field of `DhcpOptions`, as its declaration and its docstring have it. */
export interface DocumentedOption {
  readonly field: string;
  readonly type: string;
  /** The number that the docstring begins with. */
  readonly code: number;
  readonly text: string;
  /** "2132 §3.3" */
  readonly rfc: string;
}

/** All fields but `others`. @throws if a docstring does not say number, meaning and RFC */
export function documentedOptions(): DocumentedOption[] {
  const source = ts.createSourceFile(SOURCE, readFileSync(SOURCE, "utf8"), ts.ScriptTarget.ES2022, true);
  const options = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === "DhcpOptions",
  );
  return options!.members
    .filter(ts.isPropertySignature)
    .filter((member) => member.name.getText() !== "others")
    .map(readMember);
}

function readMember(member: ts.PropertySignature): DocumentedOption {
  const field = member.name.getText();
  const [comment] = ts.getJSDocCommentsAndTags(member);
  const doc = ts.getTextOfJSDocComment(comment?.comment)?.replace(/\s+/g, " ") ?? "";
  const [, code, text] = /^(\d+): (.*)$/.exec(doc) ?? [];
  // A section without RFC is one of RFC 2132.
  const [reference, own, other] =
    / ?\((?:(§[\d.]+))\)/.exec(doc) ?? / ?\((?:(§[\d.]+)|RFC (\d+(?: §[\d.]+)?))\)/.exec(doc) ?? [];
  if (code === undefined || text === undefined || reference === undefined)
    throw new Error(`${field} lacks its number or RFC: ${doc}`);
  return {
    field,
    type: member.type!.getText().replaceAll("readonly ", ""),
    code: Number(code),
    text: text.replace(reference, ""),
    rfc: other ?? `2132 ${own}`,
  };
}

/** The table of docs/dhcp.md, by number. */
export function makeOptionsTable(): string {
  const rows = documentedOptions()
    .sort((a, b) => a.code - b.code)
    .map(({ code, field, type, text, rfc }) => [
      code,
      dhcpOptionName(code)!,
      `\`${field}\``,
      `\`${type}\``,
      text,
      rfc,
    ]);
  return `\n${markdownTable(["code", "name", "field", "value", "what it says", "RFC"], rows)}\n`;
}
