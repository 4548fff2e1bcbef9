import type { Ipv4Address } from "../../address/index.js";
import type {
  Clock,
  DecodeLatin1,
  EncodeUtf8,
  Io,
  Log,
  Random,
  TimerHandle,
  Timers,
} from "../../host/index.js";
import { formOf } from "../../http/content/index.js";
import { HttpError, HttpServer, type HttpRequest, type HttpResponse } from "../../http/server/index.js";
import { PAGE_LIMITS } from "../page-limits.js";
import { CaptiveNames } from "./captive-names.js";
import { networksToShow, type FoundNetwork } from "./found-networks.js";
import { networkProblem, type KnownNetwork, type NetworkStore } from "./network-store.js";
import { byAddressOnly, checkToken, createToken, sendPage, TOKEN_FIELD } from "./own-pages.js";
import { quotedName } from "./quoted-name.js";
import { renderChosenPage, renderSetupPage } from "./setup-page.js";

/** Bytes of a form at most: a name and a password, each character written as up to nine. */
export const MAX_SETUP_FORM = 2_048;

/** How long after a choice the device restarts, in ms: the page that says so has to get out before. */
export const RESTART_DELAY = 2_000;

/**
 * How long set-up mode waits for a person before a network that is known is tried again, in ms: longer than it takes to type
 * a password, and no longer than a router takes to come back after a power failure.
 */
export const SETUP_PATIENCE = 300_000;

export interface SetupServerOptions {
  readonly io: Io;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly encode?: EncodeUtf8 | undefined;
  readonly decode?: DecodeLatin1 | undefined;
  /** The access point's own. */
  readonly address: Ipv4Address;
  /** Absent: 80. */
  readonly port?: number;
  readonly hostName: string;
  /** Why the device is in set-up mode, as a sentence for people; absent: it has no network yet. */
  readonly reason?: string | undefined;
  readonly store: NetworkStore;
  /** What a search before the access point came up has found. */
  readonly networks: readonly FoundNetwork[];
  /** Searches again; `done` may be called at once, or much later. */
  readonly search: (done: (networks: readonly FoundNetwork[]) => void) => void;
  /** Called once, when the device is to restart: a network is stored, or one is known and nobody has come. */
  readonly onDone: () => void;
  /** True if there is a network that is worth trying again when nobody comes. */
  readonly hasNetwork: boolean;
  /** Called for each request: a phone that has joined asks by itself, whether somebody opens the page or not. */
  readonly onVisit?: () => void;
}

/**
 * What a device serves while it is an access point: a page to choose the network that it is to join. Whatever name or
 * path a phone asks for leads to that page, so that phones show it by themselves.
 *
 * @example
 * const server = new SetupServer({ ...host, address, hostName, store, networks, search, hasNetwork: false, onDone: restart });
 * server.start();
 */
export class SetupServer {
  readonly #options: SetupServerOptions;
  readonly #http: HttpServer;
  readonly #token: string;
  #names: CaptiveNames | undefined;
  /** Undefined while a search goes on. */
  #networks: readonly FoundNetwork[] | undefined;
  #timer: TimerHandle;
  #isChosen = false;

  constructor(options: SetupServerOptions) {
    this.#options = options;
    this.#token = createToken(options.random);
    this.#networks = networksToShow(options.networks);
    const { address, port = 80 } = options;
    const authority = port === 80 ? `${address}` : `${address}:${port}`;
    const http = new HttpServer({ ...options, port, limits: PAGE_LIMITS });
    this.#http = http;
    http.use((request, response, next) => {
      options.onVisit?.();
      return next();
    });
    http.use(byAddressOnly(() => authority, "/"));
    http.use((request, response, next) => {
      // A person, or a browser for one: what phones ask for by themselves is asked for by name.
      this.waitForPerson();
      return next();
    });
    http.handleErrors((error, request, response) => {
      if (!(error instanceof HttpError) || error.status !== 404) throw error;
      response.redirect("/", 303);
    });
    http.get("/", (request, response) => this.sendPage(response));
    http.post("/network", (request, response) => this.choose(request, response), {
      maxBody: MAX_SETUP_FORM,
    });
    http.post("/search", (request, response) => this.search(request, response), { maxBody: MAX_SETUP_FORM });
  }

  /** @throws NetworkError EADDRINUSE, EACCES, ENETDOWN */
  start(): void {
    const { address, io, log } = this.#options;
    this.#http.start();
    try {
      this.#names = new CaptiveNames(io, address, log);
    } catch (error) {
      // Phones don't show the page by themselves then; the address leads there.
      log("warn", `set-up mode without DNS: ${String(error)}`);
    }
    this.waitForPerson();
  }

  stop(): void {
    this.#options.timers.clear(this.#timer);
    this.#http.stop();
    this.#names?.close();
    this.#names = undefined;
  }

  private sendPage(response: HttpResponse, problem?: string, chosen?: string): void {
    const { hostName, reason } = this.#options;
    const networks = this.#networks;
    sendPage(response, renderSetupPage({ hostName, reason, problem, chosen, networks, token: this.#token }));
  }

  private choose(request: HttpRequest, response: HttpResponse): void {
    const form = formOf(request);
    checkToken(this.#token, form.get(TOKEN_FIELD));
    const { hostName, log, store } = this.#options;
    const ssid = form.get("ssid") || (form.get("name") ?? "");
    const password = form.get("password") ?? "";
    const network: KnownNetwork = password === "" ? { ssid } : { ssid, password };
    const problem = this.problemOf(network);
    if (problem !== undefined) {
      response.status = 422;
      this.sendPage(response, problem, ssid);
      return;
    }
    try {
      store.save(network);
    } catch (error) {
      log("error", String(error));
      response.status = 500;
      this.sendPage(response, `The network can't be stored: ${String(error)}`, ssid);
      return;
    }
    log("info", `network ${quotedName(ssid)} chosen`);
    this.#isChosen = true;
    response.keepAlive = false;
    sendPage(response, renderChosenPage(hostName, ssid));
    this.finishIn(RESTART_DELAY);
  }

  private problemOf(network: KnownNetwork): string | undefined {
    const problem = networkProblem(network);
    if (problem !== undefined || network.password !== undefined) return problem;
    const isSecured = this.#networks?.some(
      ({ problem: unusable, secured, ssid }) => unusable === undefined && secured && ssid === network.ssid,
    );
    return isSecured ? "this network asks for a password" : undefined;
  }

  private search(request: HttpRequest, response: HttpResponse): void {
    checkToken(this.#token, formOf(request).get(TOKEN_FIELD));
    if (this.#networks !== undefined) {
      this.#networks = undefined;
      this.#options.search((networks) => (this.#networks = networksToShow(networks)));
    }
    response.redirect("/", 303);
  }

  /** Whoever looks at the page has another while to choose. */
  private waitForPerson(): void {
    if (this.#options.hasNetwork && !this.#isChosen) this.finishIn(SETUP_PATIENCE);
  }

  private finishIn(delay: number): void {
    const { onDone, timers } = this.#options;
    timers.clear(this.#timer);
    this.#timer = timers.set(() => {
      this.stop();
      onDone();
    }, delay);
  }
}
