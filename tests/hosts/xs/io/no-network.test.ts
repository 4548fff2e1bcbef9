import { beforeEach, describe, expect, it } from "@jest/globals";
import { NETWORK_RETRY_DELAY } from "../../../../hosts/xs/io/index.js";
import { PEER_ADDRESS } from "../moddable/network.js";
import { recorder, network, io, start, settle, bytes, text, codeOf, dial } from "./support.js";

describe("before there is a network", () => {
  beforeEach(() => {
    start("esp32");
    network.machine.hasNetwork = false;
  });

  function findNetwork(): void {
    settle(3 * NETWORK_RETRY_DELAY);
    network.machine.hasNetwork = true;
    settle(NETWORK_RETRY_DELAY);
  }

  it("a TCP is made, and fails as one whose network is gone", () => {
    const events: string[] = [];
    const socket = new io.TCP({ address: PEER_ADDRESS, port: 7, ...recorder(events) });
    expect(events).toEqual([]);
    settle();
    expect(events).toEqual(["error ENETDOWN"]);
    expect(codeOf(() => socket.write(bytes("x")))).toBe("ENETDOWN");
    socket.close();
  });

  it("a Listener waits for it", () => {
    let count = 0;
    const listener = new io.Listener({ port: 80, onReadable: () => void count++ });
    expect(listener.port).toBe(0);
    expect(listener.read()).toBeUndefined();
    expect(codeOf(() => new io.Listener({ port: 80 }))).toBe("EADDRINUSE");
    findNetwork();
    expect(listener.port).toBe(80);
    dial(80);
    settle();
    expect(count).toBe(1);
  });

  it("a Listener that has waited tells of those beyond its backlog, too", () => {
    const counts: number[] = [];
    const listener = new io.Listener({
      port: 80,
      backlog: 1,
      onReadable: (count) => void counts.push(count),
    });
    findNetwork();
    dial(80);
    dial(80);
    settle();
    listener.read();
    settle();
    expect(counts).toEqual([1, 1]);
  });

  it("a closed Listener does not", () => {
    const listener = new io.Listener({ port: 80 });
    listener.close();
    findNetwork();
    expect(codeOf(() => new io.Listener({ port: 80 }))).toBeUndefined();
  });

  it("a UDP socket waits for it, and joins its groups then", () => {
    const socket = new io.UDP({ port: 5000, multicast: "239.1.2.3" });
    expect(socket.port).toBeUndefined();
    expect(codeOf(() => socket.write(bytes("x"), PEER_ADDRESS, 9))).toBe("ENETDOWN");
    findNetwork();
    expect(socket.port).toBe(5000);
    new network.peer.stack.io.UDP({}).write(bytes("all"), "239.1.2.3", 5000);
    settle();
    expect(text(socket.read())).toBe("all");
  });
});
