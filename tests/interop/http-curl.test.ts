import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { PATIENCE } from "../support/program.js";
import { describeWith, requireTool } from "../support/tools.js";
import { faultyFrames } from "../support/tshark.js";
import { hashOf, HTTP_PLACE, HttpPlace, PROVIDERS } from "./support/http-place.js";

jest.setTimeout(3 * PATIENCE);

const MEBIBYTE = 1024 * 1024;
const LIMIT = 8 * MEBIBYTE;

describeWith([...HTTP_PLACE, requireTool("curl"), requireTool("openssl")], "curl and the echo", () => {
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
      const echo = ["--app", "echo", "--limit-body", `${LIMIT}`];
      const tls = ["--key", identity.key, "--cert", cert];
      const sites = await Promise.all([place.serve(...echo), place.serve(...echo, ...tls, "--trace")]);
      [url, secureUrl] = sites.map((site) => site.url) as [string, string];
    });

    afterAll(() => place.remove());

    it.each(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "x-own"])(
      "%s brings the body back with its type, whatever the path",
      async (method) => {
        const args = ["-X", method, "-d", "hello", "-H", "Content-Type: text/x-test; a=b"];
        const told = "%{http_code} %{content_type} %{http_version}";
        const echo = await place.curl(...args, "-w", ` ${told}`, "--path-as-is", `${url}/a//b/../c?d=e`);
        expect(echo).toBe("hello 200 text/x-test; a=b 1.1");
      },
    );

    it("HEAD brings the head alone", async () => {
      const head = await place.curl("--head", `${url}/`);
      expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(head).toMatch(/^Content-Length: 0\r$/m);
    });

    it("TRACE is not allowed, and what is allowed is said", async () => {
      const answer = await place.curl("-i", "-X", "TRACE", `${url}/`);
      expect(answer).toMatch(/^HTTP\/1\.1 405 /);
      expect(answer).toMatch(/^Allow: GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS\r$/m);
    });

    it("TRACE brings the request back where that is wanted, but not its credentials", async () => {
      const args = [
        "--cacert",
        cert,
        "-X",
        "TRACE",
        "-u",
        "alice:secret",
        "-b",
        "a=b",
        "-H",
        "X-Own: 1",
        "-i",
      ];
      const answer = await place.curl(...args, `${secureUrl}/path`);
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*^Content-Type: message\/http\r$/m);
      expect(answer).toMatch(/^TRACE \/path HTTP\/1\.1\r\nHost: [^]*^X-Own: 1\r$/m);
      expect(answer).not.toMatch(/^(Authorization|Cookie):/im);
    });

    it("cookies come back", async () => {
      expect(await place.curl("-b", "a=1; b=zwei=2; ü=ß", `${url}/cookie`)).toBe("a=1\nb=zwei=2\nü=ß\n");
      expect(await place.curl(`${url}/cookie`)).toBe("");
    });

    it("one connection serves many requests", async () => {
      const urls = Array.from({ length: 20 }, (_, index) => `${url}/${index}`);
      const connects = await place.curl("-w", "%{num_connects} ", ...urls);
      expect(connects.trim().split(" ")).toEqual(["1", ...urls.slice(1).map(() => "0")]);
    });

    it("many connections serve requests side by side", async () => {
      const bodies = Array.from({ length: 12 }, (_, index) => `body ${index}`);
      const echoes = await Promise.all(bodies.map((body) => place.curl("-d", body, `${url}/`)));
      expect(echoes).toEqual(bodies);
    });

    it("a body that waits for 100 Continue is asked for", async () => {
      const file = place.makeFile("expected", 100_000);
      const args = ["-H", "Expect: 100-continue", "--expect100-timeout", "20", "--data-binary", `@${file}`];
      const out = place.pathOf("expected.echo");
      const { stderr } = await place.run("curl", "-sv", ...args, "-o", out, `${url}/`);
      expect(stderr).toMatch(/^< HTTP\/1\.1 100 Continue\r?$/m);
      expect(stderr).toMatch(/^< HTTP\/1\.1 200 OK\r?$/m);
      expect(hashOf(out)).toBe(hashOf(file));
    });

    it.each([
      ["with its length", ["-H", "Expect:"]],
      ["in chunks", ["-H", "Expect:", "-H", "Transfer-Encoding: chunked"]],
    ])("megabytes go there and back, %s", async (name, fields) => {
      const file = place.makeFile(name, 5 * MEBIBYTE + 1);
      const out = place.pathOf(`${name}.echo`);
      await place.curl("-X", "PUT", ...fields, "--data-binary", `@${file}`, "-o", out, `${url}/`);
      expect(hashOf(out)).toBe(hashOf(file));
    });

    it("an upload whose length nobody knows comes in chunks", async () => {
      const uploading = place.start("curl", "-sS", "--max-time", "20", "-T", "-", `${url}/`);
      uploading.child.stdin!.end("from a pipe");
      expect(await uploading.ends()).toMatchObject({ status: 0, stdout: "from a pipe" });
    });

    it("HTTP/1.0 is answered, and ends with the connection", async () => {
      const answer = await place.curl("-0", "-i", "-d", "old", `${url}/`);
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nold$/);
      expect(answer).not.toContain("Transfer-Encoding");
      expect(answer).toMatch(/^Connection: close\r$/m);
    });

    it("TLS carries it all: kept connections, chunks, HTTP/1.1 by ALPN", async () => {
      const file = place.makeFile("secret", MEBIBYTE);
      const out = [place.pathOf("secret.1"), place.pathOf("secret.2")];
      const body = ["-H", "Transfer-Encoding: chunked", "--data-binary", `@${file}`];
      const outputs = out.flatMap((path) => ["-o", path, `${secureUrl}/`]);
      const told = "%{http_code} %{http_version} %{num_connects} ";
      expect(await place.curl("--cacert", cert, ...body, "-w", told, ...outputs)).toBe(
        "200 1.1 1 200 1.1 0 ",
      );
      expect(out.map(hashOf)).toEqual(out.map(() => hashOf(file)));
    });

    it("TLS 1.2 is spoken, and HTTP/2 is not what is agreed on", async () => {
      const args = ["--cacert", cert, "--http2", "--tls-max", "1.2", "-d", "old", "-w", " %{http_version}"];
      expect(await place.curl(...args, `${secureUrl}/`)).toBe("old 1.1");
    });

    it("a body that is too long is refused before it is sent", async () => {
      const file = place.makeFile("long", LIMIT + 1);
      const told = "%{http_code} %{size_upload}";
      const args = ["-H", "Expect: 100-continue", "--expect100-timeout", "20", "--data-binary", `@${file}`];
      expect(await place.curl(...args, "-o", "/dev/null", "-w", told, `${url}/`)).toBe("413 0");
    });

    it("a body that is too long is refused while it is sent, and the answer arrives", async () => {
      const file = place.makeFile("longer", LIMIT + 1);
      // A client that goes on sending is cut off after a while; what counts is that it was told why.
      const args = [
        "-sS",
        "-H",
        "Expect:",
        "--data-binary",
        `@${file}`,
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
      ];
      const { stdout } = await place.run("curl", ...args, "--max-time", "20", `${url}/`);
      expect(stdout).toBe("413");
    });
  });
});

const capturing = [requireTool("dumpcap", "wireshark-common"), requireTool("tshark"), requireTool("curl")];

describeWith([...HTTP_PLACE, ...capturing], "what crosses the TAP interface", () => {
  it("is HTTP that tshark has nothing against", async () => {
    const place = new HttpPlace("tap");
    try {
      const { url } = await place.serve("--app", "echo", "--limit-body", "200k");
      const file = place.makeFile("body", 100_000);
      const frames = await place.captured(async () => {
        await place.curl("-d", "one", `${url}/one`, "-d", "two", `${url}/two`);
        const chunked = ["-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue"];
        await place.curl(...chunked, "--data-binary", `@${file}`, "-o", "/dev/null", `${url}/chunked`);
        await place.curl("-X", "BAD METHOD", `${url}/refused`);
        await place.curl("-H", "Content-Length: 300000", "-d", "x", `${url}/long`);
      }, "413 Content Too Large");
      expect(faultyFrames(frames)).toEqual([]);
      const said = frames.flatMap(({ protocols, info }) => (protocols.includes("http") ? [info] : []));
      const answers = said.filter((info) => info.startsWith("HTTP/1.1 "));
      expect(said.find((info) => info.startsWith("POST /one HTTP/1.1"))).toBeDefined();
      expect(answers.map((info) => info.slice(9, 12))).toEqual(["200", "200", "100", "200", "400", "413"]);
      const reset = frames.filter(({ info }) => info.includes("[RST"));
      expect(reset).toEqual([]);
    } finally {
      await place.remove();
    }
  });
});
