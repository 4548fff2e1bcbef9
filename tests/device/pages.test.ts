import { describe, expect, it } from "@jest/globals";
import { runInNewContext } from "node:vm";
import { DeviceUnderTest } from "./device-under-test.js";

const test = new DeviceUnderTest().boot();

describe("the pages", () => {
  it.each([
    ["GET /", 200],
    ["HEAD /", 200],
    ["GET /api/status", 200],
    ["HEAD /api/status", 200],
    ["GET /favicon.ico", 404],
    ["GET /api/status/", 308],
    ["POST /", 405],
    ["DELETE /api/status", 405],
    ["BREW /", 501],
    ["GET nowhere", 400],
  ])("%s is answered %i", (line, status) => {
    expect(test.ask(line)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it.each(["/", "/api/status"])("%s is not to be kept in a cache", (path) => {
    expect(test.ask(`GET ${path}`)).toContain("\r\nCache-Control: no-store\r\n");
  });

  it("have their types", () => {
    expect(test.ask("HEAD /")).toContain("\r\nContent-Type: text/html; charset=utf-8\r\n");
    expect(test.ask("HEAD /api/status")).toContain("\r\nContent-Type: application/json\r\n");
  });
});

describe("the page for people", () => {
  const page = test.body("GET /");

  it.each([
    ["MAC", "02:00:00:00:00:01"],
    ["Subnet mask", "255.255.255.0"],
    ["Gateway", "10.77.0.1"],
    ["DNS", "10.77.0.1, 9.9.9.9"],
    ["Host name", "wirelet-000001"],
    ["Platform", "virtual"],
    ["DHCP", "BOUND"],
    ["Server", "10.77.0.1"],
    ["Probe", "nobody else has it"],
    ["Reason", "new lease"],
    ["Router <small>3</small>", "10.77.0.1"],
    ["Lease Time <small>51</small>", "3600 s"],
  ])("shows %s", (label, value) => {
    expect(page).toMatch(new RegExp(`<dt>${label}</dt><dd[^>]*>${value}</dd>`));
  });

  it("shows address, uptime, lease and memory", () => {
    expect(page).toContain("<p>IP address</p>\n<h1>10.77.0.129<small>/24</small></h1>");
    expect(page).toContain('<dd id="uptime">10 s</dd>');
    expect(page).toMatch(/<b id="lease">59 min \d+ s<\/b><span>left of 1 h</);
    expect(page).toContain('<b id="memory">48 KiB</b><span>of 320 KiB memory in use');
  });

  it("needs nothing from elsewhere", () => {
    expect(page).not.toMatch(/(src|href)="(?!data:|\/api\/status")/);
    expect(page).not.toMatch(/@import|url\(/);
  });

  it("fits into a device", () => {
    expect(page.length).toBeLessThan(8000);
    // In ASCII a character is a byte, and the cheapest to encode.
    expect(page).toMatch(/^[\n -~]*$/);
  });

  it("escapes what it does not know", () => {
    const page = new DeviceUnderTest({ hostName: `<b>"'&`, platform: "<script>" }).boot().body("GET /");
    expect(page).toContain("<title>&lt;b&gt;&quot;&#39;&amp;</title>");
    expect(page).toContain("<dd>&lt;script&gt;</dd>");
    expect(page).not.toContain(`<b>"`);
  });

  it("says what it does not know", () => {
    const page = new DeviceUnderTest({ memory: () => ({ used: 812 }), dhcp: undefined });
    page.network.configure({ address: page.lan.hosts[0]!.ipv4!.address, prefixLength: 24, dns: [] });
    const body = page.boot().body("GET /");
    expect(body).toContain("<dt>Gateway</dt><dd>&mdash;</dd>");
    expect(body).toContain("<dt>DHCP</dt><dd>by the platform</dd>");
    expect(body).toContain('<b id="memory">812 B</b>');
    expect(body).not.toContain('id="lease"');
    expect(body).not.toContain('id="memory-bar"');
  });
});

/** As much of a browser as the page's script sees. */
class Browser {
  readonly elements = new Map<string, { textContent: string; style: { width: string } }>();
  readonly body = { className: "" };
  hidden = false;
  reloads = 0;
  asked = 0;
  #tick: (() => void) | undefined;

  /** @param answer what /api/status says; undefined: nothing comes */
  constructor(
    page: string,
    public answer: () => string | undefined,
  ) {
    for (const [, id] of page.matchAll(/ id="([^"]+)"/g))
      this.elements.set(id!, { textContent: "", style: { width: "" } });
    runInNewContext(/<script>([^]*)<\/script>/.exec(page)![1]!, {
      document: {
        body: this.body,
        isHidden: () => this.hidden,
        getElementById: (id: string) => this.elements.get(id) ?? null,
        get hidden(): boolean {
          return (this as unknown as { isHidden(): boolean }).isHidden();
        },
      },
      location: { reload: () => this.reloads++ },
      setInterval: (tick: () => void) => (this.#tick = tick),
      fetch: (path: string) => this.#fetch(path),
    });
  }

  /** Lets the page's interval pass. */
  async tick(): Promise<void> {
    this.#tick!();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }

  text(id: string): string {
    return this.elements.get(id)!.textContent;
  }

  #fetch(path: string): Promise<{ json(): unknown }> {
    expect(path).toBe("/api/status");
    this.asked++;
    const answer = this.answer();
    if (answer === undefined) return Promise.reject(new Error("no answer"));
    return Promise.resolve({ json: () => JSON.parse(answer) as unknown });
  }
}

describe("the page's script", () => {
  const served = new DeviceUnderTest({}, 400_000).boot();
  const open = (): Browser => new Browser(served.body("GET /"), () => served.body("GET /api/status"));

  it.each([0, 50_000, 3_000_000, 90_000_000, 200_000_000])(
    "writes what the page itself says, %i ms later",
    async (later) => {
      served.pass(later);
      const browser = open();
      await browser.tick();
      const page = served.body("GET /");
      for (const id of ["uptime", "lease", "memory", "t1", "t2", "ago"]) {
        expect(page).toContain(` id="${id}">${browser.text(id)}</`);
      }
      expect(Number.parseFloat(browser.elements.get("memory-bar")!.style.width)).toBeCloseTo(15);
    },
  );

  it("says when the device is gone and when it is back", async () => {
    const browser = open();
    const { answer } = browser;
    browser.answer = () => undefined;
    await browser.tick();
    expect([browser.body.className, browser.text("live")]).toEqual(["lost", "no answer"]);
    browser.answer = answer;
    await browser.tick();
    expect([browser.body.className, browser.text("live")]).toEqual(["", "online"]);
  });

  it("loads the page again when something else has changed", async () => {
    const browser = open();
    await browser.tick();
    await browser.tick();
    expect(browser.reloads).toBe(0);
    browser.answer = () => served.body("GET /api/status").replace("BOUND", "RENEWING");
    await browser.tick();
    expect(browser.reloads).toBe(1);
  });

  it("asks nothing while nobody looks", async () => {
    const browser = open();
    browser.hidden = true;
    await browser.tick();
    expect(browser.asked).toBe(0);
  });
});
