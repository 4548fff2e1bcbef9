import { expect, it } from "@jest/globals";
import { resourceSource, type NativeResources } from "../../../hosts/xs/files/resource-source.js";
import { etagOf, isEntityTag, type Resource } from "../../../src/http/index.js";

/** Moddable's class, with what a build has put into flash. */
function flash(files: Readonly<Record<string, string>>): NativeResources & { loaded: number } {
  function Native(this: object, path: string): ArrayBuffer {
    native.loaded++;
    const bytes = Uint8Array.from(Buffer.from(files[path]!));
    return bytes.buffer;
  }
  const native = Object.assign(Native as unknown as NativeResources, {
    loaded: 0,
    exists: (path: string) => Object.hasOwn(files, path),
  });
  return native;
}

const FILES = {
  "site/index.html": "<h1>Hi</h1>",
  "site/index.html.gz": "packed",
  "site/a/b.txt": "b",
  "key.pem": "secret",
};

function content(resource: Resource): string {
  const buffer = Buffer.alloc(100);
  return buffer.subarray(0, resource.read(0, buffer)).toString();
}

it("gives what lies in its folder, with type, tag and the compressed one", () => {
  const file = resourceSource(flash(FILES), "site").find("index.html")!;
  expect([content(file), content(file.gzip!)]).toEqual(["<h1>Hi</h1>", "packed"]);
  expect([file.contentType, file.gzip!.contentType]).toEqual(Array(2).fill("text/html; charset=utf-8"));
  expect([file.etag, file.gzip!.etag]).toEqual([etagOf("<h1>Hi</h1>"), etagOf("packed")]);
});

it.each(["none.html", "../key.pem", "", "a", "key.pem", "/index.html"])("does not give %p", (path) => {
  expect(resourceSource(flash(FILES), "site").find(path)).toBeUndefined();
});

it("takes a version as the tag of all", () => {
  const file = resourceSource(flash(FILES), "site", "1.2.0").find("index.html")!;
  expect([file.etag, file.gzip!.etag]).toEqual(['"1.2.0"', '"1.2.0-gzip"']);
  expect(isEntityTag(file.etag!)).toBe(true);
});

it("has no compressed one where none is", () => {
  expect(resourceSource(flash(FILES), "site").find("a/b.txt")!.gzip).toBeUndefined();
});
