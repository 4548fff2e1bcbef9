// A site with everything that clients do beside asking for pages: forms, uploads, sessions, logins, redirects, events. On Node's
// sockets, or with --on tap behind a TAP interface; says where, and goes on until it is ended.
import { parseArgs } from "node:util";
import { openTapHost } from "../../../hosts/node/cli/places/tap.js";
import { PLACE_OPTIONS, readPlace } from "../../../hosts/node/cli/places/options.js";
import { HOST_HTTP_LIMITS } from "../../../hosts/node/http-limits.js";
import { nodeHashes as hashes, nodeIo, nodeServices } from "../../../hosts/node/index.js";
import type { Io } from "../../../src/host/index.js";
import {
  basicAuth,
  cookiesOf,
  digestAuth,
  encodeHex,
  formOf,
  HttpError,
  HttpServer,
  randomBytes,
  readForm,
  Router,
  sessionOf,
  sessions,
  setCookie,
  TokenLogin,
  userOf,
  type HttpHandler,
  type Middleware,
} from "../../../src/http/index.js";

const { clock, random } = nodeServices;
const USER = "alice";
const PASSWORD = "open sesame";

const FORM_PAGE = `<!doctype html>
<meta charset="utf-8"><title>Forms</title><link rel="icon" href="data:,">
<form method="post" action="/form"><input name="text"><select name="choice"><option>one<option>two</select>
<button id="send">Send</button></form>
<form method="post" action="/upload" enctype="multipart/form-data"><input name="note"><input type="file" name="file" multiple>
<button id="upload">Upload</button></form>
`;

/** What was filled in, as JSON. */
const form: HttpHandler = (request, response) => response.json(formOf(request).entries);

/** What has come in each part, told by its hash: nothing of it is kept. */
const upload: HttpHandler = (request, response) => {
  const parts: object[] = [];
  let pieces: Uint8Array[] = [];
  let head: object = {};
  readForm(request, {
    onPart({ name, fileName, contentType }) {
      head = { name, fileName, contentType };
      pieces = [];
    },
    onData: (bytes) => void pieces.push(bytes.slice()),
    onPartEnd() {
      const bytes = Buffer.concat(pieces);
      parts.push({ ...head, length: bytes.length, sha256: encodeHex(hashes.digest("SHA-256", bytes)) });
    },
    onEnd: () => response.json(parts),
    onError: (error) => response.problem(error instanceof HttpError ? error.status : 400, error.message),
  });
};

const whoAmI: HttpHandler = (request, response) => response.send(`${userOf(request)}`);

/** A router behind a login. */
function behind(middleware: Middleware): Router {
  return new Router().use(middleware).get("/", whoAmI).put("/", whoAmI);
}

function build(io: Io): HttpServer {
  const server = new HttpServer({ ...nodeServices, io, port: 0, limits: HOST_HTTP_LIMITS });
  const check = (login: { readonly user: string; readonly password: string }): boolean =>
    login.user === USER && login.password === PASSWORD;
  const login = new TokenLogin({ hashes, random, clock, check });
  return server
    .use("/visits", sessions({ hashes, random, clock, keys: [randomBytes(random, 32)] }))
    .get("/form", (_, response) =>
      response.header("Content-Type", "text/html; charset=utf-8").send(FORM_PAGE),
    )
    .post("/form", form)
    .post("/upload", upload, { body: "stream", maxBody: 16 * 1024 * 1024 })
    .get("/visits", (request, response) => {
      const session = sessionOf(request);
      const visits = Number(session.get("visits") ?? 0) + 1;
      session.set("visits", visits);
      response.send(`${visits}`);
    })
    .get("/cookies", (request, response) => response.json(Object.fromEntries(cookiesOf(request))))
    .get("/cookies/<name>/<value>", (request, response) => {
      const { name, value } = request.params;
      setCookie(response, name, value, { path: "/", httpOnly: true });
      response.redirect("/cookies", 303);
    })
    .get("/moved", (_, response) => response.redirect("/form", 308))
    .post("/moved", (_, response) => response.redirect("/form", 307))
    .mount("/basic", behind(basicAuth({ realm: "site", check })))
    .mount(
      "/digest",
      behind(
        digestAuth({
          realm: "site",
          hashes,
          random,
          clock,
          secretOf: (user) => (user === USER ? { password: PASSWORD } : undefined),
        }),
      ),
    )
    .mount("/bearer", behind(login.middleware))
    .post("/login", login.handler);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: PLACE_OPTIONS });
  const place = readPlace(values, "node");
  let [io, address] = [nodeIo as Io, "127.0.0.1"];
  if (place.on === "tap") {
    const host = await (await openTapHost(place, () => undefined)).ready;
    [io, address] = [host.sockets.io, host.network.address.toString()];
  }
  const server = build(io);
  server.start();
  process.stdout.write(`http://${address}:${server.port}/ \n`);
}

void main();
