import { expect, it, jest } from "@jest/globals";
import { PATIENCE } from "../support/program.js";
import { describeWith, requireTool } from "../support/tools.js";
import { Browser, BROWSER } from "./support/http-browser.js";
import { hashOf, HTTP_PLACE, HttpPlace, PROVIDERS } from "./support/http-place.js";
import { TapLan } from "./support/tap-lan.js";

jest.setTimeout(3 * PATIENCE);

/** Looks at the device's page as a person would. */
async function look(browser: Browser, url: string): Promise<void> {
  const page = await browser.open(url);
  const { ip, mac, hostname } = await page.evaluate<Record<string, string>>(
    'fetch("/api/status").then((response) => response.json())',
  );
  expect(await page.title()).toBe(hostname);
  expect(await page.innerText("h1")).toContain(ip);
  expect(await page.innerText("main")).toContain(mac);
  // The page's script asks for the status again and again, and shows it.
  const uptime = await page.innerText("#uptime");
  await page.waitForFunction(`document.querySelector("#uptime").innerText !== ${JSON.stringify(uptime)}`);
  expect(await page.innerText("#live")).toBe("online");
  expect(browser.complaints).toEqual([]);
  await page.getByRole("link", { name: "/api/status" }).click();
  expect(JSON.parse(await page.innerText("body"))).toMatchObject({ ip, mac, hostname });
}

/** Fills in both forms of the site as a person would. */
async function fillIn(browser: Browser, url: string, large: string, small: string): Promise<void> {
  const page = await browser.open(`${url}/form`);
  await page.fill("[name=text]", "Grüße & Küsse = 😘");
  await page.selectOption("[name=choice]", "two");
  await page.click("#send");
  expect(JSON.parse(await page.innerText("body"))).toEqual([
    ["text", "Grüße & Küsse = 😘"],
    ["choice", "two"],
  ]);
  await page.goBack();
  await page.fill("[name=note]", "two files");
  await page.setInputFiles("[name=file]", [large, small]);
  await page.click("#upload");
  expect(JSON.parse(await page.innerText("body"))).toEqual([
    expect.objectContaining({ name: "note", length: 9 }),
    expect.objectContaining({ name: "file", fileName: "file.bin", length: 3_000_000, sha256: hashOf(large) }),
    expect.objectContaining({ name: "file", fileName: "ü.txt", contentType: "text/plain", length: 5 }),
  ]);
  for (const visits of ["1", "2", "3"]) {
    await page.goto(`${url}/visits`);
    expect(await page.innerText("body")).toBe(visits);
  }
}

describeWith([...BROWSER, ...HTTP_PLACE, requireTool("dnsmasq", "dnsmasq-base")], "Chromium", () => {
  it.concurrent("shows the device's page, served on the system's sockets", async () => {
    const place = new HttpPlace("node");
    try {
      const { url } = await place.serve();
      await Browser.use(place.namespace, (browser) => look(browser, `${url}/`));
    } finally {
      await place.remove();
    }
  });

  it.concurrent.each(PROVIDERS)(
    "posts a form, uploads files and keeps a session, on %s",
    async (provider) => {
      const place = new HttpPlace(provider);
      try {
        const { url } = await place.serveSite();
        const large = place.makeFile("file.bin", 3_000_000);
        const small = place.writeFile("ü.txt", "short");
        await Browser.use(place.namespace, (browser) => fillIn(browser, url, large, small));
      } finally {
        await place.remove();
      }
    },
  );

  it.concurrent("shows the page of the device behind a TAP interface", async () => {
    const lan = new TapLan("tap0");
    try {
      lan.makeTap();
      lan.bringUp();
      await lan.startDhcpServer();
      const device = lan.startDevice();
      const [url] = await device.says(/http:\/\/[0-9.]+\//);
      await Browser.use(lan.namespace, (browser) => look(browser, url));
    } finally {
      await lan.remove();
    }
  });
});
