import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../src/address/index.js";
import type { Tcp } from "../../src/host/index.js";
import { HttpServer, MAX_CONNECTIONS } from "../../src/http/index.js";
import { Cable, loss, SimulatedHost, Simulation, type SimulatedRandom } from "../../simulator/index.js";

const MINUTE = 60_000;
/** A client every half second: all places are taken most of the time, as some clients are slow. */
const CLIENTS_PER_MINUTE = 120;
/** After this they are gone, answered or not: an impatient person. */
const PATIENCE = 20_000;
/** Bytes a client that compilers may leave behind (up to 203 were seen); a connection that is not let go of takes 2,000. */
const NOISE = 500;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function memoryInUse(): number {
  const measured = Array.from({ length: 4 }, () => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  });
  return Math.min(...measured);
}

function host(simulation: Simulation, name: string, address: string, cable: Cable): SimulatedHost {
  const found = new SimulatedHost(simulation, {
    name,
    cable,
    stack: { profile: name === "device" ? "device" : "host" },
  });
  found.network.configure({ address: Ipv4Address.parse(address), prefixLength: 24, dns: [] });
  return found;
}

/** The device: small pages, large ones, uploads that are counted, and a handler that takes its time. */
function serve(device: SimulatedHost): HttpServer {
  const { clock, timers, wallClock } = device;
  const server = new HttpServer({ io: device.stack.io, port: 80, clock, timers, wallClock });
  server.get("/", (_, response) => response.json({ uptime: clock.now() }));
  server.get("/large", (_, response) => {
    let left = 50_000;
    response.sendFrom({
      length: left,
      read(buffer) {
        const count = Math.min(buffer.length, left);
        left -= count;
        return count;
      },
    });
  });
  server.get("/later", (_, response) => void timers.set(() => response.send("late"), 500));
  server.get("/events", (_, response) => {
    let timer: unknown;
    const tick = (): void => {
      response.write("data: tick\n\n");
      timer = timers.set(tick, 1_000);
    };
    response.onClose = () => timers.clear(timer);
    tick();
  });
  server.post(
    "/upload",
    (request, response) => {
      let count = 0;
      request.readBody({
        onData: (bytes) => (count += bytes.length),
        onEnd: () => response.json({ count }),
      });
    },
    { body: "stream" },
  );
  server.start();
  return server;
}

/** What a client sends, how much at a time, how many bytes it reads each 100 ms, and when it goes. */
interface Manner {
  readonly text: string;
  readonly piece: number;
  readonly reads: number;
  readonly stays: number;
}

function request(line: string, rest = ""): string {
  return `${line} HTTP/1.1\r\nHost: device\r\n${rest}\r\n`;
}

const UPLOAD = request("POST /upload", "Content-Length: 20000\r\n") + "x".repeat(20_000);
const ALL = 1e6;

/** One that goes with bytes unread has reset the connection. */
const MANNERS: readonly Manner[] = [
  { text: request("GET /"), piece: ALL, reads: ALL, stays: 100 },
  { text: request("GET /").repeat(3), piece: ALL, reads: ALL, stays: 300 },
  { text: request("GET /"), piece: ALL, reads: ALL, stays: PATIENCE },
  { text: request("GET /large", "Connection: close\r\n"), piece: ALL, reads: ALL, stays: PATIENCE },
  { text: request("GET /later"), piece: ALL, reads: ALL, stays: 200 },
  { text: request("GET /events"), piece: ALL, reads: ALL, stays: 5_000 },
  { text: UPLOAD, piece: 1_000, reads: ALL, stays: 5_000 },
  { text: UPLOAD, piece: ALL, reads: ALL, stays: 20 },
  { text: request("GET /large"), piece: ALL, reads: 0, stays: 50 },
  { text: request("GET /large"), piece: ALL, reads: 10, stays: PATIENCE },
  { text: request("GET /", `X-Long: ${"x".repeat(500)}\r\n`), piece: 1, reads: ALL, stays: PATIENCE },
  { text: UPLOAD, piece: 3, reads: ALL, stays: PATIENCE },
  { text: "GET /\r\n\r\n", piece: ALL, reads: ALL, stays: 1_000 },
  { text: "", piece: ALL, reads: ALL, stays: PATIENCE },
];

/** Lets a client with some manners come. @param tell the statuses that it was answered with */
function visit(
  simulation: Simulation,
  from: SimulatedHost,
  random: SimulatedRandom,
  tell: (status: string) => void,
): void {
  const manner = MANNERS[random.below(MANNERS.length)]!;
  let rest = Buffer.from(manner.text);
  let room = 0;
  const send = (): void => {
    const piece = rest.subarray(0, Math.min(manner.piece, room));
    if (piece.length === 0) return;
    room = tcp.write(piece);
    rest = rest.subarray(piece.length);
  };
  const tcp = new from.stack.io.TCP({
    address: "10.0.0.1",
    port: 80,
    onWritable(bytes) {
      room = bytes;
      if (manner.piece === ALL) send();
    },
    onEnd: () => leave(),
    onError: () => leave(),
  });
  const read = (): void => {
    if (manner.reads === 0) return;
    const bytes = tcp.read(manner.reads) as ArrayBuffer | undefined;
    const text = bytes === undefined ? "" : Buffer.from(bytes).toString("latin1");
    for (const [, status] of text.matchAll(/HTTP\/1.1 (\d{3})/g)) tell(status!);
  };
  let turn = simulation.schedule(100, act);
  const end = simulation.schedule(manner.stays, () => leave());
  function act(): void {
    send();
    read();
    turn = simulation.schedule(100, act);
  }
  function leave(): void {
    simulation.cancel(turn);
    simulation.cancel(end);
    read();
    (tcp as Tcp).close();
  }
}

describe("an hour of churn, resets and slow clients on a device", () => {
  const simulation = new Simulation({ seed: 6 });
  const cable = new Cable(simulation, { name: "cable", latency: 5 });
  cable.impair(loss(0.01));
  const device = host(simulation, "device", "10.0.0.1", cable);
  const laptop = host(simulation, "laptop", "10.0.0.2", cable);
  const server = serve(device);
  const random = simulation.random.fork("clients");
  const statuses = new Map<string, number>();

  function minutes(count: number): void {
    for (let client = 0; client < count * CLIENTS_PER_MINUTE; client++) {
      visit(simulation, laptop, random, (status) => statuses.set(status, (statuses.get(status) ?? 0) + 1));
      simulation.advance(MINUTE / CLIENTS_PER_MINUTE);
      expect(server.connections).toBeLessThanOrEqual(MAX_CONNECTIONS);
    }
  }

  /** Everybody goes, and TCP forgets. */
  function calmDown(): void {
    simulation.advance(5 * MINUTE);
  }

  it("serves who can be served, and leaves nothing behind", () => {
    const { pending } = simulation;
    minutes(20);
    calmDown();
    const memory = memoryInUse();
    minutes(40);
    calmDown();
    expect((memoryInUse() - memory) / (40 * CLIENTS_PER_MINUTE)).toBeLessThan(NOISE);
    expect(server.connections).toBe(0);
    expect(device.stack.tcp.connections).toHaveLength(0);
    expect(simulation.pending).toBeLessThanOrEqual(pending);
    // All that can happen has happened, and most were served.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining(["200", "400", "408"]));
    expect(statuses.get("200")!).toBeGreaterThan(60 * CLIENTS_PER_MINUTE * 0.4);
    server.stop();
  }, 120_000);
});
