import type { Server } from "node:http";
import type { WebSocket } from "ws";
import { loadRun, saveRun, Run, type Scenarios } from "../run/index.js";
import { Fields } from "../run/fields.js";
import { Scene } from "./scene.js";
import { Tab } from "./tab.js";
import { Web } from "./web.js";

/** Ms between two messages to a tab: about a frame of a screen. */
const TICK = 33;
/** Ticks between two looks at the hosts and cables. */
const SLOW = 6;

const MIN_SPEED = 0.01;
const MAX_SPEED = 1e6;

const REQUESTS = Object.freeze([
  "pause",
  "resume",
  "step",
  "speed",
  "act",
  "restart",
  "save",
  "load",
  "watch",
  "page",
] as const);

export interface DashboardOptions {
  /** What is shown first. */
  readonly run: Run;
  /** What files that are loaded may begin with. */
  readonly scenarios: Scenarios;
}

/**
 * Records a run from the moment it is made, and serves a page that shows it and lets a person steer it, in any number of
 * tabs. The run goes on whether anybody looks or not.
 *
 * @example
 * const server = await listenOnLoopback(8081, createServer());
 * const dashboard = new Dashboard({ run: new Run(beginning, lan), scenarios });
 * dashboard.serve(server);
 */
export class Dashboard {
  readonly #scenarios: Scenarios;
  readonly #webs: Web[] = [];
  readonly #tabs = new Set<Tab>();
  #scene: Scene;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;

  constructor({ run, scenarios }: DashboardOptions) {
    this.#scenarios = scenarios;
    this.#scene = new Scene(run);
  }

  /** Lets browsers in, and from then on virtual time pass. @param server listens already, on loopback */
  serve(server: Server): void {
    void this.run.pace;
    this.#webs.push(new Web(server, (socket) => this.#addTab(socket)));
  }

  /** What is shown now: another one after a file was loaded. */
  get run(): Run {
    return this.#scene.run;
  }

  end(): void {
    clearInterval(this.#timer);
    for (const web of this.#webs) web.end();
    this.#scene.end();
  }

  #addTab(socket: WebSocket): void {
    const tab = new Tab(socket);
    this.#tabs.add(tab);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#tabs.delete(tab);
      if (this.#tabs.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    });
    socket.on("message", (data) => void this.#answer(tab, String(data)));
    this.#scene.update();
    tab.update(this.#scene, true);
    this.#timer ??= setInterval(() => this.#tick(), TICK);
  }

  #tick(): void {
    const isSlow = this.#ticks++ % SLOW === 0;
    if (isSlow) this.#scene.update();
    for (const tab of this.#tabs) tab.update(this.#scene, isSlow);
  }

  async #answer(tab: Tab, text: string): Promise<void> {
    let to = 0;
    try {
      const fields = new Fields(JSON.parse(text), "the request");
      to = fields.number("id", 0, Number.MAX_SAFE_INTEGER);
      const value = await this.#serve(tab, fields);
      tab.send({ type: "answer", to, ...(value !== undefined && { value }) });
    } catch (error) {
      tab.send({ type: "answer", to, error: (error as Error).message });
    }
    // What was asked for is seen at once.
    this.#scene.update();
    for (const each of this.#tabs) each.update(this.#scene, true);
  }

  /** @throws NetworkError if it makes no sense, or cannot be done */
  async #serve(tab: Tab, fields: Fields): Promise<string | undefined> {
    const { run, pages } = this.#scene;
    switch (fields.choice("ask", REQUESTS)) {
      case "pause":
        run.pace.pause();
        return undefined;
      case "resume":
        run.pace.resume();
        return undefined;
      case "step":
        return String(run.pace.step());
      case "speed":
        run.pace.speed =
          fields.any("speed") === null ? Infinity : fields.number("speed", MIN_SPEED, MAX_SPEED);
        return undefined;
      case "act":
        run.act(fields.any("action"));
        return undefined;
      case "restart":
        this.#replace(Run.again({ ...run.record, actions: [], heardOutside: false }, this.#scenarios));
        return undefined;
      case "save":
        return saveRun(run);
      case "load":
        this.#replace(loadRun(fields.text("file"), this.#scenarios));
        return undefined;
      case "watch":
        tab.watched = fields.any("host") === null ? null : fields.text("host");
        return undefined;
      case "page":
        return pages.open(fields.text("host"));
    }
  }

  #replace(run: Run): void {
    const former = this.#scene;
    this.#scene = new Scene(run);
    // Its time passes from here on, whether there is anything to replay or not.
    void run.pace;
    former.end();
  }
}
