import {
  contentTypeOf,
  EventStream,
  formOf,
  formatUrlEncoded,
  HttpError,
  MultipartParser,
  negotiateEncoding,
  negotiateLanguage,
  negotiateType,
  queryOf,
  Refusal,
  Router,
  type HttpRequest,
  type HttpResponse,
} from "../../src/http/index.js";

/** Asked of a site, and asked of itself by whoever compares the two. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Each character a byte. */
  readonly body: string;
  /** Bytes of the body at a time. */
  readonly size: number;
}

const trace: string[] = [];

const items = new Router<{ readonly shop: string }>()
  .use("/<int:id>", (_, __, next) => {
    trace.push("middleware");
    return next();
  })
  .get("/<int:id>/", ({ params }, response) => response.json(params))
  .get("/<uuid:id>/", ({ params }, response) => response.json(params))
  .handleErrors((error, _, response) => response.json(String(error)));

const site = new Router()
  .get("/", (_, response) => response.send("index"))
  .get("/größe", (_, response) => response.send("größe"))
  .get("/file/<path:rest>", ({ params }, response) => response.json([params, contentTypeOf(params.rest)]))
  .all("/form", (request, response) => response.json(formOf(request).entries))
  .route("BREW", "/pot", (_, response) => response.send("tea"))
  .mount("/<shop>/item", items);

/** What the site answers, as text. */
export function answer({ method, path, query, fields, body, size }: Asked): string {
  trace.length = 0;
  const bytes = Uint8Array.from(body, (character) => character.charCodeAt(0));
  const note = (...values: unknown[]): void => void trace.push(JSON.stringify(values));
  const response = {
    status: 200,
    header: () => response,
    json: note,
    send: note,
    redirect: note,
    sent: false,
  };
  const header = (name: string): string | undefined => fields[name.toLowerCase()];
  const request = { method, path, query, header, body: bytes };
  const match = site.find(method, path);
  if (match instanceof Refusal) note(match.status, match.allow);
  else {
    try {
      void match.run(
        { ...request, params: match.params } as HttpRequest,
        response as unknown as HttpResponse,
      );
    } catch (error) {
      note(error instanceof HttpError ? error.message : String(error));
    }
  }
  note(response.status, queryOf(request as HttpRequest).entries);
  note(formatUrlEncoded({ [path]: query }));
  new EventStream({ write: note } as unknown as HttpResponse).send({ data: body, id: query });
  note(negotiateType(header("accept"), ["text/html", "application/json"]));
  note(
    negotiateEncoding(header("accept"), ["gzip", "identity"]),
    negotiateLanguage(header("accept"), ["en", "de"]),
  );
  const parser = new MultipartParser("b", {
    onPart: ({ name, fileName, contentType }) => note(name, fileName, contentType),
    onData: (data) => note([...data]),
    onPartEnd: () => note(),
    onEnd: () => note("end"),
    onRefusal: ({ status, detail }) => note(status, detail),
  });
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes, at, Math.min(bytes.length, at + size));
  parser.end();
  return trace.join("\n");
}
