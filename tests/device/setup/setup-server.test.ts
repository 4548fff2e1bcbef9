import { beforeEach, describe, expect, it } from "@jest/globals";
import { Cable, SimulatedHost, Simulation } from "../../../simulator/index.js";
import { Ipv4Address } from "../../../src/address/index.js";
import { MAX_PAGE_HEAD } from "../../../src/device/index.js";
import {
  NetworkStore,
  RESTART_DELAY,
  SETUP_PATIENCE,
  SetupServer,
  type FoundNetwork,
  type SetupServerOptions,
} from "../../../src/device/setup/index.js";
import { Phone } from "./phone.js";

const ADDRESS = "192.168.4.1";
const NETWORKS: readonly FoundNetwork[] = [
  { ssid: "home", rssi: -50, secured: true },
  { ssid: "Caf\u00e9", rssi: -60, secured: false },
  { ssid: `"><script>a(1)</script>&amp;'`, rssi: -70, secured: true },
];

let simulation: Simulation;
let device: SimulatedHost;
let phone: Phone;
let store: NetworkStore;
let searches: ((networks: readonly FoundNetwork[]) => void)[];
let restarts: number;

function serve(change: Partial<SetupServerOptions> = {}): SetupServer {
  const server = new SetupServer({
    io: device.stack.io,
    clock: device.clock,
    timers: device.timers,
    random: device.random,
    log: () => undefined,
    address: Ipv4Address.parse(ADDRESS),
    hostName: "wirelet-3c4d5e",
    store,
    networks: NETWORKS,
    search: (done) => searches.push(done),
    hasNetwork: false,
    onDone: () => restarts++,
    ...change,
  });
  server.start();
  return server;
}

beforeEach(() => {
  simulation = new Simulation({ seed: 7 });
  const cable = new Cable(simulation, { name: "air", latency: 2 });
  device = new SimulatedHost(simulation, { name: "device", cable, stack: { profile: "device" } });
  const peer = new SimulatedHost(simulation, { name: "phone", cable });
  device.network.configure({ address: Ipv4Address.parse(ADDRESS), prefixLength: 24, dns: [] });
  peer.network.configure({ address: Ipv4Address.parse("192.168.4.2"), prefixLength: 24, dns: [] });
  phone = new Phone(simulation, peer, ADDRESS);
  store = new NetworkStore(device.storage);
  searches = [];
  restarts = 0;
});

describe("a phone that has joined the access point", () => {
  it.each([
    ["Android", "connectivitycheck.gstatic.com", "/generate_204"],
    ["Android", "www.google.com", "/gen_204"],
    ["iOS", "captive.apple.com", "/hotspot-detect.html"],
    ["Windows", "www.msftconnecttest.com", "/connecttest.txt"],
    ["Windows", "www.msftncsi.com", "/ncsi.txt"],
    ["Firefox", "detectportal.firefox.com", "/canonical.html"],
    ["Ubuntu", "connectivity-check.ubuntu.com", "/"],
  ])("is led to the page: %s asks %s for %s", (_, name, path) => {
    serve();
    expect(phone.lookUp(name)).toBe(ADDRESS);
    const answer = phone.ask(`GET ${path}`, "", [`Host: ${name}`]);
    expect(answer).toMatch(/^HTTP\/1.1 302 /);
    expect(answer).toContain(`\r\nLocation: http://${ADDRESS}/\r\n`);
    expect(answer).toContain("\r\nCache-Control: no-store\r\n");
  });

  it("is led to the page from any path", () => {
    serve();
    const answer = phone.ask("GET /hotspot-detect.html?x");
    expect(answer).toMatch(/^HTTP\/1.1 303 /);
    expect(answer).toContain("\r\nLocation: /\r\n");
  });

  it("is refused a head that is longer than a device has memory for, five times", () => {
    serve();
    const ask = (length: number): string => phone.ask("GET /", "", [`X: ${"x".repeat(length)}`]);
    expect(ask(MAX_PAGE_HEAD / 2)).not.toMatch(/^HTTP\/1.1 431 /);
    expect(ask(MAX_PAGE_HEAD)).toMatch(/^HTTP\/1.1 431 /);
  });

  it("finds nothing once the server has stopped", () => {
    const server = serve();
    server.stop();
    expect(phone.lookUp("captive.apple.com")).toBeUndefined();
    expect(phone.ask("GET /")).toBe("");
  });
});

describe("the page", () => {
  it("shows the networks, and why it is there", () => {
    serve({ reason: "\u201chome\u201d <refuses> the password" });
    const page = phone.ask("GET /");
    expect(page).toMatch(/^HTTP\/1.1 200 /);
    expect(page).toContain("<bdi>home</bdi><meter");
    expect(page).toContain("<bdi>Caf\u00e9</bdi><small>open</small>");
    expect(page).toContain("\u201chome\u201d &lt;refuses&gt; the password");
    expect(page).toContain("\r\nContent-Security-Policy: default-src 'none';");
    expect(page).toContain("frame-ancestors 'none'");
  });

  it("is safe from names that somebody has chosen for it", () => {
    serve({ hostName: "<i>", networks: [...NETWORKS, { ssid: "' onclick=x ", rssi: -80, secured: true }] });
    const page = phone.ask("GET /");
    expect(page).not.toMatch(/<script|<i>|' onclick/);
    expect(page).toContain('value="&quot;&gt;&lt;script&gt;a(1)&lt;/script&gt;&amp;amp;&#39;"');
  });

  it("shows what can't be chosen, and why", () => {
    const problem = "the name is not UTF-8";
    serve({ networks: [{ ssid: "caf\ufffd", rssi: -40, secured: false, problem }] });
    const page = phone.ask("GET /");
    expect(page).toContain(
      `<input type="radio" disabled><bdi>caf\ufffd</bdi><small>${problem}</small><meter`,
    );
    expect(page).toContain('<input type="radio" name="ssid" value="" required checked>');
    const typed = phone.submit("/network", {
      token: phone.token(),
      ssid: "",
      name: "caf\ufffd",
      password: "short",
    });
    expect(typed).toContain('name="name" value="caf\ufffd"');
  });

  it("says so when no network was heard", () => {
    serve({ networks: [] });
    expect(phone.ask("GET /")).toContain("None was heard.");
  });

  it("fits into a device", () => {
    const long = Array.from({ length: 64 }, (_, index) => ({
      ssid: `"${index}`.padEnd(32, '"'),
      rssi: -50 - index,
      secured: false,
    }));
    serve({ networks: long });
    expect(phone.ask("GET /").length).toBeLessThan(16_384);
  });

  it("shows a search that goes on, and its result", () => {
    serve();
    const token = phone.token();
    expect(phone.submit("/search", { token })).toMatch(/^HTTP\/1.1 303 /);
    expect(phone.ask("GET /")).toMatch(/<meta http-equiv="refresh" content="3">[^]*Searching/);
    phone.submit("/search", { token });
    expect(searches).toHaveLength(1);
    searches[0]!([{ ssid: "new", rssi: -40, secured: false }]);
    const page = phone.ask("GET /");
    expect(page).toContain("<bdi>new</bdi>");
    expect(page).not.toContain("<bdi>home</bdi>");
    expect(page).not.toContain("refresh");
  });
});

describe("a choice", () => {
  it.each([
    [
      { ssid: "home", password: "correct horse" },
      { ssid: "home", password: "correct horse" },
    ],
    [{ ssid: "Caf\u00e9", name: "", password: "" }, { ssid: "Caf\u00e9" }],
    [
      { ssid: "", name: "hidden one", password: "p\u00e4ssword" },
      { ssid: "hidden one", password: "p\u00e4ssword" },
    ],
    [
      { ssid: "", name: "\u{1f600}".repeat(8), password: "12345678" },
      { ssid: "\u{1f600}".repeat(8), password: "12345678" },
    ],
    [
      { ssid: NETWORKS[2]!.ssid, password: "12345678" },
      { ssid: NETWORKS[2]!.ssid, password: "12345678" },
    ],
  ])("%j is stored, and the device restarts", (form, network) => {
    serve();
    const answer = phone.submit("/network", { token: phone.token(), ...form });
    expect(answer).toMatch(/^HTTP\/1.1 200 [^]*The device restarts now/);
    expect(new NetworkStore(device.storage).load()).toEqual(network);
    simulation.advance(RESTART_DELAY);
    expect(restarts).toBe(1);
    expect(phone.ask("GET /")).toBe("");
    simulation.advance(2 * SETUP_PATIENCE);
    expect(restarts).toBe(1);
  });

  it.each([
    [{ ssid: "", name: "" }, "a network has a name"],
    [{ password: "12345678" }, "a network has a name"],
    [{ ssid: "home", password: "" }, "asks for a password"],
    [{ ssid: "home", password: "short" }, "8 to 63"],
    [{ ssid: "", name: "x".repeat(33) }, "at most 32 bytes"],
    [{ ssid: "", name: "\u{1f600}".repeat(9), password: "12345678" }, "at most 32 bytes"],
  ])("%j is refused, and can be changed", (form, problem) => {
    serve();
    const answer = phone.submit("/network", { token: phone.token(), ...form });
    expect(answer).toMatch(/^HTTP\/1.1 422 /);
    expect(answer).toContain(problem);
    expect(store.load()).toBeUndefined();
    simulation.advance(2 * SETUP_PATIENCE);
    expect(restarts).toBe(0);
  });

  it("is one line of the log, whatever it is", () => {
    const lines: string[] = [];
    serve({ log: (_, line) => void lines.push(line) });
    phone.submit("/network", {
      token: phone.token(),
      ssid: "",
      name: "x\nerror: \u202ey",
      password: "12345678",
    });
    expect(lines).toEqual(['network "x\\nerror: \\u202ey" chosen']);
  });

  it("that was refused is still there", () => {
    serve();
    const token = phone.token();
    const listed = phone.submit("/network", { token, ssid: "home", password: "short" });
    expect(listed).toContain('value="home" required checked');
    const typed = phone.submit("/network", { token, ssid: "", name: '"other', password: "short" });
    expect(typed).toContain('name="name" value="&quot;other"');
    expect(typed).not.toContain("short");
  });

  it("that can't be stored is not lost", () => {
    const failing = { get: () => undefined, delete: () => undefined };
    const set = (): never => {
      throw new Error("flash is full");
    };
    serve({ store: new NetworkStore({ ...failing, set }) });
    const answer = phone.submit("/network", { token: phone.token(), ssid: "Caf\u00e9" });
    expect(answer).toMatch(/^HTTP\/1.1 500 [^]*flash is full/);
    simulation.advance(2 * SETUP_PATIENCE);
    expect(restarts).toBe(0);
  });
});

describe("what another site can do through a person's browser", () => {
  const choice = { ssid: "Caf\u00e9", password: "" };

  it.each([
    ["without a token", {}],
    ["with a token of its own", { token: "0".repeat(32) }],
  ])("is not to choose %s", (_, form) => {
    serve();
    expect(phone.submit("/network", { ...choice, ...form })).toMatch(/^HTTP\/1.1 403 /);
    expect(phone.submit("/search", form)).toMatch(/^HTTP\/1.1 403 /);
    expect(store.load()).toBeUndefined();
    expect(searches).toHaveLength(0);
  });

  it("is not to read the page, or use its form, under a name of its own", () => {
    serve();
    const token = phone.token();
    const host = ["Host: attacker.example"];
    expect(phone.ask("GET /", "", host)).not.toContain(token);
    expect(phone.submit("/network", { ...choice, token }, host)).toMatch(/^HTTP\/1.1 421 /);
    expect(store.load()).toBeUndefined();
  });

  it("is not to send a form of another type or size", () => {
    serve();
    expect(phone.ask("POST /network", "token=", ["Content-Type: text/plain"])).toMatch(/^HTTP\/1.1 415 /);
    expect(phone.submit("/network", { ssid: "x".repeat(4_000) })).toMatch(/^HTTP\/1.1 413 /);
  });

  it("is not to use a form of an earlier start", () => {
    const first = serve();
    const token = phone.token();
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    first.stop();
    serve();
    expect(phone.token()).not.toBe(token);
  });
});

describe("a network that was away", () => {
  it("is tried again when nobody comes", () => {
    serve({ hasNetwork: true });
    simulation.advance(SETUP_PATIENCE - 1);
    expect(restarts).toBe(0);
    simulation.advance(1);
    expect(restarts).toBe(1);
  });

  it("waits for who looks at the page, and not for a phone that only asks for the internet", () => {
    serve({ hasNetwork: true });
    simulation.advance(SETUP_PATIENCE - 20_000);
    phone.ask("GET /");
    simulation.advance(SETUP_PATIENCE - 20_000);
    expect(restarts).toBe(0);
    phone.ask("GET /generate_204", "", ["Host: connectivitycheck.gstatic.com"]);
    simulation.advance(20_000);
    expect(restarts).toBe(1);
  });
});
