import { describe, expect, it } from "@jest/globals";
import { TcpSocket } from "../../../src/socket/index.js";
import { bandwidth, ETHERNET_OVERHEAD, Lan, mtuBlackHole, type FaultRule } from "../../../simulator/index.js";
import { carry } from "./bench.js";

const LENGTH = 1000;
/** Bits of a frame with what Ethernet adds. */
const BITS = (LENGTH + ETHERNET_OVERHEAD) * 8;

describe("bandwidth", () => {
  it("sends frames one after the other", () => {
    const { arrivals } = carry(bandwidth(BITS * 100), { count: 4, interval: 1, length: LENGTH });
    expect(arrivals.map(({ time }) => time)).toEqual([10, 20, 30, 40]);
  });

  it("is not used up by those who come seldom", () => {
    const { arrivals } = carry(bandwidth(BITS * 100), { count: 3, interval: 50, length: LENGTH });
    expect(arrivals.map(({ time }) => time)).toEqual([10, 60, 110]);
  });

  it("loses what finds the queue full", () => {
    const queue = 2 * (LENGTH + ETHERNET_OVERHEAD);
    const { arrivals, comments } = carry(bandwidth(BITS, { queue }), {
      count: 10,
      interval: 0,
      length: LENGTH,
    });
    expect(arrivals.map(({ index }) => index)).toEqual([0, 1]);
    expect(comments[2]).toBe("dropped: bandwidth 8.192 kbit/s");
  });

  it("with early detection loses a few before the queue is full, once it has been long", () => {
    const queue = 100 * (LENGTH + ETHERNET_OVERHEAD);
    const options = { count: 2000, interval: 9.8, length: LENGTH };
    const tail = carry(bandwidth(BITS * 100, { queue }), options).arrivals.length;
    const early = carry(bandwidth(BITS * 100, { queue, discipline: "red" }), options).arrivals.length;
    // 2 % more than it can carry: the queue is 40 frames long at the end, and never full.
    expect(tail).toBe(2000);
    expect(early).toBeLessThan(2000);
    expect(early).toBeGreaterThan(1900);
  });

  it("with early detection lets a short burst pass", () => {
    const queue = 100 * (LENGTH + ETHERNET_OVERHEAD);
    const red = bandwidth(BITS * 100, { queue, discipline: "red" });
    expect(carry(red, { count: 50, interval: 0, length: LENGTH }).arrivals).toHaveLength(50);
  });

  it.each([
    [0, {}],
    [Number.NaN, {}],
    [1000, { queue: 0 }],
  ])("is refused as %p with %p", (rate, options) => {
    expect(() => bandwidth(rate, options)).toThrow("want more than 0");
  });
});

/** How long `alice` needs to send so many bytes to `bob`, in virtual ms; Infinity: they are not there after ten minutes. */
async function timeOf(length: number, fault: FaultRule): Promise<number> {
  const lan = new Lan({ seed: 2 });
  const bob = lan.host("bob", { address: "10.0.0.2/24" });
  const alice = lan.host("alice", { address: "10.0.0.1/24", faults: [fault] });
  const listener = new TcpSocket(bob.sockets);
  await listener.bind("0.0.0.0:7");
  await listener.listen();
  let received = 0;
  const serve = async (): Promise<void> => {
    const { socket } = await listener.accept();
    for (;;) {
      const bytes = await socket.recv(65_536);
      if (bytes.length === 0) return;
      received += bytes.length;
    }
  };
  void serve().catch(() => undefined);
  const socket = new TcpSocket(alice.sockets);
  const send = async (): Promise<void> => {
    await socket.connect("bob:7");
    await socket.sendAll(new Uint8Array(length));
  };
  send().catch(() => undefined);
  const arrived = lan.until(() => received === length, { within: "10m" });
  return arrived.then(
    () => lan.simulation.now(),
    () => Infinity,
  );
}

it("TCP fills a narrow place, and does not starve behind it", async () => {
  for (const discipline of ["tail-drop", "red"] as const) {
    const time = await timeOf(1_000_000, bandwidth(1e6, { discipline }));
    // 8 s for the bytes alone; headers and recovery on top.
    expect(time).toBeGreaterThan(8_000);
    expect(time).toBeLessThan(12_000);
  }
});

it("an MTU black hole lets handshakes and short segments pass, and TCP finds out by silence", async () => {
  expect(await timeOf(500, mtuBlackHole(600))).toBeLessThan(1_000);
  const time = await timeOf(5_000, mtuBlackHole(600));
  expect(time).toBeGreaterThan(3_000);
  expect(time).toBeLessThan(60_000);
  expect(await timeOf(5_000, mtuBlackHole(100))).toBe(Infinity);
  expect(() => mtuBlackHole(1.5)).toThrow("want bytes");
});
