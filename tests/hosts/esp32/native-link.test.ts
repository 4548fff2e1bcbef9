import { afterAll, afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { MAX_WATCHED } from "../../../hosts/xs/esp32/lwip-link.js";
import { Ipv4Address, MacAddress } from "../../../src/address/index.js";
import { describeWithTool } from "../../support/tools.js";
import { arpFrame, udpFrame } from "./support/frames.js";
import { NativeProgram, compile, hexOf, type Answer } from "./support/program.js";

const MAC = MacAddress.parse("02:00:00:00:00:01");
const OTHER = MacAddress.parse("02:00:00:00:00:02");
const OFFERED = "192.0.2.100";
const SERVER = "192.0.2.1";
/** Of native-link.c. */
const MAX_ITEMS = 8;
const MAX_DATAGRAM = 1472;
const MAX_FRAME = 1514;

const bytesOf = (mac: MacAddress): Uint8Array => {
  const bytes = new Uint8Array(6);
  mac.write(bytes, 0);
  return bytes;
};
const addresses = (...texts: readonly string[]): Uint8Array => {
  const bytes = new Uint8Array(4 * texts.length);
  texts.forEach((text, index) => Ipv4Address.parse(text).write(bytes, 4 * index));
  return bytes;
};
/** From the server to the offered address, which the interface does not have yet. */
const datagram = (data: Uint8Array): Uint8Array =>
  udpFrame(MAC, OTHER, `${SERVER}:67`, `${OFFERED}:68`, data);
const probe = arpFrame(OTHER, "0.0.0.0", OFFERED);

describeWithTool("gcc", "native-link.c", () => {
  let program: NativeProgram;
  const run = (name: string, ...values: readonly (string | number | Uint8Array)[]): Answer =>
    program.run(name, ...values);
  const start = (...options: Parameters<typeof NativeProgram.start>): void => {
    program = NativeProgram.start(...options);
    run("interface", bytesOf(MAC), 1);
    // The number says that there is an onReadable.
    run("open", bytesOf(MAC), 1);
  };
  beforeEach(() => start());
  afterAll(() => NativeProgram.cleanUp());
  // What the sanitizers find, leaks too, is told when the program ends.
  afterEach(async () => expect(await program.end()).toBe(""));

  it.each(["-O0", "-O2", "-Os"])("compiles without warnings with %s", (level) => {
    expect(compile(level)).toBe("");
  });

  describe("sending", () => {
    it("hands a frame to the interface as it is", () => {
      const discover = udpFrame(
        MacAddress.broadcast,
        MAC,
        "0.0.0.0:68",
        "255.255.255.255:67",
        Uint8Array.of(1, 1, 6),
      );
      expect(run("transmit", discover)).toEqual({ told: [`frame ${hexOf(discover)}`], value: "1" });
      const arp = arpFrame(MAC, "0.0.0.0", OFFERED);
      expect(run("transmit", arp)).toEqual({ told: [`frame ${hexOf(arp)}`], value: "1" });
    });

    it("sends nothing without an interface, or while its link is down", () => {
      run("interface", bytesOf(OTHER), 1);
      expect(run("transmit", probe)).toEqual({ told: [], value: "0" });
      run("interface", bytesOf(MAC), 0);
      expect(run("transmit", probe)).toEqual({ told: [], value: "0" });
    });

    it("takes the longest frame, and none that is longer", () => {
      expect(run("transmit", new Uint8Array(MAX_FRAME)).value).toBe("1");
      expect(run("transmit", new Uint8Array(MAX_FRAME + 1))).toEqual({ told: [], value: "0" });
    });

    it("leaves a datagram to lwIP, from the port that is bound", () => {
      expect(run("send", Uint8Array.of(1, 2), addresses(SERVER), 67, addresses(OFFERED)).value).toBe("0");
      run("bind", 68);
      expect(run("send", Uint8Array.of(1, 2), addresses(SERVER), 67, addresses(OFFERED))).toEqual({
        told: [`datagram-head 00440043${hexOf(addresses(OFFERED, SERVER))}`, "datagram 0102"],
        value: "1",
      });
    });

    it("says so when lwIP has no memory", () => {
      run("bind", 68);
      run("pbufs", 0);
      expect(run("transmit", probe).value).toBe("0");
      expect(run("send", Uint8Array.of(1), addresses(SERVER), 67, addresses(OFFERED)).value).toBe("0");
      run("pbufs", -1);
      expect(run("transmit", probe).value).toBe("1");
    });
  });

  describe("receiving", () => {
    it("gives a datagram for an address that is not configured, with its sender", () => {
      run("bind", 68);
      expect(run("receive", datagram(Uint8Array.of(2, 1, 6))).told).toEqual(["posted"]);
      expect(run("service")).toEqual({ told: ["readable"], value: "1" });
      expect(run("read").value).toBe(`01${hexOf(addresses(SERVER))}0043020106`);
      expect(run("read").value).toBe("0");
    });

    it("takes the largest datagram of a frame, and none that lwIP put together from fragments", () => {
      run("bind", 68);
      run("receive", datagram(new Uint8Array(MAX_DATAGRAM + 1)));
      expect(run("read").value).toBe("0");
      run("receive", datagram(new Uint8Array(MAX_DATAGRAM).fill(7)));
      expect(run("read").value).toBe(`01${hexOf(addresses(SERVER))}0043${"07".repeat(MAX_DATAGRAM)}`);
    });

    it("does not take what is for others: another port, no port, another interface", () => {
      const frame = udpFrame(MAC, OTHER, `${SERVER}:67`, `${OFFERED}:69`, Uint8Array.of(1));
      run("bind", 68);
      expect(run("receive", frame).told).toEqual([`lwip ${hexOf(frame)}`]);
      run("unbind");
      expect(run("receive", datagram(Uint8Array.of(1))).told).toEqual([
        `lwip ${hexOf(datagram(Uint8Array.of(1)))}`,
      ]);
      run("bind", 68);
      run("interface", bytesOf(OTHER), 1);
      expect(run("receive", datagram(Uint8Array.of(1))).told).toEqual([]);
      expect(run("read").value).toBe("0");
    });

    it("keeps what came first when more comes than waits at most, and posts once", () => {
      run("bind", 68);
      const told = Array.from(
        { length: MAX_ITEMS + 2 },
        (_, index) => run("receive", datagram(Uint8Array.of(index))).told,
      ).flat();
      expect(told).toEqual(["posted"]);
      expect(run("service").value).toBe("1");
      const read = Array.from({ length: MAX_ITEMS + 1 }, () => run("read").value.slice(-2));
      expect(read).toEqual(["00", "01", "02", "03", "04", "05", "06", "07", "0"]);
      // The ring goes round.
      for (let index = 10; index < 15; index++) run("receive", datagram(Uint8Array.of(index)));
      expect(Array.from({ length: 6 }, () => run("read").value.slice(-2))).toEqual([
        "0a",
        "0b",
        "0c",
        "0d",
        "0e",
        "0",
      ]);
    });

    it("posts again when the queue of messages was full", () => {
      run("bind", 68);
      run("messages", 0);
      expect(run("receive", datagram(Uint8Array.of(1))).told).toEqual([]);
      run("messages", -1);
      expect(run("receive", datagram(Uint8Array.of(2))).told).toEqual(["posted"]);
      expect([run("read").value.slice(-2), run("read").value.slice(-2)]).toEqual(["01", "02"]);
    });

    it("drops what there is no memory for, and keeps what XS has no memory for yet", () => {
      run("bind", 68);
      run("memory", 0);
      run("receive", datagram(Uint8Array.of(1)));
      run("memory", -1);
      expect(run("read").value).toBe("0");
      run("receive", datagram(Uint8Array.of(2)));
      run("chunks", 0);
      expect(run("read").value).toBe("! memory full");
      run("chunks", -1);
      expect(run("read").value.slice(-2)).toBe("02");
    });
  });

  describe("ARP", () => {
    it.each([
      ["uses a watched address", arpFrame(OTHER, OFFERED, SERVER), true],
      ["announces it", arpFrame(OTHER, OFFERED, OFFERED), true],
      ["probes for it", probe, true],
      ["asks for it to talk to it", arpFrame(OTHER, SERVER, OFFERED), false],
      ["uses another one", arpFrame(OTHER, SERVER, SERVER), false],
      ["is the device's own", arpFrame(MAC, OFFERED, OFFERED), false],
    ])("tells of another host that %s, and leaves the frame to lwIP", (_, frame, isTold) => {
      expect(run("watch", addresses("192.0.2.7", OFFERED)).value).toBe("1");
      expect(run("receive", frame).told).toEqual([...(isTold ? ["posted"] : []), `lwip ${hexOf(frame)}`]);
      expect(run("read").value).toBe(isTold ? `02${hexOf(frame.subarray(14))}` : "0");
    });

    it("watches those addresses that it was told last", () => {
      run("watch", addresses(OFFERED));
      run("watch", new Uint8Array());
      run("receive", probe);
      expect(run("read").value).toBe("0");
      const most = Array.from({ length: MAX_WATCHED }, () => OFFERED);
      expect(run("watch", addresses(...most)).value).toBe("1");
      expect(run("watch", addresses(...most, OFFERED)).value).toBe("! too many addresses");
    });

    it("takes no address for 0.0.0.0", () => {
      run("watch", addresses(OFFERED));
      run("receive", arpFrame(OTHER, "0.0.0.0", "0.0.0.0"));
      expect(run("read").value).toBe("0");
    });

    it.each([
      ["cut off", probe.subarray(0, 41)],
      ["empty", new Uint8Array(1)],
      ["of another protocol", Uint8Array.from(probe, (byte, index) => (index === 13 ? 0 : byte))],
    ])("leaves a frame that is %s to lwIP", (_, frame) => {
      run("watch", addresses(OFFERED));
      expect(run("receive", frame).told).toEqual([`lwip ${hexOf(frame)}`]);
      expect(run("read").value).toBe("0");
    });

    it("watches again when the radio has made its interface anew", () => {
      run("interface", bytesOf(OTHER), 0);
      expect(run("watch", addresses(OFFERED)).value).toBe("0");
      run("interface", bytesOf(MAC), 1);
      run("receive", probe);
      expect(run("read").value).toBe("0");
      expect(run("watch", addresses(OFFERED)).value).toBe("1");
      run("receive", probe);
      expect(run("read").value).not.toBe("0");
    });
  });

  it("says when somebody else has the port, and when lwIP has no more", () => {
    run("taken", 68);
    expect(run("bind", 68).value).toBe("0");
    run("taken", 0);
    run("pcbs", 0);
    expect(run("bind", 68).value).toBe("0");
    run("pcbs", -1);
    expect(run("bind", 68).value).toBe("1");
  });

  it("sets as many DNS servers as lwIP has room for", () => {
    const servers = ["192.0.2.53", "192.0.2.54", "192.0.2.55", "192.0.2.56"];
    expect(run("dns", addresses(...servers)).told).toEqual(
      servers.slice(0, 3).map((server) => `dns ${hexOf(addresses(server))}`),
    );
  });

  it("is one at a time, with a MAC address and somebody to tell", () => {
    expect(run("open", bytesOf(OTHER), 1).value).toBe("! there is a link already");
    run("close");
    expect(run("open", bytesOf(MAC), 0).value).toBe("! onReadable is missing");
    expect(run("open", bytesOf(MAC).subarray(1), 1).value).toBe("! invalid mac");
    run("memory", 0);
    expect(run("open", bytesOf(MAC), 1).value).toBe("! no memory");
    run("memory", -1);
    expect(run("open", bytesOf(MAC), 1).value).toBe("0");
  });

  describe("closed", () => {
    it("lets go of the port, the frames and what waits, and calls nobody", () => {
      run("bind", 68);
      run("watch", addresses(OFFERED));
      run("receive", datagram(Uint8Array.of(1)));
      run("close");
      expect(run("receive", probe).told).toEqual([`lwip ${hexOf(probe)}`]);
      expect(run("receive", datagram(Uint8Array.of(1))).told).toHaveLength(1);
      // The message that was under way.
      expect(run("service")).toEqual({ told: [], value: "1" });
    });

    it.each(["bind", "unbind", "send", "transmit", "watch", "read", "dns"])("refuses %s", (name) => {
      run("close");
      expect(run(name, "44", "c0000201", "67", "c0000201").value).toBe("! no host data");
    });
  });

  describe.each(["address,undefined", "thread"] as const)("flooded, with -fsanitize=%s", (sanitizer) => {
    beforeEach(async () => {
      await program.end();
      start(sanitizer);
      run("bind", 68);
    });

    it.each([
      ["ARP", probe],
      ["datagrams", datagram(new Uint8Array(300))],
    ])("reads some of it, and works on: %s", (_, frame) => {
      const read = Number(run("flood", frame, 3000, 0, addresses(OFFERED)).value);
      expect(read).toBeGreaterThan(0);
      run("service");
      while (run("read").value !== "0");
      run("receive", datagram(Uint8Array.of(5)));
      expect(run("read").value.slice(-2)).toBe("05");
    });

    it("can be closed in the midst of it", () => {
      run("flood", probe, 3000, 1, addresses(OFFERED));
      expect(run("open", bytesOf(MAC), 1).value).toBe("0");
    });
  });
});
