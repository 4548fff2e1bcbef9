import { beforeEach, describe, expect, it } from "@jest/globals";
import { Cable, SimulatedHost, Simulation } from "../../../simulator/index.js";
import { Ipv4Address } from "../../../src/address/index.js";
import {
  NETWORK_PATH,
  networkPages,
  NetworkStore,
  RESTART_DELAY,
  SetupRequest,
} from "../../../src/device/setup/index.js";
import { HttpServer } from "../../../src/http/server/index.js";
import { Phone } from "./phone.js";

const ADDRESS = "10.77.0.9";

let simulation: Simulation;
let device: SimulatedHost;
let browser: Phone;
let restarts: number;

beforeEach(() => {
  simulation = new Simulation({ seed: 7 });
  const cable = new Cable(simulation, { name: "home", latency: 2 });
  device = new SimulatedHost(simulation, { name: "device", cable, stack: { profile: "device" } });
  const peer = new SimulatedHost(simulation, { name: "browser", cable });
  device.network.configure({ address: Ipv4Address.parse(ADDRESS), prefixLength: 24, dns: [] });
  peer.network.configure({ address: Ipv4Address.parse("10.77.0.2"), prefixLength: 24, dns: [] });
  browser = new Phone(simulation, peer, ADDRESS);
  restarts = 0;
  const { clock, random, storage, timers } = device;
  new NetworkStore(storage).save({ ssid: "<home>", password: "correct horse" });
  const server = new HttpServer({ io: device.stack.io, port: 80, clock, timers });
  server.mount(
    NETWORK_PATH,
    networkPages({
      ssid: "<home>",
      hostName: "wirelet-3c4d5e",
      authority: () => ADDRESS,
      random,
      timers,
      log: () => undefined,
      store: new NetworkStore(storage),
      request: new SetupRequest(storage),
      restart: () => restarts++,
    }),
  );
  server.start();
});

const isKnown = (): boolean => new NetworkStore(device.storage).load() !== undefined;

describe("the page about the network", () => {
  it("says which one it is", () => {
    const page = browser.ask("GET /network/");
    expect(page).toMatch(/^HTTP\/1.1 200 [^]*<bdi>&lt;home&gt;<\/bdi>/);
    expect(page).not.toContain("correct horse");
    expect(browser.ask("GET /network")).toMatch(/^HTTP\/1.1 308 /);
  });

  it("forgets it, and restarts into set-up mode", () => {
    const answer = browser.submit("/network/forget", { token: browser.token("/network/") });
    expect(answer).toMatch(/^HTTP\/1.1 200 [^]*is forgotten/);
    expect(restarts).toBe(0);
    simulation.advance(RESTART_DELAY);
    expect(restarts).toBe(1);
    expect(isKnown()).toBe(false);
    expect(new SetupRequest(device.storage).take()).toBe("The network was forgotten.");
  });

  it("forgets nothing for another site", () => {
    expect(browser.ask("POST /network/forget")).toMatch(/^HTTP\/1.1 415 /);
    expect(browser.submit("/network/forget", { token: "x" })).toMatch(/^HTTP\/1.1 403 /);
    const token = browser.token("/network/");
    const host = ["Host: attacker.example"];
    expect(browser.submit("/network/forget", { token }, host)).toMatch(/^HTTP\/1.1 421 /);
    expect(browser.ask("GET /network/forget")).toMatch(/^HTTP\/1.1 405 /);
    simulation.advance(RESTART_DELAY);
    expect([isKnown(), restarts]).toEqual([true, 0]);
  });

  it("is shown to nobody who asks by a name that was made to lead here", () => {
    const answer = browser.ask("GET /network/", "", ["Host: attacker.example"]);
    expect(answer).toMatch(/^HTTP\/1.1 302 /);
    expect(answer).toContain(`\r\nLocation: http://${ADDRESS}/network/\r\n`);
    expect(answer).not.toContain("token");
  });
});
