import { describe, expect, it } from "@jest/globals";
import { ADDRESS_TIME_LIMIT } from "../../../../hosts/xs/esp32/lwip-interface.js";
import type { FoundNetwork } from "../../../../hosts/xs/esp32/wifi-diagnosis.js";
import {
  CONNECT_TIME_LIMIT,
  FIRST_RETRY_DELAY,
  HOPELESS_AFTER,
  LAST_RETRY_DELAY,
  SCAN_TIME_LIMIT,
  WifiInterface,
} from "../../../../hosts/xs/esp32/wifi-interface.js";
import type { Addressing } from "../../../../hosts/xs/settings.js";
import { Cidr, Ipv4Address } from "../../../../src/address/index.js";
import { VirtualTime } from "../../../support/virtual-time.js";
import { SCAN_TIME, Wifi } from "../moddable/wifi.js";

interface Bench {
  readonly network: WifiInterface;
  readonly radio: Wifi;
  readonly time: VirtualTime;
  readonly lines: string[];
  readonly hopeless: string[];
  readonly changes: () => number;
}

function setUp(addressing: Addressing = "platform"): Bench {
  const time = new VirtualTime(1_000_000);
  const lines: string[] = [];
  const hopeless: string[] = [];
  const radios: Wifi[] = [];
  let changes = 0;
  const network = new WifiInterface({
    wifi: class extends Wifi {
      constructor(options: { onChanged: () => void }) {
        super(options, time);
        radios.push(this);
      }
    },
    addressing,
    dns: () => ["192.0.2.53", "fe80::1"],
    timers: time,
    log: (level, message) => void lines.push(`${level} ${message}`),
    onHopeless: (reason) => void hopeless.push(reason),
  });
  network.watch(() => void changes++);
  return { network, radio: radios[0]!, time, lines, hopeless, changes: () => changes };
}

const home = (change: Partial<FoundNetwork> = {}): FoundNetwork => {
  return { SSID: "home", RSSI: -60, security: "wpa2_psk", ...change };
};

describe("ESP32's Wi-Fi", () => {
  it("connects, and has what the access point's network gives", () => {
    const { network, radio, time, lines, changes } = setUp();
    expect(network.mac.toString()).toBe("A4:D1:8C:DB:C0:20");
    expect(network.up).toBe(false);
    network.connect("home", "secret12", "wirelet-dbc020");
    expect(radio.calls).toEqual([{ hostname: "wirelet-dbc020" }, { SSID: "home", password: "secret12" }]);
    radio.become(400, "fe80::a6d1:8cff:fedb:c020");
    expect([network.up, network.ipv4]).toEqual([true, undefined]);
    radio.become(500, "192.0.2.9");
    expect(network.ipv4?.address.toString()).toBe("192.0.2.9");
    expect(network.ipv4?.dns.map(String)).toEqual(["192.0.2.53"]);
    expect(changes()).toBe(2);
    expect(lines).toEqual(['info Wi-Fi: connected to "home"']);
    expect(time.pending).toBe(0);
    expect(() => network.configure(undefined)).toThrow("ENOTSUP");
  });

  it.each<[string, string | undefined, FoundNetwork[], string]>([
    ["is out of range", "secret12", [], "no such network in range (or hidden, or on 5 GHz)"],
    [
      "is out of range, with others in it",
      "secret12",
      [home({ SSID: "Home" })],
      "no such network in range (or hidden, or on 5 GHz)",
    ],
    [
      "takes no such password",
      "secret12",
      [home()],
      "wrong password, or the access point refuses the connection",
    ],
    [
      "is far away at its nearest",
      "secret12",
      [home({ RSSI: -93 }), home({ RSSI: -88 })],
      "the signal is weak (-88 dBm), or the password is wrong",
    ],
    [
      "is open, and far away",
      undefined,
      [home({ RSSI: -88, security: "none" })],
      "the signal is weak (-88 dBm)",
    ],
    [
      "has WEP",
      "secret12",
      [home({ security: "wep" })],
      "the network has WEP or WPA only; the radio wants WPA2",
    ],
    [
      "has WPA",
      "secret12",
      [home({ security: "wpa_psk" })],
      "the network has WEP or WPA only; the radio wants WPA2",
    ],
    [
      "has WPA3",
      "secret12",
      [home({ security: "wpa3_psk" })],
      "wrong password, or the access point refuses the connection",
    ],
    [
      "has what the SDK has no name for",
      undefined,
      [home({ security: "unknown" })],
      "the network has a kind of security that is not known here",
    ],
    ["asks for a password", undefined, [home()], "the network asks for a password"],
    ["is open", "secret12", [home({ security: "none" })], "the network is open, but a password is set"],
    ["is open, and full", undefined, [home({ security: "none" })], "the access point refuses the connection"],
    [
      "is a company's",
      "secret12",
      [home({ security: "wpa2_enterprise" })],
      "the network asks for a user name, which is not supported",
    ],
  ])("says so when the network %s", (_, password, air, reason) => {
    const { network, radio, time, lines } = setUp();
    radio.air = air;
    network.connect("home", password, "x");
    radio.become(200);
    time.advance(SCAN_TIME);
    expect(lines).toEqual([`warn Wi-Fi: "home": ${reason}; next try in 1 s`]);
  });

  it("asks whether a password was changed that was accepted before", () => {
    const { network, radio, time, lines } = setUp();
    radio.air = [home()];
    network.connect("home", "secret12", "x");
    radio.become(500, "192.0.2.9");
    radio.become(200);
    time.advance(FIRST_RETRY_DELAY);
    radio.become(200);
    time.advance(SCAN_TIME);
    expect(lines.slice(1)).toEqual([
      'warn Wi-Fi: "home": the connection is lost; next try in 1 s',
      'warn Wi-Fi: "home": the access point refuses the connection, or its password was changed; next try in 2 s',
    ]);
  });

  it("does not blame the password at the edge of a network that it was in", () => {
    const { network, radio, time, lines } = setUp();
    radio.air = [home({ RSSI: -88 })];
    network.connect("home", "secret12", "x");
    radio.become(500, "192.0.2.9");
    radio.become(200);
    time.advance(FIRST_RETRY_DELAY);
    radio.become(200);
    time.advance(SCAN_TIME);
    expect(lines.at(-1)).toBe('warn Wi-Fi: "home": the signal is weak (-88 dBm); next try in 2 s');
  });

  it("tries again, ever more slowly", () => {
    const { network, radio, time } = setUp();
    network.connect("open", undefined, "x");
    for (let delay = FIRST_RETRY_DELAY; delay < LAST_RETRY_DELAY; delay *= 2) {
      radio.become(200);
      time.advance(SCAN_TIME);
      radio.calls.length = 0;
      time.advance(delay - 1);
      expect(radio.calls).toEqual([]);
      time.advance(1);
      expect(radio.calls).toEqual([{ SSID: "open" }]);
    }
  });

  it("goes on when the radio refuses, and when it says nothing at all", () => {
    const { network, radio, time, lines } = setUp();
    radio.refuses = true;
    network.connect("home", "secret12", "x");
    radio.refuses = false;
    time.advance(FIRST_RETRY_DELAY);
    expect(radio.connection).toBe(300);
    time.advance(CONNECT_TIME_LIMIT);
    expect(radio.connection).toBe(200);
    time.advance(2 * FIRST_RETRY_DELAY);
    radio.air = undefined;
    radio.become(200);
    time.advance(SCAN_TIME_LIMIT + 4 * FIRST_RETRY_DELAY);
    radio.refuses = true;
    radio.become(200);
    expect(lines).toEqual([
      'warn Wi-Fi: "home": the radio refuses: connect failed; next try in 1 s',
      'warn Wi-Fi: "home": the access point does not answer; next try in 2 s',
      'warn Wi-Fi: "home": the radio does not say why; next try in 4 s',
      'debug Wi-Fi: "home": the radio does not say why; next try in 8 s',
    ]);
  });

  it("connects again when the connection is lost, soon if it was a good one", () => {
    const { network, radio, time, changes } = setUp();
    network.connect("home", "secret12", "x");
    radio.become(200);
    time.advance(SCAN_TIME + FIRST_RETRY_DELAY);
    radio.become(500, "192.0.2.9");
    radio.calls.length = 0;
    radio.become(200);
    expect([network.up, network.ipv4, changes()]).toEqual([false, undefined, 3]);
    time.advance(FIRST_RETRY_DELAY);
    expect(radio.calls).toHaveLength(1);
  });

  it("is connected even if that comes while it looks for the reason why not", () => {
    const { network, radio, time, lines } = setUp();
    network.connect("home", "secret12", "x");
    radio.become(200);
    radio.become(500, "192.0.2.9");
    time.advance(HOPELESS_AFTER);
    expect(lines).toEqual(['info Wi-Fi: connected to "home"']);
  });

  it("says when there is no address to be had", () => {
    const { network, radio, time, lines } = setUp();
    network.connect("home", "secret12", "x");
    radio.become(400);
    time.advance(ADDRESS_TIME_LIMIT);
    expect(lines.at(-1)).toBe('warn Wi-Fi: "home" gives no address');
  });

  it("quotes what somebody calls a network", () => {
    const { network, radio, time, lines } = setUp();
    network.connect('a"\nerror b', undefined, "x");
    radio.become(200);
    time.advance(SCAN_TIME);
    expect(lines[0]).toMatch(/^warn Wi-Fi: "a\\"\\nerror b": no such network/);
  });

  it("gives up hope if the network never was there, and says why", () => {
    const { network, radio, time, hopeless } = setUp();
    radio.air = [home()];
    network.connect("home", "secret12", "x");
    radio.become(200);
    time.advance(HOPELESS_AFTER - 1);
    expect(hopeless).toEqual([]);
    time.advance(1);
    expect(hopeless).toHaveLength(1);
  });

  it("never gives up a network that was there once", () => {
    const { network, radio, time, hopeless } = setUp();
    network.connect("home", "secret12", "x");
    radio.become(500, "192.0.2.9");
    radio.become(200);
    time.advance(2 * HOPELESS_AFTER);
    expect(hopeless).toEqual([]);
  });
});

describe("ESP32's Wi-Fi with an address that it is given", () => {
  const configuration = {
    address: Ipv4Address.parse("192.0.2.9"),
    prefixLength: 25,
    gateway: Ipv4Address.parse("192.0.2.1"),
    dns: [Ipv4Address.parse("192.0.2.2")],
  };

  it.each<Addressing>(["own", "static"])(
    "takes it, and has it while the access point is gone (%s)",
    (addressing) => {
      const { network, radio, time, changes } = setUp(addressing);
      network.configure(undefined);
      network.connect("home", "secret12", "x");
      radio.become(400);
      time.settle();
      expect([network.up, network.ipv4, changes()]).toEqual([true, undefined, 2]);
      network.configure(configuration);
      time.settle();
      expect(network.ipv4).toBe(configuration);
      expect(changes()).toBe(4);
      radio.become(200);
      expect([network.up, network.ipv4]).toEqual([false, configuration]);
      expect(radio.calls.filter((call) => typeof call === "object" && "static" in (call as object))).toEqual([
        { static: { address: "0.0.0.0", mask: "0.0.0.0", gateway: "0.0.0.0" } },
        { static: { address: "192.0.2.9", mask: "255.255.255.128", gateway: "192.0.2.1" } },
      ]);
    },
  );

  it("gives lwIP no gateway where there is none", () => {
    const { network, radio } = setUp("own");
    network.configure({ address: configuration.address, prefixLength: 16, dns: [] });
    expect(radio.calls).toEqual([
      { static: { address: "192.0.2.9", mask: "255.255.0.0", gateway: "0.0.0.0" } },
    ]);
  });

  it("leaves it to the DHCP client to say that there is none", () => {
    const { network, radio, time, lines } = setUp("own");
    network.connect("home", "secret12", "x");
    radio.become(400);
    time.advance(2 * ADDRESS_TIME_LIMIT);
    expect(lines).toEqual(['info Wi-Fi: connected to "home"']);
  });

  it("says that lwIP does not use other routes", () => {
    const { network, lines } = setUp("own");
    network.configure({ ...configuration, routes: [{ destination: Cidr.parse("10.0.0.0/8") }] });
    expect(lines).toEqual(["warn lwIP has no routing table: 1 routes are not used"]);
  });
});
