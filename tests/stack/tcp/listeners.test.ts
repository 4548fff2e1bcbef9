import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../../src/address/index.js";
import { Listeners } from "../../../src/stack/tcp/listeners.js";
import { TcpListener } from "../../../src/stack/tcp/listener.js";

const [here, there] = ["10.0.0.1", "10.0.0.2"].map((text) => Ipv4Address.parse(text)) as [
  Ipv4Address,
  Ipv4Address,
];

function listener(port: number, address?: Ipv4Address): TcpListener {
  return new TcpListener(port, address, 1, {
    queued: false,
    runTask: () => undefined,
    connectionReady: () => undefined,
  });
}

describe("listeners", () => {
  it("share a port if each has an address of its own", () => {
    const listeners = new Listeners();
    const first = listener(80, here);
    listeners.add(first);
    expect(listeners.isTaken(80, here)).toBe(true);
    expect(listeners.isTaken(80, undefined)).toBe(true);
    expect(listeners.isTaken(80, there)).toBe(false);
    expect(listeners.isTaken(81, here)).toBe(false);
    const second = listener(80, there);
    listeners.add(second);
    expect(listeners.find(80, here)).toBe(first);
    expect(listeners.find(80, there)).toBe(second);
    expect(listeners.remove(first)).toBe(true);
    expect(listeners.remove(first)).toBe(false);
    expect(listeners.find(80, here)).toBeUndefined();
    expect(listeners.has(80)).toBe(true);
    listeners.remove(second);
    expect(listeners.has(80)).toBe(false);
  });

  it("on any address answer for all of them, and take the port for themselves", () => {
    const listeners = new Listeners();
    const any = listener(80);
    listeners.add(any);
    expect(listeners.find(80, there)).toBe(any);
    expect(listeners.isTaken(80, there)).toBe(true);
  });
});
