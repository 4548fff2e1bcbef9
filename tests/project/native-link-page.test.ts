import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";

const ROOT = join(__dirname, "../..");
const page = readFileSync(join(ROOT, "docs/native-link.md"), "utf8");
const source = readFileSync(join(ROOT, "hosts/xs/esp32/native-link.c"), "utf8")
  .replace(/\/\*[^]*?\*\//g, "")
  .replace(/^#.*$/gm, "")
  .replace(/"[^"\n]*"/g, "");

/** Names of lwIP and of the SDK by their prefixes; the file's own begin with link, is, k, g or `xs_wirelet`. */
const FOREIGN =
  /\b(?:(?:tcpip|netif|pbuf|udp|ip|ip4|dns|eth|etharp|builtin|c|err)_\w+|(?:pbuf|netif|linkoutput)\b|(?:NETIF|PBUF|IP4|ETH|ETHTYPE|DNS|PP|LWIP|SIZEOF)_\w+|xs(?:mc)?[A-Z]\w+|xsID_\w+|mod[A-Z]\w+|builtin[A-Z]\w+)/g;

const rows = page.split("\n").filter((line) => line.startsWith("| `"));
const listed = rows.flatMap((row) => [...row.split(" | ")[0]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
const used = new Set([...source.matchAll(FOREIGN)].map(([name]) => name));

describe("docs/native-link.md", () => {
  it("lists every name that native-link.c takes from elsewhere, and no other", () => {
    expect([...used].filter((name) => !listed.includes(name))).toEqual([]);
    expect(listed.filter((name) => !used.has(name))).toEqual([]);
  });

  it("lists each once", () => {
    expect(listed.filter((name, index) => listed.indexOf(name) !== index)).toEqual([]);
  });
});
