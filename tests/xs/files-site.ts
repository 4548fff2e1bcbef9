import {
  bundle,
  HttpError,
  parseHttpDate,
  serveFiles,
  type BodySource,
  type HttpRequest,
  type HttpResponse,
} from "../../src/http/index.js";

/** Asked of a site, and asked of itself by whoever compares the two. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
}

const NOW = Date.UTC(2026, 0);
const TEXT = "0123456789abcdef".repeat(64);

const site = bundle({
  "index.html": "<h1>Größe</h1>",
  "long.txt": { content: TEXT, lastModified: Date.UTC(2026, 0, 15, 12), gzip: Uint8Array.of(1, 2, 3, 4, 5) },
  "docs/index.html": { content: "<h1>Docs</h1>", etag: '"v1"' },
});

/** As a preloaded module would have it: nothing in it may change. */
Object.freeze(site);

const serve = serveFiles(site, { cacheControl: "no-cache" });

/** Notes what a handler makes of a response. */
class Notes {
  status = 200;
  readonly lines: string[] = [];
  readonly #body: number[] = [];

  header(name: string, value: string): this {
    this.lines.push(`${name}: ${value}`);
    return this;
  }

  setHeader(name: string, value: string): this {
    return this.header(name, value);
  }

  send(): void {
    this.lines.push("sent");
  }

  redirect(location: string, status: number): void {
    this.lines.push(`${status} ${location}`);
  }

  sendFrom(source: BodySource): void {
    const buffer = new Uint8Array(100);
    for (let count = source.read(buffer); count > 0; count = source.read(buffer))
      this.#body.push(...buffer.subarray(0, count));
  }

  toString(): string {
    return [this.status, ...this.lines, this.#body.join()].join("\n");
  }
}

/** What the site answers, as text. */
export function answer({ method, path, fields }: Asked): string {
  const notes = new Notes();
  const request = {
    method,
    path: `/${path}`,
    query: undefined,
    params: { path },
    header: (name: string) => fields[name],
  };
  try {
    void serve(request as HttpRequest<{ path: string }>, notes as unknown as HttpResponse);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    notes.lines.push(error.message, JSON.stringify(error.fields));
  }
  notes.lines.push(String(parseHttpDate(fields["If-Modified-Since"] ?? "", NOW)));
  return notes.toString();
}
