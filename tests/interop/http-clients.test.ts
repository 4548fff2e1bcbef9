import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { PATIENCE } from "../support/program.js";
import { describeWith, requireTool } from "../support/tools.js";
import { hashOf, HTTP_PLACE, HttpPlace, PROVIDERS } from "./support/http-place.js";

jest.setTimeout(3 * PATIENCE);

const requirements = [...HTTP_PLACE, requireTool("python3"), requireTool("wget"), requireTool("openssl")];

const ECHO = [200, "hello", "text/x-test"];

/** What http-client.py says of a server that does all as it should. */
const FOUND = {
  methods: {
    answers: {
      ...{ GET: ECHO, POST: ECHO, PUT: ECHO, DELETE: ECHO, PATCH: ECHO, OPTIONS: ECHO, PROPFIND: ECHO },
      HEAD: [200, "", "text/x-test"],
    },
    connections: 1,
  },
  kept: { count: 200, reused: true },
  large: { status: 200, same: true },
  chunked: { status: 200, same: true },
  old: { status: 200, version: 11, body: "old", chunked: false, closed: true },
  closing: { body: "last", closed: true, field: "close" },
  pipelined: ["one", "two", "", "four"],
};

describeWith(requirements, "other people's clients and the echo", () => {
  describe.each(PROVIDERS)("on %s", (provider) => {
    let place: HttpPlace;
    let url = "";
    let secureUrl = "";
    /** The certificate of the server that speaks TLS. */
    let cert = "";

    beforeAll(async () => {
      place = new HttpPlace(provider);
      const identity = await place.makeIdentity();
      ({ cert } = identity);
      const tls = ["--key", identity.key, "--cert", cert];
      const sites = await Promise.all([place.serve("--app", "echo"), place.serve("--app", "echo", ...tls)]);
      [url, secureUrl] = sites.map((site) => site.url) as [string, string];
    });

    afterAll(() => place.remove());

    /** Runs its cases. @returns what it has found */
    async function python(...args: readonly string[]): Promise<unknown> {
      const script = "tests/interop/support/http-client.py";
      const { status, stdout, stderr } = await place.run("python3", script, ...args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      return JSON.parse(stdout);
    }

    it("python's http.client finds all as it should be", async () => {
      expect(await python(url)).toEqual({ ...FOUND, half_closed: { status: 200, body: "half" } });
    });

    it("python's http.client finds the same over TLS", async () => {
      expect(await python(secureUrl, cert)).toEqual(FOUND);
    });

    it("wget sends forms, and keeps its connection", async () => {
      const { status, stdout, stderr } = await place.run(
        ...["wget", "-nv", "-d", "--no-hsts", "-T", "20", "-O", "-", "--post-data=a=b&c=d"],
        ...[`${url}/one`, `${url}/two`],
      );
      expect({ status, stdout }).toEqual({ status: 0, stdout: "a=b&c=da=b&c=d" });
      expect(stderr).toContain("Reusing fd ");
      expect(stderr).toMatch(/^Content-Type: application\/x-www-form-urlencoded\r?$/m);
    });

    it("wget puts a file, and gets it back", async () => {
      const file = place.makeFile("put", 300_000);
      const out = place.pathOf("put.echo");
      const args = [
        "-nv",
        "--no-hsts",
        "-T",
        "20",
        "--method=PUT",
        `--body-file=${file}`,
        "-O",
        out,
        `${url}/`,
      ];
      expect(await place.run("wget", ...args)).toMatchObject({ status: 0 });
      expect(hashOf(out)).toBe(hashOf(file));
    });

    it("wget trusts the certificate that it is given, and no other", async () => {
      const args = ["-nv", "--no-hsts", "-T", "20", "--post-data=secret", "-O", "-", `${secureUrl}/`];
      expect(await place.run("wget", `--ca-certificate=${cert}`, ...args)).toMatchObject({
        status: 0,
        stdout: "secret",
      });
      // 5: the certificate could not be verified.
      expect(await place.run("wget", ...args)).toMatchObject({ status: 5, stdout: "" });
    });
  });
});
