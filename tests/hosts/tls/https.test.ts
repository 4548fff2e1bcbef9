import { describe, expect, it } from "@jest/globals";
import { once } from "node:events";
import { Agent, createServer, request, type RequestOptions } from "node:https";
import { buffer, text } from "node:stream/consumers";
import { secureIo, secureSockets } from "../../../hosts/node/tls/index.js";
import { HttpClient, HttpServer, type HttpClientOptions } from "../../../src/http/index.js";
import { certificate } from "../../support/certificates/index.js";
import { closeLater } from "./support/pair.js";
import { PLACES, nodePlace, type Place } from "./support/places.js";

const local = certificate("local");
const PAGE = Buffer.alloc(300_000, "a page of some length ");

/** A site with TLS. @returns where it is */
function serveSite(place: Place): string {
  const { timers, task, now } = place;
  const io = secureIo(place.server, { ...local, timers, ...(task && { task }), alpn: ["http/1.1"] });
  const limits = { body: 1024 * 1024, connections: 32 };
  const server = new HttpServer({ io, port: 0, clock: { now }, timers, secure: true, limits });
  server.get("/", ({ secure }, response) => response.json({ secure }));
  server.get("/page", (_, response) => response.send(PAGE));
  server.get("/stream", (_, response) => {
    for (let at = 0; at < PAGE.length; at += 1000) response.write(PAGE.subarray(at, at + 1000));
    response.end();
  });
  server.post("/echo", ({ body }, response) => response.send(body));
  server.start();
  closeLater({ close: () => server.stop() });
  return `https://${place.address}:${server.port}`;
}

function clientOf(place: Place, options: Partial<HttpClientOptions> = {}): HttpClient {
  const { timers, task, now } = place;
  const secure = secureSockets(place.client, { ca: local.ca, timers, ...(task && { task }) });
  const limits = { body: 1024 * 1024 };
  return closeLater(new HttpClient({ io: place.client, clock: { now }, timers, secure, limits, ...options }));
}

/** Lets time pass until a promise is settled. */
async function settled<T>(place: Place, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const mark = (): void => void (isSettled = true);
  promise.then(mark, mark);
  await place.until(() => isSettled);
  return promise;
}

describe.each(PLACES)("HTTPS over %s", (_, open) => {
  it("serves one request after another on one connection", async () => {
    const place = open();
    const site = serveSite(place);
    const client = clientOf(place);
    for (let turn = 0; turn < 3; turn++) {
      const response = await settled(place, client.request(`${site}/`));
      expect(await settled(place, response.json())).toEqual({ secure: true });
    }
    expect(client.connections).toBe(1);
  });

  it.each(["/page", "/stream"])("GETs %s, of many records", async (path) => {
    const place = open();
    const client = clientOf(place);
    const response = await settled(place, client.request(`${serveSite(place)}${path}`));
    expect(PAGE.equals(await settled(place, response.bytes()))).toBe(true);
  });

  it("POSTs as much", async () => {
    const place = open();
    const client = clientOf(place);
    const response = await settled(
      place,
      client.request(`${serveSite(place)}/echo`, { method: "POST", body: PAGE }),
    );
    expect(PAGE.equals(await settled(place, response.bytes()))).toBe(true);
  });

  it("tells a client whose authority is not the server's", async () => {
    const place = open();
    const secure = secureSockets(place.client, {
      timers: place.timers,
      ...(place.task && { task: place.task }),
    });
    const client = clientOf(place, { secure });
    await expect(settled(place, client.request(`${serveSite(place)}/`))).rejects.toMatchObject({
      code: "EACCES",
      message: expect.stringContaining("signed by an authority that is not trusted here"),
    });
  });

  it("is not what a port without TLS speaks", async () => {
    const place = open();
    const { timers, now } = place;
    const server = new HttpServer({ io: place.server, port: 0, clock: { now }, timers });
    server.start();
    closeLater({ close: () => server.stop() });
    const client = clientOf(place);
    await expect(
      settled(place, client.request(`https://${place.address}:${server.port}/`)),
    ).rejects.toMatchObject({
      code: "EPROTO",
      message: expect.stringContaining("the peer does not speak TLS"),
    });
  });
});

describe("HTTPS with Node's own", () => {
  it("client: requests that follow one another, and an upload", async () => {
    const site = serveSite(nodePlace());
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: local.ca });
    closeLater({ close: () => agent.destroy() });
    const ask = async (path: string, options: RequestOptions = {}, body?: Uint8Array): Promise<Buffer> => {
      const asking = request(`${site}${path}`, { agent, ...options });
      asking.end(body);
      const [response] = (await once(asking, "response")) as [NodeJS.ReadableStream];
      return buffer(response);
    };
    expect((await ask("/")).toString()).toBe('{"secure":true}');
    expect(PAGE.equals(await ask("/page"))).toBe(true);
    expect(PAGE.equals(await ask("/echo", { method: "POST" }, PAGE))).toBe(true);
  });

  it("server: pages with a length, in chunks, and up to the end of the connection", async () => {
    const server = createServer({ key: local.key, cert: local.cert }, (asked, answer) => {
      if (asked.url === "/length") answer.setHeader("Content-Length", PAGE.length);
      if (asked.url === "/end") {
        answer.setHeader("Connection", "close");
        answer.removeHeader("Transfer-Encoding");
        answer.chunkedEncoding = false;
      }
      if (asked.method === "POST") void text(asked).then((body) => answer.end(body));
      else answer.end(PAGE);
    });
    closeLater({
      close() {
        server.close();
        server.closeAllConnections();
      },
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const client = clientOf(nodePlace());
    for (const path of ["/length", "/chunks", "/end"]) {
      const response = await client.request(`https://localhost:${port}${path}`);
      expect(PAGE.equals(await response.bytes())).toBe(true);
    }
    const response = await client.request(`https://localhost:${port}/`, { method: "POST", body: "hello" });
    expect(await response.text()).toBe("hello");
  });
});
