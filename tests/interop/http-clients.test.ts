import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { PATIENCE } from "../support/program.js";
import { describeWith, requireTool } from "../support/tools.js";
import { hashOf, HTTP_PLACE, HttpPlace, PROVIDERS } from "./support/http-place.js";

jest.setTimeout(3 * PATIENCE);

const requirements = [...HTTP_PLACE, requireTool("python3"), requireTool("wget")];

describeWith(requirements, "other people's clients and the echo", () => {
  describe.each(PROVIDERS)("on %s", (provider) => {
    let place: HttpPlace;
    let url = "";

    beforeAll(async () => {
      place = new HttpPlace(provider);
      ({ url } = await place.serve("--app", "echo"));
    });

    afterAll(() => place.remove());

    it("python's http.client finds all as it should be", async () => {
      const { status, stdout, stderr } = await place.run(
        "python3",
        "tests/interop/support/http-client.py",
        url,
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const echo = [200, "hello", "text/x-test"];
      const methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"];
      expect(JSON.parse(stdout)).toEqual({
        methods: {
          answers: {
            ...Object.fromEntries(methods.map((method) => [method, echo])),
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
        half_closed: { status: 200, body: "half" },
      });
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
      const args = ["-nv", "--no-hsts", "-T", "20", "--method=PUT", `--body-file=${file}`, "-O", out, `${url}/`];
      expect(await place.run("wget", ...args)).toMatchObject({ status: 0 });
      expect(hashOf(out)).toBe(hashOf(file));
    });
  });
});
