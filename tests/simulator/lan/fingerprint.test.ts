import { describe, expect, it } from "@jest/globals";
import { TcpSocket } from "../../../src/socket/index.js";
import {
  bursts,
  dhcpServer,
  FirstBoot,
  firmware,
  jitter,
  Lan,
  neighbors,
  type Fingerprint,
} from "../../../simulator/index.js";

/** Each runs on a LAN of its own and gives that run's fingerprint. */
const SCENARIOS: Readonly<Record<string, (seed: number) => Promise<Fingerprint>>> = {
  "a first boot on a lossy cable": async (seed) => {
    const scenario = new FirstBoot({ seed, loss: 0.3 });
    const fingerprint = scenario.lan.fingerprint();
    scenario.boot();
    await scenario.get("/api/status");
    return fingerprint;
  },
  "a transfer over a link with jitter and bursts": async (seed) => {
    const lan = neighbors(["alice", "bob"], { seed });
    const fingerprint = lan.fingerprint();
    lan.find("bob").cable.impair(jitter("30ms"));
    lan.find("bob").cable.impair(bursts({ enter: 0.02, leave: 0.4 }));
    const listener = new TcpSocket(lan.find("bob").sockets);
    await listener.bind("0.0.0.0:7");
    await listener.listen();
    const socket = new TcpSocket(lan.find("alice").sockets);
    const sending = socket.connect("bob:7").then(() => socket.send(new Uint8Array(50_000)));
    await lan.finish(sending, { within: "1h" });
    await lan.runFor("1m");
    return fingerprint;
  },
  "a day with power cuts, a loose plug and drifting clocks": async (seed) => {
    const lan = new Lan({ seed });
    const fingerprint = lan.fingerprint();
    lan.host("router", { address: "192.168.1.1/24", app: dhcpServer(), clockDrift: 30 });
    const sensor = lan.host("sensor", { stack: "device", app: firmware(), clockDrift: -30 });
    sensor.losePower({ every: "2h", lasting: "1m" });
    lan.find("router").cable.flap({ every: "3h", lasting: "10s" });
    await lan.runFor("1d");
    return fingerprint;
  },
};

describe.each(Object.entries(SCENARIOS))("%s", (_, run) => {
  it("is the same to the last byte for the same seed, and another one for another", async () => {
    const first = String(await run(7));
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(String(await run(7))).toBe(first);
    expect(String(await run(8))).not.toBe(first);
  });
});

describe("a fingerprint", () => {
  const after = (what: (lan: Lan) => void): string => {
    const lan = new Lan();
    lan.host("alice");
    const fingerprint = lan.fingerprint();
    what(lan);
    return String(fingerprint);
  };
  const send = (lan: Lan, ...bytes: number[]): void =>
    lan.find("alice").machine.link.transmit(Uint8Array.from(bytes), bytes.length);

  it("tells bytes, times, fates and what was told apart", () => {
    const prints = [
      after(() => undefined),
      after((lan) => send(lan, 1)),
      after((lan) => send(lan, 2)),
      after((lan) => send(lan, 1, 1)),
      after((lan) => (send(lan, 1), send(lan, 1))),
      after((lan) => (lan.simulation.advance(1), send(lan, 1))),
      after((lan) => (lan.find("alice").cable.cut(), send(lan, 1))),
      after((lan) => lan.tell("alice", { topic: "log", text: "1" })),
      after((lan) => lan.tell("alice", { topic: "log", text: "2" })),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });

  it("can be looked at while it grows", () => {
    const lan = new Lan();
    const fingerprint = lan.fingerprint();
    const first = String(fingerprint);
    lan.tell("alice", { topic: "log", text: "1" });
    expect(String(fingerprint)).not.toBe(first);
    expect(String(fingerprint)).toBe(String(fingerprint));
  });
});
