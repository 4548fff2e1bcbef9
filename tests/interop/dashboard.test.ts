import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { WebSocket } from "ws";
import { PATIENCE, Program } from "../support/program.js";
import { describeWith } from "../support/tools.js";
import { Browser, BROWSER } from "./support/http-browser.js";

jest.setTimeout(4 * PATIENCE);

const ROOT = join(__dirname, "..", "..");
/** With this in the environment, the pictures of the documentation are taken anew. */
const TAKES_PICTURES = process.env["UPDATE_PICTURES"] !== undefined;
const PICTURES = join(ROOT, "docs", "pictures");

function startNode(...args: string[]): Program {
  return new Program(spawn(process.execPath, args, { cwd: ROOT, stdio: ["pipe", "pipe", "pipe"] }));
}

function startPlace(name: string): Program {
  const loading = ["-r", "ts-node/register", "-r", "./scripts/rooms.cjs"];
  return startNode(...loading, "tests/interop/support/dashboard-place.ts", name);
}

/** The dashboard's URL, as the program tells it. */
async function urlOf(program: Program): Promise<string> {
  const [, url] = await program.says(/(?:shown at |^)(http:\/\/127\.0\.0\.1:\d+\/)/m);
  return url!;
}

async function takePicture(page: Page, name: string): Promise<void> {
  if (!TAKES_PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  // Until all that moves has come to rest.
  await page.waitForTimeout(700);
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

const SIDE = ".side";
const ROWS = ".list .row";
const LABELS = ".ladder text.label";

async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).allInnerTexts()).join("\n");
}

/** What the ladder's arrows say. */
function labels(page: Page): Promise<string[]> {
  return page.locator(LABELS).allTextContents();
}

/** Looks until it is so. The page's policy lets nobody evaluate scripts in it, so that it is looked at from outside. */
async function eventually(what: string, look: () => Promise<boolean>): Promise<void> {
  for (
    const end = Date.now() + PATIENCE;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 50))
  )
    if (await look()) return;
  throw new Error(`In vain waited for: ${what}`);
}

async function count(page: Page, selector: string): Promise<number> {
  return page.locator(selector).count();
}

/** Has the laptop send bytes to the device. */
async function transfer(page: Page, size: string): Promise<void> {
  await page.click('[data-host="laptop"]');
  await page.selectOption('[aria-label="How much to send"]', size);
  await page.getByRole("button", { name: "Send it" }).click();
}

describeWith(BROWSER, "the dashboard, in Chromium", () => {
  let program: Program;
  let url: string;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "wirelet-dashboard-"));
    program = startNode("scripts/wirelet.mjs", "sim", "--port", "0", "--dashboard-port", "0");
    url = await urlOf(program);
  });

  afterAll(() => {
    program.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  it("shows the LAN, what a person does to it, and the same again from a file", async () => {
    await Browser.use(undefined, async (browser) => {
      const page = await browser.open(url);
      await page.setViewportSize({ width: 1280, height: 860 });

      // The lease, in the panel and as a conversation.
      await page.click('[data-host="device"]');
      await page.locator(SIDE).getByText("BOUND").waitFor();
      expect(await textOf(page, SIDE)).toMatch(/192\.168\.1\.1\d\d\/24[\s\S]*192\.168\.1\.1[\s\S]*LISTEN/);
      await page.fill(".filter", "dhcp");
      await eventually("four packets", async () => (await count(page, ROWS)) === 4);
      await page.locator(ROWS).nth(1).click();
      await page.locator(".detail").getByText("Dynamic Host Configuration Protocol").first().waitFor();
      await takePicture(page, "dashboard");
      // What one points at in the tree is lit in the bytes.
      await page.locator(".tree li > span:visible").nth(2).hover();
      await page.locator(".bytes .lit").first().waitFor();
      await page.getByRole("button", { name: "Show the conversation" }).click();
      await eventually("four arrows", async () => (await count(page, LABELS)) === 4);
      expect((await labels(page)).join()).toMatch(/Discover.*Offer.*Request.*ACK/);
      await takePicture(page, "dashboard-dhcp");
      await page.getByRole("button", { name: "Packets", exact: true }).click();
      await page.fill(".filter", "dhcp.option.dhcp == 5 || arp.opcode == 2");
      await eventually("the one that passes", async () => (await count(page, ROWS)) === 1);
      await page.fill(".filter", "dhcp.optoin.dhcp == 5");
      await page.locator(".list .message").getByText("dhcp.optoin.dhcp").waitFor();
      await page.fill(".filter", "");

      // A link that loses frames, by keyboard; then one that is cut, by drag.
      await page.getByRole("button", { name: "Loss 20 %" }).focus();
      await page.keyboard.press("Enter");
      await page.locator('[data-cable="device"]').focus();
      await page.keyboard.press("Enter");
      await page.locator(SIDE).getByText("loss 20%").waitFor();
      await transfer(page, "100000");
      await page.fill(".filter", "device:");
      await page.getByRole("button", { name: "Conversations" }).click();
      await page.locator(".flows button").filter({ hasText: "TCP" }).first().waitFor();
      await page.locator(".flows button").first().click();
      await eventually("a repetition", async () =>
        (await labels(page)).some((label) => label.includes("sent again")),
      );
      await page.locator(".ladder .cross").first().waitFor();
      expect(await page.locator(".ladder text.lost").first().textContent()).toContain("loss 20%");
      await takePicture(page, "dashboard-loss");
      await page.getByRole("button", { name: "Plots" }).click();
      await page.locator(".plots canvas").nth(3).waitFor();
      await page.emulateMedia({ colorScheme: "dark" });
      await takePicture(page, "dashboard-plots-dark");
      await page.emulateMedia({ colorScheme: "light" });

      const chip = (await page.getByRole("button", { name: "Cut", exact: true }).boundingBox())!;
      const wire = (await page.locator('[data-cable="device"] .grip').boundingBox())!;
      await page.mouse.move(chip.x + 8, chip.y + 8);
      await page.mouse.down();
      await page.mouse.move(wire.x + wire.width / 2, wire.y + wire.height / 2, { steps: 4 });
      await page.mouse.up();
      await page.getByRole("button", { name: "Mend it" }).click();
      await page.getByRole("button", { name: "Cut it" }).waitFor();

      // Time.
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("button", { name: "Go on" }).waitFor();
      const before = await page.locator(".clock").getAttribute("title");
      await page.getByRole("button", { name: "Step" }).click();
      await eventually(
        "an event",
        async () => (await page.locator(".clock").getAttribute("title")) !== before,
      );

      // The file, and the same from it.
      const downloading = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save" }).click();
      const file = join(folder, "run.json");
      await (await downloading).saveAs(file);
      const saved = JSON.parse(readFileSync(file, "utf8")) as { actions: { do: string }[]; until: number };
      expect(saved.actions.map((action) => action.do)).toEqual(["impair", "transfer", "cut", "mend"]);
      await page.setInputFiles("input[type=file]", file);
      await page.getByRole("button", { name: "Pause" }).waitFor();
      await page.getByLabel("Speed").selectOption("max");
      const isOver = async (): Promise<boolean> => {
        const time = (await page.locator(".clock").textContent())!;
        return time.endsWith("h") || parseFloat(time) * 1000 > saved.until;
      };
      await eventually("the end of what was saved", isOver);
      await page.getByRole("button", { name: "Pause" }).click();
      const again = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save" }).click();
      await (await again).saveAs(file);
      expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ actions: saved.actions });

      // What is no run is refused in one line.
      writeFileSync(file, '{ "format": "something" }');
      await page.setInputFiles("input[type=file]", file);
      await page.getByText('its format is not "wirelet run"').waitFor();
      expect(browser.complaints).toEqual([]);
    });
  });

  it("opens a host's own page at an address of its own, and adds and switches hosts", async () => {
    await Browser.use(undefined, async (browser) => {
      const page = await browser.open(url);
      await page.getByRole("button", { name: "Restart" }).click();
      await page.getByLabel("Speed").selectOption("10");
      await page.click('[data-host="device"]');
      await page.locator(SIDE).getByText("BOUND").waitFor();
      const opening = page.waitForEvent("popup");
      await page.getByRole("button", { name: "Open its page" }).click();
      const own = await opening;
      await own
        .getByText(/192\.168\.1\.1\d\d/)
        .first()
        .waitFor();
      expect(new URL(own.url()).origin).not.toBe(new URL(url).origin);
      await page.getByLabel("Speed").selectOption("10");
      await page.getByLabel("Add a host").selectOption("computer");
      await page
        .locator(".side td", { hasText: /^192\.168\.1\.1\d\d\/24$/ })
        .first()
        .waitFor();
      await page.getByRole("button", { name: "Power off" }).click();
      await page.locator('[data-host="computer 1"].off').waitFor();
      await page.setViewportSize({ width: 400, height: 860 });
      await takePicture(page, "dashboard-phone");
      // Nothing is wider than a phone.
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(400);
    });
  });

  it("keeps what hosts are called and say from being more than text", async () => {
    const place = startPlace("hostile");
    try {
      const hostile = await urlOf(place);
      await Browser.use(undefined, async (browser) => {
        const page = await browser.open(hostile);
        await page.locator("[data-host]").first().click();
        await page.locator(ROWS).nth(1).click();
        for (const tab of ["Conversations", "Story", "Packets"]) {
          await page.getByRole("button", { name: tab, exact: true }).click();
          expect(await page.locator("#app img, #app script").count()).toBe(0);
        }
        expect(await page.title()).toBe("Wirelet");
        await page.locator(SIDE).getByText("<img src=x").first().waitFor();
        expect(browser.complaints).toEqual([]);
      });
    } finally {
      place.kill("SIGKILL");
    }
  });

  it("shows a hundred hosts and 2,000 packets a second with few elements, and says when the simulator is gone", async () => {
    const place = startPlace("busy");
    try {
      const busy = await urlOf(place);
      await Browser.use(undefined, async (browser) => {
        const page = await browser.open(busy);
        const told = async (): Promise<number> => parseInt(await page.locator(".tabs > .dim").innerText());
        await eventually("3000 packets", async () => (await told()) > 3_000);
        expect(await page.locator("[data-host]").count()).toBe(101);
        expect(await page.locator(ROWS).count()).toBeLessThan(100);
        // The newest are those that are seen.
        expect(await page.locator(ROWS).last().isVisible()).toBe(true);
        await takePicture(page, "dashboard-busy");
        place.kill("SIGKILL");
        await page.getByRole("alert").getByText("cannot be reached").waitFor();
      });
    } finally {
      place.kill("SIGKILL");
    }
  });

  describe("and its server", () => {
    function status(headers: Record<string, string>): Promise<number | undefined> {
      return new Promise((resolve, reject) => {
        get(url, { headers }, (response) => resolve(response.resume().statusCode)).on("error", reject);
      });
    }

    it("answers its own page only", async () => {
      const { port } = new URL(url);
      expect(await status({})).toBe(200);
      expect(await status({ host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(200);
      for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", "127.0.0.1:1"])
        expect([host, await status({ host })]).toEqual([host, 403]);
      for (const origin of ["http://evil.example", `https://127.0.0.1:${port}`, "null"])
        expect([origin, await status({ origin })]).toEqual([origin, 403]);
    });

    it("refuses the WebSocket of another page", async () => {
      const open = (origin: string): Promise<string> =>
        new Promise((resolve) => {
          const socket = new WebSocket(url.replace("http", "ws") + "live", { origin });
          socket.on("open", () => resolve("open"));
          socket.on("error", ({ message }) => resolve(message));
          socket.on("open", () => socket.close());
        });
      expect(await open(new URL(url).origin)).toBe("open");
      expect(await open("http://evil.example")).toContain("403");
    });

    it("says which port is taken, and how to choose another", async () => {
      const { port } = new URL(url);
      const { status, stderr } = await startNode(
        ...["scripts/wirelet.mjs", "sim", "--port", "0", "--dashboard-port", port],
      ).ends();
      expect(status).toBe(1);
      expect(stderr).toMatch(/^wirelet: .*choose one with --dashboard-port N \(EADDRINUSE\)\n$/);
    });
  });
});
