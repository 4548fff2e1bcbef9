import { expect, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { CLIENT_LIMITS, HttpClient, HttpServer, type BodySource } from "../../../src/http/index.js";
import { neighbors, type Lan, type NeighborsOptions } from "../../../simulator/index.js";

const LENGTH = 300_000;

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** So many bytes, none like its neighbors. */
function bytesAt(start: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => ((start + index) * 31) % 251);
}

function source(length?: number): BodySource {
  let at = 0;
  return {
    ...(length !== undefined && { length }),
    read(buffer) {
      const count = Math.min(buffer.length, LENGTH - at);
      buffer.set(bytesAt(at, count));
      at += count;
      return count;
    },
  };
}

/** A client and this project's server, each on a host of a LAN. */
function meet(options: NeighborsOptions = {}): { lan: Lan; client: HttpClient; url: string } {
  const lan = neighbors(["asker", "device"], options);
  const { simulation } = lan;
  const device = lan.find("device").machine;
  const server = new HttpServer({ io: device.stack.io, port: 80, clock: simulation, timers: device.timers });
  server.get("/down/chunked", (_, response) => response.sendFrom(source()));
  server.get("/down/length", (_, response) => response.sendFrom(source(LENGTH)));
  server.post(
    "/up",
    (request, response) => {
      const hash = createHash("sha256");
      request.readBody({
        onData: (bytes) => void hash.update(bytes),
        onEnd: () => response.json({ hash: hash.digest("hex") }),
      });
    },
    { body: "stream", maxBody: LENGTH },
  );
  server.start();
  const asker = lan.find("asker").machine;
  const client = new HttpClient({
    ...{ io: asker.stack.io, clock: simulation, timers: asker.timers },
    limits: { ...CLIENT_LIMITS, body: LENGTH },
  });
  return { lan, client, url: `http://${lan.find("device").subnet.address}` };
}

/** Lets virtual time pass until the work is done. */
async function finish<T>({ simulation }: Lan, work: Promise<T>): Promise<T> {
  let isOver = false;
  const settled = work.finally(() => (isOver = true));
  await Promise.all([settled, simulation.until(() => isOver, { within: "10m" })]);
  return settled;
}

it.each([
  ["a good LAN", {}],
  ["one that loses a tenth of all frames", { loss: 0.1, seed: 3 }],
])("bodies cross %s whole, both ways, over one connection", async (_, options) => {
  const { lan, client, url } = meet(options);
  const whole = hashOf(bytesAt(0, LENGTH));
  for (const path of ["/down/chunked", "/down/length"]) {
    const download = async (): Promise<string> => hashOf(await (await client.request(url + path)).bytes());
    expect(await finish(lan, download())).toBe(whole);
  }
  for (const body of [source(), source(LENGTH)]) {
    const upload = async (): Promise<unknown> =>
      (await client.request(`${url}/up`, { method: "POST", body, expectContinue: true })).json();
    expect(await finish(lan, upload())).toEqual({ hash: whole });
  }
  expect(client.connections).toBe(1);
  await lan.simulation.runFor("10s");
  expect(client.connections).toBe(0);
  expect(lan.find("asker").stack.tcp.connections).toHaveLength(0);
});

it("a server that ends kept connections costs a request nothing", async () => {
  const { lan, client, url } = meet();
  const ask = async (): Promise<number> => {
    const response = await client.request(`${url}/down/length`, { method: "HEAD" });
    return response.status;
  };
  expect(await finish(lan, ask())).toBe(200);
  lan.find("device").stack.tcp.connections[0]!.abort();
  expect(await finish(lan, ask())).toBe(200);
});
