import { describe, expect, it } from "@jest/globals";
import {
  ADDRESS_TIME_LIMIT,
  FIRST_RETRY_DELAY,
  LAST_RETRY_DELAY,
  WifiInterface,
} from "../../../hosts/xs/esp32/wifi-interface.js";
import { createIo } from "../../../hosts/xs/io/index.js";
import { DesktopInterface } from "../../../hosts/xs/simulator/desktop-interface.js";
import { PORT_RETRY_DELAY, waitForPort } from "../../../hosts/xs/simulator/port-check.js";
import { Cidr, Ipv4Address } from "../../../src/address/index.js";
import { VirtualTime } from "../../support/virtual-time.js";
import { makeNetwork } from "./moddable/network.js";
import { Wifi } from "./moddable/wifi.js";

describe("the simulator's interface", () => {
  it("has a MAC of its own: locally administered, the same each time, and another on another port", () => {
    const { mac } = new DesktopInterface(() => "192.0.2.2", 8080);
    expect(mac.isLocallyAdministered && !mac.isMulticast).toBe(true);
    expect(new DesktopInterface(() => "192.0.2.3", 8080).mac.equals(mac)).toBe(true);
    expect(new DesktopInterface(() => "192.0.2.2", 8081).mac.equals(mac)).toBe(false);
  });

  it("tells the computer's address as it is now", () => {
    let address: string | undefined = "192.0.2.2";
    const desktop = new DesktopInterface(() => address, 8080);
    expect(desktop.ipv4?.address.toString()).toBe("192.0.2.2");
    address = "192.0.2.77";
    expect(desktop.ipv4?.address.toString()).toBe("192.0.2.77");
    address = undefined;
    expect(desktop.ipv4).toBeUndefined();
    expect(() => desktop.configure()).toThrow("ENOTSUP");
  });
});

describe("waiting for a port", () => {
  it("goes on as soon as nobody listens there", () => {
    const { device, native, simulation } = makeNetwork("desktop");
    const { timers } = simulation;
    const events: string[] = [];
    const other = new device.stack.io.Listener({ port: 8080 });
    waitForPort(
      { io: createIo(native, timers, "desktop"), timers },
      8080,
      () => events.push("free"),
      () => events.push("taken"),
    );
    simulation.advance(100);
    expect(events).toEqual(["taken"]);
    other.close();
    simulation.advance(PORT_RETRY_DELAY);
    expect(events).toEqual(["taken", "free"]);
    simulation.advance(2 * PORT_RETRY_DELAY);
    expect(events).toHaveLength(2);
  });
});

describe("ESP32's Wi-Fi", () => {
  function setUp(dhcp: "platform" | "wirelet" = "platform"): {
    network: WifiInterface;
    radio: Wifi;
    time: VirtualTime;
    lines: string[];
    changes: () => number;
  } {
    const time = new VirtualTime(1_000_000);
    const lines: string[] = [];
    const radios: Wifi[] = [];
    let changes = 0;
    const network = new WifiInterface({
      wifi: class extends Wifi {
        constructor(options: { onChanged: () => void }) {
          super(options, time);
          radios.push(this);
        }
      },
      dhcp,
      dns: () => ["192.0.2.53", "fe80::1"],
      timers: time,
      log: (level, message) => void lines.push(`${level} ${message}`),
    });
    network.watch(() => void changes++);
    return { network, radio: radios[0]!, time, lines, changes: () => changes };
  }

  it("connects, and has what the access point's network gives", () => {
    const { network, radio, time, lines, changes } = setUp();
    expect(network.mac.toString()).toBe("A4:D1:8C:DB:C0:20");
    expect(network.up).toBe(false);
    network.connect("home", "secret", "wirelet-dbc020");
    expect(radio.calls).toEqual([{ hostname: "wirelet-dbc020" }, { SSID: "home", password: "secret" }]);
    radio.become(400, "fe80::a6d1:8cff:fedb:c020");
    expect([network.up, network.ipv4]).toEqual([true, undefined]);
    radio.become(500, "192.0.2.9");
    expect(network.ipv4?.address.toString()).toBe("192.0.2.9");
    expect(network.ipv4?.dns.map(String)).toEqual(["192.0.2.53"]);
    expect(changes()).toBe(2);
    expect(lines).toEqual([]);
    expect(time.pending).toBe(0);
    expect(() => network.configure(undefined)).toThrow("ENOTSUP");
  });

  it("tries again, ever more slowly, and says so", () => {
    const { network, radio, time, lines } = setUp();
    network.connect("open", undefined, "x");
    for (let delay = FIRST_RETRY_DELAY; delay < LAST_RETRY_DELAY; delay *= 2) {
      radio.become(200);
      radio.calls.length = 0;
      time.advance(delay - 1);
      expect(radio.calls).toEqual([]);
      time.advance(1);
      expect(radio.calls).toEqual([{ SSID: "open" }]);
    }
    expect(lines[0]).toBe('warn Wi-Fi: no connection to "open"; next try in 1 s');
    radio.refuses = true;
    radio.become(200);
    time.advance(LAST_RETRY_DELAY);
    radio.refuses = false;
    radio.calls.length = 0;
    time.advance(LAST_RETRY_DELAY);
    expect(radio.calls).toEqual([{ SSID: "open" }]);
  });

  it("connects again when the connection is lost, soon if it was a good one", () => {
    const { network, radio, time, changes } = setUp();
    network.connect("home", "secret", "x");
    radio.become(200);
    radio.become(200);
    radio.become(500, "192.0.2.9");
    radio.calls.length = 0;
    radio.become(200);
    expect([network.up, network.ipv4, changes()]).toEqual([false, undefined, 4]);
    time.advance(FIRST_RETRY_DELAY);
    expect(radio.calls).toHaveLength(1);
  });

  it("says when there is no address to be had", () => {
    const { network, radio, time, lines } = setUp();
    network.connect("home", "secret", "x");
    radio.become(400);
    time.advance(ADDRESS_TIME_LIMIT);
    expect(lines).toEqual(['warn Wi-Fi: "home" gives no address']);
  });

  describe("with an address that it is given", () => {
    const configuration = {
      address: Ipv4Address.parse("192.0.2.9"),
      prefixLength: 25,
      gateway: Ipv4Address.parse("192.0.2.1"),
      dns: [Ipv4Address.parse("192.0.2.2")],
    };

    it("takes it, and has it while the access point is gone", () => {
      const { network, radio, time, changes, lines } = setUp("wirelet");
      network.configure(undefined);
      network.connect("home", "secret", "x");
      radio.become(400);
      time.settle();
      expect([network.up, network.ipv4, changes()]).toEqual([true, undefined, 2]);
      network.configure(configuration);
      time.settle();
      expect(network.ipv4).toBe(configuration);
      expect(changes()).toBe(4);
      radio.become(200);
      expect([network.up, network.ipv4]).toEqual([false, configuration]);
      expect(radio.calls.filter((call) => "static" in (call as object))).toEqual([
        { static: { address: "0.0.0.0", mask: "0.0.0.0", gateway: "0.0.0.0" } },
        { static: { address: "192.0.2.9", mask: "255.255.255.128", gateway: "192.0.2.1" } },
      ]);
      expect(lines).toEqual(['warn Wi-Fi: no connection to "home"; next try in 1 s']);
    });

    it("gives lwIP no gateway where there is none", () => {
      const { network, radio } = setUp("wirelet");
      network.configure({ address: configuration.address, prefixLength: 16, dns: [] });
      expect(radio.calls).toEqual([
        { static: { address: "192.0.2.9", mask: "255.255.0.0", gateway: "0.0.0.0" } },
      ]);
    });

    it("leaves it to the DHCP client to say that there is none", () => {
      const { network, radio, time, lines } = setUp("wirelet");
      network.connect("home", "secret", "x");
      radio.become(400);
      time.advance(2 * ADDRESS_TIME_LIMIT);
      expect(lines).toEqual([]);
    });

    it("says that lwIP does not use other routes", () => {
      const { network, lines } = setUp("wirelet");
      network.configure({ ...configuration, routes: [{ destination: Cidr.parse("10.0.0.0/8") }] });
      expect(lines).toEqual(["warn lwIP has no routing table: 1 routes are not used"]);
    });
  });
});
