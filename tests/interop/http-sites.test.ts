import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, utimesSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { PATIENCE } from "../support/program.js";
import { describeWith, requireTool } from "../support/tools.js";
import { hashOf, HTTP_PLACE, HttpPlace, PROVIDERS } from "./support/http-place.js";

jest.setTimeout(3 * PATIENCE);

const TEXT = "0123456789abcdefghijklmnopqrstuvwxyz";

describeWith([...HTTP_PLACE, requireTool("curl"), requireTool("wget")], "curl, wget and files", () => {
  describe.each(PROVIDERS)("on %s", (provider) => {
    let place: HttpPlace;
    let url = "";
    let large = "";

    beforeAll(async () => {
      place = new HttpPlace(provider);
      mkdirSync(place.pathOf("public/sub"), { recursive: true });
      place.writeFile("public/text.txt", TEXT);
      place.writeFile("public/index.html", '<a href="text.txt">text</a> <a href="sub/">sub</a>');
      place.writeFile("public/sub/index.html", '<a href="../large.bin">large</a>');
      place.writeFile("public/page.html", "page ".repeat(1000));
      place.writeFile("public/page.html.gz", gzipSync("page ".repeat(1000)));
      place.writeFile("public/.secret", "secret");
      place.writeFile("outside.txt", "outside");
      large = place.makeFile("public/large.bin", 3_000_000);
      ({ url } = await place.serve("--app", "files", place.pathOf("public")));
    });

    afterAll(() => place.remove());

    it.each([
      ["0-4", "01234", "bytes 0-4/36"],
      ["30-", "uvwxyz", "bytes 30-35/36"],
      ["-3", "xyz", "bytes 33-35/36"],
      ["30-99", "uvwxyz", "bytes 30-35/36"],
    ])("the range %s is a part", async (range, part, content) => {
      const answer = await place.curl("-i", "-r", range, `${url}/text.txt`);
      expect(answer).toMatch(/^HTTP\/1\.1 206 /);
      expect(answer).toMatch(new RegExp(`^Content-Range: ${content}\r$`, "m"));
      expect(answer.endsWith(`\r\n\r\n${part}`)).toBe(true);
    });

    it("several ranges are several parts", async () => {
      const answer = await place.curl("-i", "-r", "0-3,4000-4003", `${url}/page.html`);
      expect(answer).toMatch(/^Content-Type: multipart\/byteranges; boundary=/m);
      expect(answer).toMatch(
        /Content-Range: bytes 0-3\/5000\r\n\r\npage\r\n[^]*Content-Range: bytes 4000-4003\/5000\r\n\r\npage\r\n/,
      );
    });

    it("a range behind the end is not there", async () => {
      const answer = await place.curl("-i", "-r", "36-", `${url}/text.txt`);
      expect(answer).toMatch(/^HTTP\/1\.1 416 [^]*^Content-Range: bytes \*\/36\r$/m);
    });

    it("a download that broke off is resumed (curl -C, wget -c)", async () => {
      for (const [name, resume] of Object.entries({
        curl: (out: string) => ["curl", "-sS", "-C", "-", "-o", out],
        wget: (out: string) => ["wget", "-nv", "--no-hsts", "-c", "-O", out],
      })) {
        const out = place.pathOf(`resumed.${name}`);
        copyFileSync(large, out);
        truncateSync(out, 1_000_000);
        const [program, ...args] = resume(out);
        expect(await place.run(program!, ...args, `${url}/large.bin`)).toMatchObject({ status: 0 });
        expect(hashOf(out)).toBe(hashOf(large));
      }
    });

    it("what has not changed is not sent again", async () => {
      const [out, etag] = [place.pathOf("etag.out"), place.pathOf("etag")];
      await place.curl("--etag-save", etag, "-o", out, `${url}/text.txt`);
      expect(readFileSync(etag, "utf8")).toMatch(/^"/);
      const told = ["-w", "%{http_code} %{size_download}", "-o", "/dev/null"];
      expect(await place.curl("--etag-compare", etag, ...told, `${url}/text.txt`)).toBe("304 0");
      utimesSync(out, new Date(), statSync(place.pathOf("public/text.txt")).mtime);
      expect(await place.curl("-z", out, ...told, `${url}/text.txt`)).toBe("304 0");
      expect(await place.curl("-z", "2001-01-01", ...told, `${url}/text.txt`)).toBe("200 36");
    });

    it("who takes gzip gets it", async () => {
      const page = "page ".repeat(1000);
      const packed = await place.curl("--compressed", "-D", place.pathOf("head"), `${url}/page.html`);
      expect(packed).toBe(page);
      expect(readFileSync(place.pathOf("head"), "utf8")).toMatch(/^Content-Encoding: gzip\r$/m);
      expect(await place.curl(`${url}/page.html`)).toBe(page);
    });

    it("nothing outside of the folder is there, nor what is hidden in it", async () => {
      const names = [
        "../outside.txt",
        "%2e%2e/outside.txt",
        "sub/../../outside.txt",
        ".secret",
        "text.txt%00",
      ];
      const urls = names.map((name) => `${url}/${name}`);
      const answers = await place.curl("--path-as-is", "-w", " %{http_code}\n", ...urls);
      expect(answers.match(/ \d+\n/g)).toEqual([" 404\n", " 404\n", " 404\n", " 404\n", " 404\n"]);
      expect(answers).not.toMatch(/outside$|secret$/m);
    });

    it("wget copies the whole site", async () => {
      const copy = place.pathOf("copy");
      const args = ["-nv", "--no-hsts", "-r", "-nH", "-P", copy, `${url}/`];
      expect(await place.run("wget", ...args)).toMatchObject({ status: 0 });
      for (const name of ["index.html", "text.txt", "sub/index.html", "large.bin"])
        expect(hashOf(`${copy}/${name}`)).toBe(hashOf(place.pathOf(`public/${name}`)));
    });
  });
});

describeWith([...HTTP_PLACE, requireTool("curl")], "curl and a site", () => {
  describe.each(PROVIDERS)("on %s", (provider) => {
    let place: HttpPlace;
    let url = "";

    beforeAll(async () => {
      place = new HttpPlace(provider);
      ({ url } = await place.serveSite());
    });

    afterAll(() => place.remove());

    it("a form is read (-d, --data-urlencode)", async () => {
      const args = ["-d", "a=1&b=", "--data-urlencode", "c=Grüße & Küsse=?"];
      expect(JSON.parse(await place.curl(...args, `${url}/form`))).toEqual([
        ["a", "1"],
        ["b", ""],
        ["c", "Grüße & Küsse=?"],
      ]);
    });

    it("an upload is read part by part (-F)", async () => {
      const [one, two] = [place.makeFile("one.bin", 2_000_000), place.writeFile('t"wo.txt', "two")];
      const files = ["-F", `file=@${one}`, "-F", `file=@"${two.replace('"', '\\"')}";type=text/x-two`];
      const parts = JSON.parse(await place.curl("-F", "note=Grüße", ...files, `${url}/upload`)) as object[];
      expect(parts).toEqual([
        expect.objectContaining({ name: "note", length: 7 }),
        {
          name: "file",
          fileName: "one.bin",
          contentType: "application/octet-stream",
          length: 2_000_000,
          sha256: hashOf(one),
        },
        { name: "file", fileName: 't"wo.txt', contentType: "text/x-two", length: 3, sha256: hashOf(two) },
      ]);
    });

    it("cookies are set, kept and sent back (-c, -b)", async () => {
      const jar = place.pathOf("jar");
      const names = ["one", "two"].map((name) => `${url}/cookies/${name}/x`);
      await place.curl("-L", "-c", jar, "-b", jar, "-o", "/dev/null", "-o", "/dev/null", ...names);
      expect(JSON.parse(await place.curl("-b", jar, `${url}/cookies`))).toEqual({ one: "x", two: "x" });
      expect(await place.curl(`${url}/cookies`)).toBe("{}");
    });

    it("a session remembers who comes again, and nobody else", async () => {
      const jar = place.pathOf("session");
      const visits = `${url}/visits`;
      expect(await place.curl("-c", jar, "-b", jar, visits, visits, visits)).toBe("123");
      expect(await place.curl(visits)).toBe("1");
      expect(await place.curl("-b", jar, visits)).toBe("4");
      expect(await place.curl("-b", "session=forged.AAAA", visits)).toBe("1");
    });

    it("redirects are followed, with the body where the status says so", async () => {
      expect(await place.curl("-L", "-w", "%{num_redirects}", `${url}/moved`)).toMatch(/Upload[^]*1$/);
      expect(await place.curl("-L", "-d", "a=b", `${url}/moved`)).toBe('[["a","b"]]');
    });

    it.each([
      ["Basic", ["--basic"], "/basic/"],
      ["Digest", ["--digest"], "/digest/"],
      ["Digest, with a body", ["--digest", "-X", "PUT", "-d", "body"], "/digest/"],
      ["whatever it asks for", ["--anyauth"], "/digest/"],
    ])("%s lets in who knows the password", async (_, args, path) => {
      const login = [...args, "-w", " %{http_code}", `${url}${path}`];
      expect(await place.curl("-u", "alice:open sesame", ...login)).toBe("alice 200");
      expect(await place.curl("-u", "alice:guessed", ...login)).toMatch(/ 401$/);
      expect(await place.curl(...login.slice(1))).toMatch(/ 401$/);
    });

    it("a token is got by a login, and lets in (--oauth2-bearer)", async () => {
      const ask = (password: string): Promise<string> =>
        place.curl("--json", JSON.stringify({ user: "alice", password }), `${url}/login`);
      const { access_token: token } = JSON.parse(await ask("open sesame")) as { access_token: string };
      expect(await place.curl("--oauth2-bearer", token, `${url}/bearer/`)).toBe("alice");
      expect(await place.curl("--oauth2-bearer", `${token}x`, `${url}/bearer/`)).toContain("401");
      expect(await ask("guessed")).toContain("401");
    });
  });
});
