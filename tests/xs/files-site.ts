import {
  bundle,
  parseHttpDate,
  serveFiles,
  type HttpRequest,
  type HttpResponse,
  HttpError,
} from "../../src/http/index.js";

/** Asked of a site, and asked of itself by whoever compares the two. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
}

const TEXT = "0123456789abcdef".repeat(64);

const site = bundle({
  "index.html": "<h1>Größe</h1>",
  "long.txt": { content: TEXT, lastModified: Date.UTC(2026, 0, 15, 12), gzip: Uint8Array.of(1, 2, 3, 4, 5) },
  "docs/index.html": { content: "<h1>Docs</h1>", etag: '"v1"' },
});

/** As a preloaded module would have it: nothing in it may change. */
Object.freeze(site);

const serve = serveFiles(site, { cacheControl: "no-cache" });

/** What the site answers, as text. */
export function answer({ method, path, fields }: Asked): string {
  const lines: string[] = [];
  const body: number[] = [];
  const put = (name: string, value: string): void => void lines.push(`${name}: ${value}`);
  const response = {
    status: 200,
    header: put,
    setHeader: put,
    send: () => undefined,
    redirect: (location: string, status: number) => lines.push(`${status} ${location}`),
    problem: (status: number, detail: string) => lines.push(`${status} ${detail}`),
    sendFrom(source: { read(buffer: Uint8Array): number }) {
      const buffer = new Uint8Array(100);
      for (let count = source.read(buffer); count > 0; count = source.read(buffer))
        body.push(...buffer.subarray(0, count));
    },
  };
  const request = {
    method,
    path: `/${path}`,
    query: undefined,
    params: { path },
    header: (name: string) => fields[name],
  };
  try {
    void serve(request as HttpRequest<{ path: string }>, response as unknown as HttpResponse);
  } catch (error) {
    lines.push(error instanceof HttpError ? error.message : String(error));
  }
  const date = fields["If-Modified-Since"];
  const time = date === undefined ? "" : String(parseHttpDate(date, Date.UTC(2026, 0)));
  return [response.status, ...lines, time, body.join()].join("\n");
}
