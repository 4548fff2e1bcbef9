import { afterEach, beforeAll, expect, it } from "@jest/globals";
import { Device, type DeviceStatus } from "../../src/device/index.js";
import { SimulatedHost } from "../../simulator/index.js";
import { describeWith } from "../support/tools.js";
import { BareV8 } from "./bare-v8.js";
import { bootOnLan, MEMORY } from "./boot.js";
import { bundle } from "./bundle.js";
import { requireXs, XsEngine, type Engine } from "./engine.js";
import { heapSince, measureHeap, SLOT_BYTES } from "./heap.js";
import { DEVICE_MAC, Lan, Tab, type Answer, type LanOptions } from "./lan.js";
import { PreloadedEngine } from "./preload.js";

/**
 * What docs/memory.md says of a connection, the HTTP server's part included: 120 slots are the socket's, which
 * sockets.test.ts measures by itself.
 */
const MOST_SLOTS_OF_A_CONNECTION = 120 + 75;
const MOST_BYTES_OF_A_CONNECTION = 11.5 * 1024;

/** The server's word for it that the device has an address; undefined while it has not. */
function leasedAddress({ server }: Lan): string | undefined {
  const lease = server.leases.find(({ mac, state }) => state === "bound" && mac.equals(DEVICE_MAC));
  return lease?.address.toString();
}

interface Booted {
  readonly lan: Lan;
  readonly isReady: () => boolean;
}

/** What a browser gets to see of the device, all over one connection. */
interface Visit {
  readonly address: string;
  readonly answers: Readonly<Record<string, Answer>>;
}

async function visit({ lan, isReady }: Booted): Promise<Visit> {
  await lan.simulation.until(isReady);
  const address = leasedAddress(lan) ?? "";
  const tab = new Tab(lan, address);
  const answers: Record<string, Answer> = {};
  for (const request of ["GET /", "GET /api/status", "HEAD /", "GET /nowhere", "DELETE /"]) {
    const [method = "", path = ""] = request.split(" ");
    answers[request] = await tab.request(method, path);
  }
  await tab.close();
  return { address, answers };
}

const engines: Engine[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop();
});

/** Boots the firmware's bundle in `engine`, on a LAN of its own. */
async function bootIn(engine: Engine, script: string, options: LanOptions = {}) {
  engines.push(engine);
  const { lan, device, log } = await bootOnLan(engine, script, options);
  return { lan, device, isReady: () => log.includes("http-listening") };
}

/** The firmware on Node, as the simulator runs it. */
function bootOnNode(): Booted {
  const lan = new Lan();
  const { simulation, deviceCable: cable } = lan;
  const host = new SimulatedHost(simulation, {
    name: "device",
    cable,
    mac: DEVICE_MAC,
    memory: () => MEMORY,
  });
  const { stack, network, clock, timers, random, memory, log } = host;
  let ready = false;
  new Device({
    ...{ io: stack.io, network, dhcp: network.dhcp, clock, timers, random, memory, log },
    platform: "xs",
    onEvent: ({ type }) => (ready ||= type === "http-listening"),
  }).start();
  return { lan, isReady: () => ready };
}

/** Without numbers: the two draw different delays, so that their leases do not end at the same second. */
function withoutNumbers({ answers }: Visit): unknown {
  return Object.entries(answers).map(([request, { status, headers, body }]) => {
    return [request, status, Object.keys(headers), body.replaceAll(/\d+/g, "#")];
  });
}

describeWith([requireXs()], "the firmware inside XS", () => {
  let script: string;
  let preloaded: string;

  beforeAll(async () => {
    ({ script } = await bundle("device-main.ts"));
    preloaded = (await bundle("device-main.ts", { preloaded: true })).script;
  });

  it("leases the address and serves the pages that it does on Node", async () => {
    const inXs = await bootIn(new XsEngine(), script);
    const onNode = bootOnNode();
    const seen = await visit(inXs);
    const onNodeSeen = await visit(onNode);
    expect(seen.address).toBe(onNodeSeen.address);
    expect(withoutNumbers(seen)).toEqual(withoutNumbers(onNodeSeen));

    const { answers } = seen;
    expect(Object.values(answers).map(({ status }) => status)).toEqual([200, 200, 200, 404, 405]);
    expect(JSON.parse(answers["GET /api/status"]?.body ?? "")).toMatchObject({
      mac: "00:1A:2B:3C:4D:5E",
      ip: seen.address,
      mask: "255.255.255.0",
      gateway: "192.168.7.1",
      dns: ["192.168.7.1"],
      platform: "xs",
      memory: MEMORY,
      dhcp: { state: "BOUND", server: "192.168.7.1", leaseSeconds: 7200 },
    } satisfies Partial<Omit<DeviceStatus, "dhcp">> & { dhcp: Partial<DeviceStatus["dhcp"]> });
    expect(answers["GET /"]?.body).toContain("00:1A:2B:3C:4D:5E");
    expect(answers["HEAD /"]).toMatchObject({ body: "", headers: answers["GET /"]?.headers });
  });

  it.each([
    ["", {}],
    [" and loses a fifth of its frames", { seed: 7, lossRate: 0.2 }],
  ])("sends the frames that it does on V8, byte for byte, when it is preloaded%s", async (_, options) => {
    const inXs = await bootIn(new PreloadedEngine(), preloaded, options);
    const inV8 = await bootIn(new BareV8(), script, options);
    expect(await visit(inXs)).toEqual(await visit(inV8));
    expect(inXs.lan.trace).toEqual(inV8.lan.trace);
  });

  it("reports what it takes", async () => {
    const engine = new XsEngine();
    const bare = await measureHeap(engine);
    const { lan, device, isReady } = await bootIn(engine, script);
    const loaded = await measureHeap(engine);
    await lan.simulation.until(isReady);
    const booted = await measureHeap(engine);
    const bootWork = device.totals.compute;

    const address = leasedAddress(lan) ?? "";
    const tab = new Tab(lan, address);
    await tab.request("GET", "/api/status");
    const first = device.totals.compute;
    await tab.request("GET", "/api/status");
    const second = device.totals.compute;
    // What the first connection brings into being is not counted for the second.
    await lan.simulation.runFor("1s");
    const connectedOnce = await measureHeap(engine);
    const otherTab = new Tab(lan, address);
    await otherTab.request("GET", "/api/status");
    await lan.simulation.runFor("1s");
    const connectedTwice = await measureHeap(engine);
    const beforePage = device.totals.compute;
    const { body } = await tab.request("GET", "/");
    const pageWork = device.totals.compute - beforePage;
    await tab.close();
    await otherTab.close();

    const code = heapSince(bare, loaded);
    const running = heapSince(loaded, booted);
    const connection = heapSince(connectedOnce, connectedTwice);
    process.stderr.write(
      [
        `XS: modules take ${code.slots} slots and ${code.chunkBytes} bytes (in flash where they are preloaded)`,
        `XS: the booted device takes ${running.slots} slots and ${running.chunkBytes} bytes`,
        `XS: a connection takes ${connection.slots} slots and ${connection.chunkBytes} bytes`,
        `XS: heap after boot: ${booted.slots} slots, of which the bare engine has ${bare.slots}`,
        `XS: boot to listening: ${bootWork} computrons`,
        `XS: GET /: ${pageWork} computrons for ${body.length} bytes`,
        `XS: GET /api/status: ${first - bootWork} computrons with its connection, ${second - first} on an open one`,
        "",
      ].join("\n"),
    );
    expect(connection.slots).toBeLessThanOrEqual(MOST_SLOTS_OF_A_CONNECTION);
    expect(SLOT_BYTES * connection.slots + connection.chunkBytes).toBeLessThanOrEqual(
      MOST_BYTES_OF_A_CONNECTION,
    );
    expect(running.slots).toBeGreaterThan(0);
    expect(second - first).toBeGreaterThan(0);
  });
});
