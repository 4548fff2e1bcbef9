import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { nodeHashes } from "../../../hosts/node/index.js";
import {
  basicAuth,
  bearerAuth,
  digestAuth,
  sessionOf,
  sessions,
  type Middleware,
} from "../../../src/http/index.js";
import { SimulatedRandom } from "../../../simulator/index.js";
import { Dialogue, parts, request } from "../dialogue.js";

const random = SimulatedRandom.fromSeed(3);
const hashes = nodeHashes;

/** Everything that may stand in a line of a head, in pieces that come near to what is looked for. */
const fieldValue = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "Digest ",
        "Basic ",
        "Bearer ",
        "username",
        "nonce",
        "qop=auth",
        "nc=00000001",
        'uri="/"',
        "algorithm=MD5",
      ),
      fc.constantFrom(
        'realm="x"',
        'response="',
        "username*=UTF-8''%",
        "userhash=true",
        'cnonce="a"',
        "QWxhZGRpbg==",
        "session=",
      ),
      fc.constantFrom(" ", ",", "=", '"', "\\", ";", "\t", "%", "'", ".", "\u00ff"),
      fc.string({
        unit: fc
          .integer({ min: 0x20, max: 0xff })
          .filter((code) => code !== 0x7f)
          .map((code) => String.fromCharCode(code)),
      }),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(""));

const clock = { now: () => 0 };
const never = (): undefined => undefined;

describe.each<[string, Middleware]>([
  ["Basic", basicAuth({ realm: "x", check: () => false })],
  ["Digest", digestAuth({ realm: "x", hashes, random, clock, secretOf: never, users: () => ["Mufasa"] })],
  ["Bearer", bearerAuth({ check: never })],
])("whatever a stranger shows to %s authentication", (_, middleware) => {
  const dialogue = new Dialogue();
  dialogue.server
    .use(middleware)
    .get("/", (__, response) => response.send("in"))
    .start();

  it("lets nobody in, and breaks nothing", () => {
    fc.assert(
      fc.property(fieldValue, (value) => {
        const { status } = parts(dialogue.ask(request("GET /", `Authorization: ${value}\r\n`)).answer);
        expect([400, 401]).toContain(status);
      }),
    );
    expect(dialogue.logged).toEqual([]);
  });

  it.each([
    ["as long as a head may be", 401, 7500],
    ["longer", 431, 9000],
  ])("is answered if it is %s", (__, status, length) => {
    for (const value of [
      `Digest a="${"\\\\".repeat(length / 2)}`,
      `Basic ${"a".repeat(length)}`,
      ",".repeat(length),
    ]) {
      const { answer } = dialogue.ask(request("GET /", `Authorization: ${value}\r\n`));
      expect(parts(answer).status).toBe(status);
    }
  });
});

it("whatever cookies a stranger shows, a session is none or new", () => {
  const dialogue = new Dialogue();
  dialogue.server.use(sessions({ hashes, random, clock, keys: [new Uint8Array(16)] }));
  dialogue.server.get("/", (asked, response) => response.send(String(sessionOf(asked).isNew))).start();
  fc.assert(
    fc.property(fieldValue, (value) => {
      const { answer } = dialogue.ask(request("GET /", `Cookie: session=${value}\r\n`));
      expect(parts(answer)).toMatchObject({ status: 200, body: "true" });
    }),
  );
});
