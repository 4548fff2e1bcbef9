import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { folderSource } from "../../../hosts/node/index.js";
import type { Resource, ResourceSource } from "../../../src/http/index.js";

/** Each file's content begins so, if it may be served, and otherwise not. */
const PUBLIC = "public: ";
const SECRET = "secret: ";

let base: string;
let root: string;
let files: ResourceSource;

/** Long ago: file systems tell its changes apart from those that come now. */
function age(path: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds;
  utimesSync(path, time, time);
}

function content(resource: Resource): string {
  const bytes = Buffer.alloc(resource.length);
  for (let at = 0; at < resource.length;) at += resource.read(at, bytes.subarray(at, at + 7));
  resource.close?.();
  return bytes.toString();
}

function openFiles(): number {
  return readdirSync("/dev/fd").length;
}

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "wirelet-folder-"));
  root = join(base, "site");
  mkdirSync(join(root, "docs/deep"), { recursive: true });
  mkdirSync(join(root, ".git"));
  mkdirSync(join(base, "site-private"));
  const texts: Record<string, string> = {
    "site/index.html": `${PUBLIC}index`,
    "site/docs/page.txt": `${PUBLIC}page`,
    "site/docs/deep/größe.txt": `${PUBLIC}size`,
    "site/two words.txt": `${PUBLIC}words`,
    "site/%2e%2e": `${PUBLIC}percent`,
    "site/a:b": `${PUBLIC}colon`,
    "site/...": `${PUBLIC}three dots, which begin with one`,
    "site/.env": `${SECRET}env`,
    "site/.git/config": `${SECRET}git`,
    "secret.txt": `${SECRET}beside`,
    "site-private/secret.txt": `${SECRET}begins the same`,
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(base, name), text);
  symlinkSync("docs/page.txt", join(root, "inward.txt"));
  symlinkSync("docs", join(root, "inward"));
  symlinkSync("../secret.txt", join(root, "outward.txt"));
  symlinkSync("..", join(root, "outward"));
  symlinkSync("../site-private", join(root, "neighbor"));
  symlinkSync(join(base, "secret.txt"), join(root, "absolute.txt"));
  symlinkSync("outward.txt", join(root, "docs/twice.txt"));
  symlinkSync("../outward.txt", join(root, "docs/back.txt"));
  symlinkSync("loop", join(root, "loop"));
  symlinkSync(".git/config", join(root, "hidden.txt"));
  symlinkSync("/dev/zero", join(root, "zero"));
  execFileSync("mkfifo", [join(root, "fifo")]);
  files = folderSource(root);
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

describe("a folder", () => {
  it.each([
    ["index.html", "index", "text/html; charset=utf-8"],
    ["docs/page.txt", "page", "text/plain; charset=utf-8"],
    ["docs/deep/größe.txt", "size", "text/plain; charset=utf-8"],
    ["two words.txt", "words", "text/plain; charset=utf-8"],
    ["%2e%2e", "percent", "application/octet-stream"],
    ["a:b", "colon", "application/octet-stream"],
    ["inward.txt", "page", "text/plain; charset=utf-8"],
    ["inward/deep/größe.txt", "size", "text/plain; charset=utf-8"],
    // It leaves the folder on its way, but what it leads to is there.
    ["outward/site/index.html", "index", "text/html; charset=utf-8"],
  ])("gives its files: %s", (path, text, type) => {
    const file = files.find(path)!;
    expect([content(file), file.contentType]).toEqual([PUBLIC + text, type]);
  });

  it.each([
    ["nothing", ""],
    ["a slash", "/"],
    ["what is not there", "none.txt"],
    ["a folder", "docs"],
    ["a folder with a slash", "docs/"],
    ["a file as a folder", "index.html/"],
    ["a file in a file", "index.html/page.txt"],
    ["the folder itself", "."],
    ["the folder above", ".."],
    ["a file above", "../secret.txt"],
    ["a file above, from within", "docs/../../secret.txt"],
    ["a file above, from what is not there", "none/../../secret.txt"],
    ["a folder that begins the same", "../site-private/secret.txt"],
    ["a detour that leads back", "../site/index.html"],
    ["a detour within", "docs/../index.html"],
    ["a dot on the way", "./index.html"],
    ["an absolute path", "/index.html"],
    ["an absolute path of the machine", "/etc/passwd"],
    ["two slashes", "docs//page.txt"],
    ["backslashes", "..\\secret.txt"],
    ["backslashes within", "docs\\page.txt"],
    ["a drive", "C:\\secret.txt"],
    ["a NUL", "index.html\0"],
    ["a NUL before an ending", "docs/page.txt\0.html"],
    ["an encoded dot, decoded once", "%2e%2e/secret.txt"],
    ["an overlong dot", "\u00c0\u00ae\u00c0\u00ae/secret.txt"],
    ["a full-width dot", "\uff0e\uff0e/secret.txt"],
    ["a lone surrogate", "\ud800"],
    ["a link to a file outside", "outward.txt"],
    ["a link to the folder above", "outward/secret.txt"],
    ["a link to a folder that begins the same", "neighbor/secret.txt"],
    ["an absolute link", "absolute.txt"],
    ["a link that leads nowhere", "docs/twice.txt"],
    ["a link to a link outside", "docs/back.txt"],
    ["a link to itself", "loop"],
    ["a link to a hidden file", "hidden.txt"],
    ["a hidden file", ".env"],
    ["a hidden folder's file", ".git/config"],
    ["a name that begins with three dots", "..."],
    ["a FIFO", "fifo"],
    ["a device", "zero"],
    ["a name that is too long", "x".repeat(300)],
    ["a path that is too long", "docs/".repeat(2000)],
  ])("does not give %s", (_, path) => {
    expect(files.find(path)).toBeUndefined();
  });

  it("gives hidden files if that is wanted, and still none outside", () => {
    const all = folderSource(root, { dotFiles: true });
    expect(content(all.find(".env")!)).toBe(`${SECRET}env`);
    expect(content(all.find("hidden.txt")!)).toBe(`${SECRET}git`);
    expect(content(all.find("...")!)).toContain("three dots");
    for (const path of ["..", ".", "../secret.txt", "outward.txt"]) expect(all.find(path)).toBeUndefined();
  });

  it("does not give a socket", async () => {
    const server = createServer().listen(join(root, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    expect(files.find("socket")).toBeUndefined();
    await new Promise((resolve) => server.close(resolve));
  });

  it("can be named by a link", () => {
    symlinkSync("site", join(base, "link"));
    expect(content(folderSource(join(base, "link")).find("index.html")!)).toBe(`${PUBLIC}index`);
  });

  it("must be there", () => {
    expect(() => folderSource(join(base, "none"))).toThrow(expect.objectContaining({ code: "EINVAL" }));
    expect(() => folderSource(join(root, "index.html"))).toThrow(expect.objectContaining({ code: "EINVAL" }));
  });

  it("gives nothing but what is public, whatever path is made up", () => {
    const names = [
      "..",
      ".",
      "",
      "docs",
      "site",
      "outward",
      "inward",
      "neighbor",
      "secret.txt",
      "page.txt",
      ".git",
    ];
    const parts = [
      ...names,
      "index.html",
      "config",
      ".env",
      "\0",
      "\\",
      "%2e%2e",
      "zero",
      "hidden.txt",
      "~",
      "loop",
    ];
    const separator = fc.constantFrom("/", "/", "/", "//", "\\", "%2f", "/./", "/../");
    const path = fc
      .array(fc.tuple(fc.constantFrom(...parts), separator), { minLength: 1, maxLength: 8 })
      .map((pieces) => pieces.map(([name, between]) => name + between).join(""));
    const anyPath = fc.oneof(
      path,
      path.map((text) => text.slice(0, -1)),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(anyPath, (text) => {
        const file = files.find(text);
        if (file !== undefined) expect(content(file).startsWith(PUBLIC)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("a file", () => {
  let path: string;

  afterEach(() => void jest.restoreAllMocks());

  beforeEach(() => {
    path = join(root, "file.txt");
    rmSync(path, { force: true });
    rmSync(`${path}.gz`, { force: true });
    writeFileSync(path, "first content");
  });

  it("has a weak tag while another change might go unseen, and no date while its second lasts", () => {
    const { ctimeMs } = statSync(path);
    const now = jest.spyOn(Date, "now");
    const foundAt = (time: number): Resource => {
      now.mockReturnValue(time);
      return files.find("file.txt")!;
    };
    const over = (Math.floor(ctimeMs / 1000) + 1) * 1000;
    expect(foundAt(ctimeMs + 50)).toMatchObject({
      etag: expect.stringMatching(/^W\/"/),
      lastModified: undefined,
    });
    expect(foundAt(ctimeMs - 5000)).toMatchObject({
      etag: expect.stringMatching(/^W\/"/),
      lastModified: undefined,
    });
    expect(foundAt(ctimeMs + 100).etag).toMatch(/^"[0-9a-z-]+"$/);
    expect(foundAt(over - 1).lastModified).toBeUndefined();
    const { etag, lastModified } = foundAt(over + 100);
    expect(etag).toMatch(/^"[0-9a-z-]+"$/);
    expect(Math.abs(lastModified! - ctimeMs)).toBeLessThan(10);
  });

  it("has another tag once it is replaced by one of the same size and time", () => {
    const time = new Date(2020, 0);
    utimesSync(path, time, time);
    const { etag } = files.find("file.txt")!;
    const { ctimeNs } = statSync(path, { bigint: true });
    const other = join(root, "other.txt");
    // The file system's clock ticks every few milliseconds.
    do {
      writeFileSync(other, "other content");
      utimesSync(other, time, time);
    } while (statSync(other, { bigint: true }).ctimeNs === ctimeNs);
    renameSync(other, path);
    expect(files.find("file.txt")!.etag).not.toBe(etag);
  });

  it("that is still the same has the same tag", () => {
    expect(files.find("file.txt")!.etag).toBe(files.find("file.txt")!.etag);
  });

  it.each<[string, () => void]>([
    ["grows", () => appendFileSync(path, "more")],
    ["is cut", () => truncateSync(path, 3)],
    ["is overwritten", () => writeFileSync(path, "other content")],
    ["is replaced by a link out", () => (rmSync(path), symlinkSync("../secret.txt", path))],
    [
      "is replaced by a link to itself",
      () => (renameSync(path, join(root, "moved")), symlinkSync("moved", path)),
    ],
    ["is replaced by a FIFO", () => (rmSync(path), execFileSync("mkfifo", [path]))],
    ["is gone", () => rmSync(path)],
  ])("that %s before it is read is not read", (_, change) => {
    const before = openFiles();
    const file = files.find("file.txt")!;
    age(path, 5);
    change();
    expect(() => file.read(0, new Uint8Array(5))).toThrow();
    file.close?.();
    expect(openFiles()).toBe(before);
    rmSync(join(root, "moved"), { force: true });
  });

  it.each<[string, () => void]>([
    ["grows", () => appendFileSync(path, "more")],
    ["is cut", () => truncateSync(path, 3)],
  ])("that %s while it is read is not read on", (_, change) => {
    const file = files.find("file.txt")!;
    const buffer = new Uint8Array(5);
    expect(file.read(0, buffer)).toBe(5);
    change();
    expect(() => file.read(5, buffer)).toThrow(expect.objectContaining({ code: "ECONNABORTED" }));
    file.close?.();
  });

  it("that is replaced while it is read is read on as it was", () => {
    const file = files.find("file.txt")!;
    const buffer = Buffer.alloc(13);
    file.read(0, buffer.subarray(0, 5));
    writeFileSync(join(root, "other.txt"), "a new content");
    renameSync(join(root, "other.txt"), path);
    file.read(5, buffer.subarray(5));
    file.close?.();
    expect(buffer.toString()).toBe("first content");
  });

  it("is open only between the first read and close", () => {
    const before = openFiles();
    const file = files.find("file.txt")!;
    expect(openFiles()).toBe(before);
    file.read(0, new Uint8Array(5));
    expect(openFiles()).toBe(before + 1);
    file.close?.();
    file.close?.();
    expect(openFiles()).toBe(before);
  });

  it("has its compressed sibling, if that is not older", () => {
    expect(files.find("file.txt")!.gzip).toBeUndefined();
    writeFileSync(`${path}.gz`, "packed");
    age(path, 10);
    const { gzip, etag, contentType } = files.find("file.txt")!;
    expect(content(gzip!)).toBe("packed");
    expect(gzip!.contentType).toBe(contentType);
    expect(gzip!.etag).not.toBe(etag);
    age(`${path}.gz`, 20);
    expect(files.find("file.txt")!.gzip).toBeUndefined();
  });

  it("has no compressed sibling outside", () => {
    symlinkSync("../secret.txt", `${path}.gz`);
    expect(files.find("file.txt")!.gzip).toBeUndefined();
  });
});
