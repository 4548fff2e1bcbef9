import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import type { NetworkNamespace } from "../../support/namespace.js";
import { PATIENCE } from "../../support/program.js";
import { requireTool, type Requirement } from "../../support/tools.js";

/** What a browser needs. */
export const BROWSER: readonly Requirement[] = [requireTool("chromium")];

/** Without a display, without calling home, and without a sandbox, which root may not have. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium, in a network namespace or in none, with a profile that is new, and what it complains of. */
export class Browser {
  /** What the page has failed at: scripts' errors, what could not be loaded. */
  readonly complaints: string[] = [];
  readonly #folder: string;
  readonly #context: BrowserContext;

  private constructor(folder: string, context: BrowserContext) {
    this.#folder = folder;
    this.#context = context;
    context.setDefaultTimeout(PATIENCE);
  }

  /** Starts one, and ends it when `action` is done. */
  static async use(
    namespace: NetworkNamespace | undefined,
    action: (browser: Browser) => Promise<void>,
  ): Promise<void> {
    const browser = await Browser.#start(namespace);
    try {
      await action(browser);
    } finally {
      await browser.#close();
    }
  }

  static async #start(namespace: NetworkNamespace | undefined): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), "wirelet-browser-"));
    const [executablePath, profile] = [join(folder, "chromium"), join(folder, "profile")];
    const entering = namespace === undefined ? "" : `ip netns exec ${namespace.name} `;
    const script = `#!/bin/sh\nexec ${entering}/usr/bin/chromium "$@"\n`;
    writeFileSync(executablePath, script, { mode: 0o755 });
    mkdirSync(profile);
    const context = await chromium.launchPersistentContext(profile, { executablePath, args: FLAGS });
    return new Browser(folder, context);
  }

  async open(url: string): Promise<Page> {
    const page = await this.#context.newPage();
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    page.on("requestfailed", (request) =>
      this.complaints.push(`${request.url()}: ${request.failure()?.errorText}`),
    );
    await page.goto(url);
    return page;
  }

  async #close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#folder, { recursive: true });
  }
}
