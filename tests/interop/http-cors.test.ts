import { expect, it, jest } from "@jest/globals";
import { PATIENCE } from "../support/program.js";
import { describeWith } from "../support/tools.js";
import { Browser, BROWSER } from "./support/http-browser.js";
import { HTTP_PLACE, HttpPlace } from "./support/http-place.js";

jest.setTimeout(3 * PATIENCE);

/** What a script can learn of an answer; "blocked" where the browser does not let it have it. */
const FETCH = `async ([url, options]) => {
  try {
    const response = await fetch(url, options);
    return [response.status, response.headers.get("X-Count"), await response.text()].join(" ");
  } catch {
    return "blocked";
  }
}`;

/** Starts cors-site.ts. @returns its URL */
async function startSite(place: HttpPlace, ...allowed: readonly string[]): Promise<string> {
  const loading = ["-r", "ts-node/register", "-r", "./scripts/rooms.cjs"];
  const program = place.start(process.execPath, ...loading, "tests/interop/support/cors-site.ts", ...allowed);
  const [url] = await program.says(/http:\/\/[\d.]+:[1-9]\d*(?=\/ )/);
  return url;
}

describeWith([...BROWSER, ...HTTP_PLACE], "Chromium and CORS", () => {
  it("agree about what a script of another origin may do", async () => {
    const place = new HttpPlace("node");
    try {
      const origin = await startSite(place);
      const site = await startSite(place, origin);
      const learned: Record<string, unknown> = {};
      await Browser.use(place.namespace, async (browser) => {
        const page = await browser.open(`${origin}/`);
        const ask = async (path: string, options: object = {}): Promise<void> => {
          const answer = await page.evaluate(`(${FETCH})(${JSON.stringify([site + path, options])})`);
          learned[`${path} ${JSON.stringify(options)}`] = answer;
        };
        await ask("/open/page");
        await ask("/open/page", { credentials: "include" });
        await ask("/open/page", { method: "PUT" });
        await ask("/closed/page", { credentials: "include" });
        await ask("/closed/page", { method: "PUT", headers: { "X-Token": "t" }, credentials: "include" });
        await ask("/closed/page", { method: "DELETE" });
        await ask("/closed/page", { headers: { "X-Other": "t" } });
        await ask("/closed/error");
        await ask("/closed/none");
        await ask("/other/page");
        await ask("/silent/page");
      });
      expect(learned).toEqual({
        "/open/page {}": '200  {"method":"GET"}',
        '/open/page {"credentials":"include"}': "blocked",
        '/open/page {"method":"PUT"}': "blocked",
        '/closed/page {"credentials":"include"}': '200 7 {"method":"GET"}',
        '/closed/page {"method":"PUT","headers":{"X-Token":"t"},"credentials":"include"}':
          '200 7 {"method":"PUT","token":"t"}',
        '/closed/page {"method":"DELETE"}': "blocked",
        '/closed/page {"headers":{"X-Other":"t"}}': "blocked",
        "/closed/error {}": expect.stringMatching(/^403 .*not you/),
        "/closed/none {}": expect.stringMatching(/^404 /),
        "/other/page {}": "blocked",
        "/silent/page {}": "blocked",
      });
    } finally {
      await place.remove();
    }
  });
});
