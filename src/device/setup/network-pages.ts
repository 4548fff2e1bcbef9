import type { Log, Random, Timers } from "../../host/index.js";
import { formOf } from "../../http/content/index.js";
import { Router, type HttpRequest, type HttpResponse, type RouteOptions } from "../../http/server/index.js";
import type { NetworkStore } from "./network-store.js";
import { byAddressOnly, checkToken, createToken, sendPage, TOKEN_FIELD } from "./own-pages.js";
import { quotedName } from "./quoted-name.js";
import { renderForgottenPage, renderNetworkPage } from "./setup-page.js";
import type { SetupRequest } from "./setup-request.js";
import { MAX_SETUP_FORM, RESTART_DELAY } from "./setup-server.js";

/** Where a device that is in a network has its page about it. */
export const NETWORK_PATH = "/network";

export interface NetworkPagesOptions {
  /** The network that the device is in, or tries to be. */
  readonly ssid: string;
  readonly hostName: string;
  /** The device's own address, and its port if that is not 80; undefined while it has none. */
  readonly authority: () => string | undefined;
  readonly random: Random;
  readonly timers: Timers;
  readonly log: Log;
  readonly store: NetworkStore;
  readonly request: SetupRequest;
  readonly restart: () => void;
}

/**
 * The page of a device that is in a network, with a button to forget it: the device then restarts into set-up mode.
 *
 * @example
 * server.mount(NETWORK_PATH, networkPages({ ...host, ssid, hostName, authority, store, request, restart }));
 */
export function networkPages(options: NetworkPagesOptions): Router {
  const token = createToken(options.random);
  const pages = new Router();
  pages.use(byAddressOnly(options.authority, `${NETWORK_PATH}/`));
  pages.get("/", (_, response) => sendNetworkPage(response, options, token));
  pages.post("/forget", (request, response) => forget(request, response, options, token), FORM);
  return pages;
}

const FORM: RouteOptions = Object.freeze({ maxBody: MAX_SETUP_FORM });

function sendNetworkPage(
  response: HttpResponse,
  { hostName, ssid }: NetworkPagesOptions,
  token: string,
): void {
  sendPage(response, renderNetworkPage(hostName, ssid, token));
}

function forget(
  request: HttpRequest,
  response: HttpResponse,
  options: NetworkPagesOptions,
  token: string,
): void {
  const { hostName, log, restart, ssid, store, timers } = options;
  checkToken(token, formOf(request).get(TOKEN_FIELD));
  // First, so that the device does not stay without a way back when only one of the two can be written.
  options.request.leave("The network was forgotten.");
  store.forget();
  log("info", `network ${quotedName(ssid)} forgotten`);
  response.keepAlive = false;
  sendPage(response, renderForgottenPage(hostName));
  timers.set(restart, RESTART_DELAY);
}
