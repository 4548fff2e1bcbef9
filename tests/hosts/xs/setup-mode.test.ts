import { beforeEach, describe, expect, it } from "@jest/globals";
import { SEARCH_TIME_LIMIT } from "../../../hosts/xs/esp32/setup/access-point.js";
import {
  SetupMode,
  VISIT_TIME,
  type SetupOptions,
  type SetupServices,
} from "../../../hosts/xs/esp32/setup/setup-mode.js";
import type { SetupContents } from "../../../hosts/xs/screen/setup-contents.js";
import { createIo } from "../../../hosts/xs/io/index.js";
import { Ipv4Address } from "../../../src/address/index.js";
import { NetworkStore, RESTART_DELAY, SETUP_PATIENCE } from "../../../src/device/setup/index.js";
import { decodeLatin1, encodeUtf8 } from "../../../src/host/index.js";
import { Phone } from "../../device/setup/phone.js";
import { AccessPointWifi } from "./moddable/access-point-wifi.js";
import { makeNetwork, type Network } from "./moddable/network.js";

/** Stands for what the radio gives of a name that is Latin-1: no text could be that. */
const LATIN_1 = "m\udcfc";

const ADDRESS = "192.168.4.1";

let network: Network;
let phone: Phone;
let radio: AccessPointWifi;
let lines: string[];
let restarts: number;
let shown: SetupContents[];

beforeEach(() => {
  network = makeNetwork("esp32");
  const { device, peer, simulation } = network;
  device.network.configure({ address: Ipv4Address.parse(ADDRESS), prefixLength: 24, dns: [] });
  peer.network.configure({ address: Ipv4Address.parse("192.168.4.2"), prefixLength: 24, dns: [] });
  phone = new Phone(simulation, peer, ADDRESS);
  radio = new AccessPointWifi(simulation.timers);
  radio.air = [
    { ssid: "home", rssi: -70, authentication: "wpa2_psk" },
    { ssid: "home", rssi: -50, authentication: "wpa2_psk" },
    { ssid: "caf\u00e9", rssi: -60, authentication: "none" },
    { ssid: "wpa3", rssi: -80 },
    { ssid: LATIN_1, rssi: -40, authentication: "wpa2_psk" },
    { ssid: "", rssi: -30 },
  ];
  lines = [];
  restarts = 0;
  shown = [];
});

/** Starts set-up mode, on lwIP's sockets, and lets the first search pass. */
function start(change: Partial<SetupOptions> = {}): void {
  const { device, native, simulation } = network;
  const services: SetupServices = {
    clock: device.clock,
    timers: device.timers,
    random: device.random,
    log: (level, message) => void lines.push(`${level} ${message}`),
    encode: encodeUtf8,
    decode: decodeLatin1,
  };
  const io = createIo(native, device.timers, "esp32");
  const show = (contents: SetupContents): void => void shown.push(contents);
  const options = { services, io, storage: device.storage, hasNetwork: false, show, ...change };
  new SetupMode(options, {
    wifi: radio,
    net: (what, from) => radio.get(what, from),
    bytesOf: (name) => (name === LATIN_1 ? Uint8Array.of(0x6d, 0xfc) : encodeUtf8(name)),
    restart: () => restarts++,
  }).start();
  simulation.advance(SEARCH_TIME_LIMIT);
}

describe("ESP32 in set-up mode", () => {
  it("is an access point by its name, and says so", () => {
    start();
    expect(radio.accessPoints).toEqual([{ ssid: "wirelet-dbc020", station: true }]);
    expect([radio.mode, radio.isUp]).toEqual(["station and access point", true]);
    expect(lines).toEqual([
      `info set-up mode: join the Wi-Fi network "wirelet-dbc020", then open http://${ADDRESS}/`,
    ]);
  });

  it("is the access point that it is told to be", () => {
    start({ hostName: "lamp", password: "let me in" });
    expect(radio.accessPoints).toEqual([{ ssid: "lamp", password: "let me in", station: true }]);
  });

  it("shows how to join it, then the page while somebody is there", () => {
    start({ hostName: "lamp", password: "let me in" });
    const contents = { ssid: "lamp", password: "let me in", address: ADDRESS };
    expect(shown).toEqual([{ ...contents, hasVisitor: false }]);
    phone.ask("GET /generate_204", "", ["Host: connectivitycheck.gstatic.com"]);
    phone.ask("GET /");
    expect(shown.slice(1)).toEqual([{ ...contents, hasVisitor: true }]);
    network.simulation.advance(VISIT_TIME);
    expect(shown.slice(2)).toEqual([{ ...contents, hasVisitor: false }]);
    phone.ask("GET /");
    expect(shown).toHaveLength(4);
  });

  it("serves the networks that it hears, and what is chosen is there after the restart", () => {
    start({ reason: "No connection to \u201cold\u201d." });
    expect(phone.lookUp("captive.apple.com")).toBe(ADDRESS);
    const page = phone.ask("GET /");
    expect(page).toContain("No connection to \u201cold\u201d.");
    expect([...page.matchAll(/<bdi>([^<]*)<\/bdi>(<small>open)?/g)].map(([, ...name]) => name)).toEqual([
      ["home", undefined],
      ["caf\u00e9", "<small>open"],
      ["wpa3", undefined],
      ["m\ufffd", undefined],
    ]);
    expect(page).toContain("<small>the name is not UTF-8</small>");
    phone.submit("/network", { token: phone.token(), ssid: "home", password: "correct horse" });
    expect(restarts).toBe(0);
    network.simulation.advance(RESTART_DELAY);
    expect(restarts).toBe(1);
    expect(new NetworkStore(network.device.storage).load()).toEqual({
      ssid: "home",
      password: "correct horse",
    });
  });

  it("searches again while it is an access point", () => {
    start();
    radio.air = [{ ssid: "new", rssi: -50, authentication: "none" }];
    phone.submit("/search", { token: phone.token() });
    expect(phone.ask("GET /")).toContain("Searching");
    network.simulation.advance(SEARCH_TIME_LIMIT);
    expect(phone.ask("GET /")).toContain("<bdi>new</bdi>");
  });

  it.each(["refuses", "isStuck"] as const)("comes up when a search fails, too: the radio %s", (failure) => {
    radio.mode = "station";
    radio[failure] = true;
    start();
    network.simulation.advance(SEARCH_TIME_LIMIT);
    expect(phone.ask("GET /")).toContain('<input type="radio" name="ssid" value="" required checked>');
    radio[failure] = false;
  });

  it("restarts to try a network again that is known", () => {
    start({ hasNetwork: true });
    network.simulation.advance(SETUP_PATIENCE);
    expect(restarts).toBe(1);
  });

  it("restarts when it can't be an access point, and says why", () => {
    start({ password: "short" });
    expect(restarts).toBe(1);
    expect(lines).toEqual([
      "error set-up mode: Error: password too short - 8 bytes min; the device restarts",
    ]);
  });
});
