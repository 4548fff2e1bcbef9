import { describe, expect, it } from "@jest/globals";
import {
  EthernetInterface,
  LINK_TIME_LIMIT,
  type NativeEthernet,
} from "../../../../hosts/xs/esp32/ethernet/ethernet-interface.js";
import { ADDRESS_TIME_LIMIT } from "../../../../hosts/xs/esp32/lwip-interface.js";
import type { Addressing } from "../../../../hosts/xs/settings.js";
import { Ipv4Address } from "../../../../src/address/index.js";
import { VirtualTime } from "../../../support/virtual-time.js";

/** `embedded:network/interface/ethernet`, as read from SDK 8.2.3; the cable is the test. */
class EthernetDouble implements NativeEthernet {
  connection = 200;
  address: string | undefined;
  readonly MAC = "a4:d1:8c:db:c0:23";
  readonly calls: unknown[] = [];
  /** False if the chip does not answer. */
  hasDriver = true;

  constructor(readonly options: { onChanged: () => void }) {}

  connect(): void {
    this.calls.push("connect");
    this.become(300);
  }

  configure(options: object): void {
    if (!this.hasDriver) throw new Error("not initialized");
    this.calls.push(options);
  }

  become(connection: number, address?: string): void {
    this.connection = connection;
    this.address = address;
    this.options.onChanged();
  }
}

function setUp(addressing: Addressing = "platform"): {
  network: EthernetInterface;
  board: EthernetDouble;
  time: VirtualTime;
  lines: string[];
} {
  const time = new VirtualTime(1_000_000);
  const lines: string[] = [];
  const boards: EthernetDouble[] = [];
  const network = new EthernetInterface({
    ethernet: class extends EthernetDouble {
      constructor(options: { onChanged: () => void }) {
        super(options);
        boards.push(this);
      }
    },
    addressing,
    dns: () => ["192.0.2.53"],
    timers: time,
    log: (level, message) => void lines.push(`${level} ${message}`),
  });
  return { network, board: boards[0]!, time, lines };
}

describe("ESP32's Ethernet", () => {
  it("has what lwIP's DHCP client gets", () => {
    const { network, board, time, lines } = setUp();
    network.connect("wirelet-dbc023");
    expect(board.calls).toEqual([{ hostname: "wirelet-dbc023" }, "connect"]);
    expect([network.up, network.ipv4]).toEqual([false, undefined]);
    board.become(500, "192.0.2.9");
    expect([network.up, network.ipv4?.address.toString()]).toEqual([true, "192.0.2.9"]);
    time.advance(ADDRESS_TIME_LIMIT);
    expect(lines).toEqual(["info Ethernet: linked"]);
  });

  it("says that the cable is out, at the start and later, and goes on when it is in", () => {
    const { network, board, time, lines } = setUp();
    network.connect("x");
    time.advance(LINK_TIME_LIMIT);
    board.become(500, "192.0.2.9");
    board.become(200);
    expect([network.up, network.ipv4]).toEqual([false, undefined]);
    board.become(400);
    board.become(500, "192.0.2.10");
    expect(network.ipv4?.address.toString()).toBe("192.0.2.10");
    expect(lines).toEqual([
      "warn Ethernet: no link; is the cable in?",
      "info Ethernet: linked",
      "warn Ethernet: the link is lost",
      "info Ethernet: linked",
    ]);
  });

  it("says when nobody gives an address", () => {
    const { network, board, time, lines } = setUp();
    network.connect("x");
    board.become(400);
    time.advance(ADDRESS_TIME_LIMIT);
    expect(lines).toEqual(["info Ethernet: linked", "warn Ethernet: the network gives no address"]);
  });

  it("does not have lwIP believe in a link when the address comes from here", () => {
    const { network, board } = setUp("own");
    network.connect("x");
    network.configure({ address: Ipv4Address.parse("192.0.2.9"), prefixLength: 24, dns: [] });
    expect(board.calls).not.toContain("connect");
    board.become(400);
    expect([network.up, network.ipv4?.address.toString()]).toEqual([true, "192.0.2.9"]);
  });

  it("says what is wrong when the chip does not answer", () => {
    const { network, board } = setUp();
    board.hasDriver = false;
    expect(() => network.connect("x")).toThrow(
      "start Ethernet eth0: the board's chip does not answer: not initialized (ENETDOWN)",
    );
  });
});
