import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { folderSource } from "../../../hosts/node/index.js";
import { FileDialogue } from "../../http/files/support.js";

let base: string;
let files: FileDialogue;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "wirelet-escape-"));
  mkdirSync(join(base, "site/docs"), { recursive: true });
  writeFileSync(join(base, "site/index.html"), "public");
  writeFileSync(join(base, "site/docs/index.html"), "public");
  writeFileSync(join(base, "site/.htpasswd"), "secret");
  writeFileSync(join(base, "secret.txt"), "secret");
  symlinkSync("..", join(base, "site/up"));
  files = new FileDialogue(folderSource(join(base, "site")));
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

describe("a request that is after what lies outside of a folder", () => {
  it.each([
    "/../secret.txt",
    "/docs/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/%2E./secret.txt",
    "/..%2fsecret.txt",
    "/docs%2f..%2f..%2fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/%252e%252e/secret.txt",
    "/%c0%ae%c0%ae/secret.txt",
    "/%e0%80%ae%e0%80%ae/secret.txt",
    "/%ff%fe/secret.txt",
    "/..%00/secret.txt",
    "/index.html%00.txt",
    "/..;/secret.txt",
    "/.../secret.txt",
    "/up/secret.txt",
    "/up%2Fsecret.txt",
    "/.htpasswd",
    "/%2ehtpasswd",
    "/up/site/.htpasswd",
    "//secret.txt",
    "//../secret.txt",
    "/./../secret.txt",
    "/file:///etc/passwd",
    "/etc/passwd",
    "//etc/passwd",
    "/proc/self/environ",
    "http://device/../secret.txt",
  ])("finds nothing: %s", (target) => {
    const { status, body } = files.ask(`GET ${target}`);
    expect([400, 404]).toContain(status);
    expect(body).not.toContain("secret");
  });

  it("finds nothing, however it is written", () => {
    const dot = fc.constantFrom(".", "%2e", "%2E", "%252e", "%c0%ae");
    const slash = fc.constantFrom("/", "%2f", "%2F", "\\", "%5c", "//", "/./", "%252f");
    const name = fc.constantFrom(
      "secret.txt",
      "site",
      "docs",
      "up",
      ".htpasswd",
      "%2ehtpasswd",
      "",
      "%00",
      ";",
    );
    const piece = fc.oneof(dot, slash, name, fc.constant("/../"));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { status, body } = files.ask(`GET /${pieces.join("")}`);
        expect([200, 308, 400, 404]).toContain(status);
        expect(body).not.toContain("secret");
        if (status === 200) expect(body).toBe("public");
      }),
      { numRuns: 1000 },
    );
  });
});
