import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../../src/address/index.js";
import type { Tcp } from "../../../src/host/index.js";
import { Cable, SimulatedHost, Simulation } from "../../../simulator/index.js";

const COUNT = 10_000;
/** What docs/memory.md says of an idle connection, in bytes, the socket of its program included. */
const IDLE_CONNECTION = 2.5 * 1024;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes of objects and of buffers. What one collection finds may be given back only by the next. */
function memoryInUse(): number {
  const measured = Array.from({ length: 4 }, () => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  });
  return Math.min(...measured);
}

function hosts(simulation: Simulation): [SimulatedHost, SimulatedHost] {
  const cable = new Cable(simulation, { name: "cable", latency: 1 });
  return ["10.0.0.1", "10.0.0.2"].map((address) => {
    const host = new SimulatedHost(simulation, { name: address, cable });
    host.network.configure({ address: Ipv4Address.parse(address), prefixLength: 24, dns: [] });
    return host;
  }) as [SimulatedHost, SimulatedHost];
}

describe("ten thousand connections of the host profile", () => {
  it("open, talk, cost little while they are idle, and leave nothing", () => {
    const simulation = new Simulation({ seed: 1 });
    const [client, server] = hosts(simulation);
    let echoed = 0;
    const accepted: Tcp[] = [];
    const echo = {
      onReadable(this: Tcp) {
        this.write(this.read() as ArrayBuffer);
      },
    };
    const listener = new server.stack.io.Listener({
      port: 80,
      backlog: COUNT,
      onReadable() {
        for (let from = this.read(); from !== undefined; from = this.read()) {
          accepted.push(new server.stack.io.TCP({ from, ...echo }));
        }
      },
    });
    const question = Buffer.from("hello");
    const asking = {
      address: "10.0.0.2",
      port: 80,
      onReadable() {
        echoed++;
      },
    };
    const before = memoryInUse();
    const sockets: Tcp[] = [];
    // A hundred at a time: what is measured shall not be the frames of a crowd.
    for (let i = 0; i < COUNT; i++) {
      sockets.push(new client.stack.io.TCP(asking));
      if (i % 100 !== 99) continue;
      simulation.advance(5);
      for (const socket of sockets.slice(-100)) socket.write(question);
      simulation.advance(5);
    }
    simulation.advance(1_000);
    expect([accepted.length, echoed]).toEqual([COUNT, COUNT]);
    expect(sockets.every((socket) => socket.read(question) === question.length)).toBe(true);

    simulation.advance(60_000);
    for (const { stack } of [client, server]) {
      expect(stack.tcp.connections).toHaveLength(COUNT);
      expect([stack.tcp.memory.used, stack.timers.size]).toEqual([0, 0]);
      const { idle } = stack.tcp.recoveries;
      expect(stack.tcp.connections.every(({ recovery }) => recovery === idle)).toBe(true);
    }
    expect((memoryInUse() - before) / (2 * COUNT)).toBeLessThan(IDLE_CONNECTION);

    listener.close();
    for (const socket of sockets) socket.close();
    simulation.advance(10);
    for (const socket of accepted) socket.close();
    simulation.advance(300_000);
    for (const { stack } of [client, server]) {
      expect([stack.tcp.endpoints.size, stack.tcp.memory.used, stack.timers.size]).toEqual([0, 0, 0]);
    }
  });
});
