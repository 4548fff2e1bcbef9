import { describe, expect, it } from "@jest/globals";
import { connect as tlsConnect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { once } from "node:events";
import { secureIo, secureSockets } from "../../../hosts/node/tls/index.js";
import type { NetworkError } from "../../../src/error/index.js";
import { certificate } from "../../support/certificates/index.js";
import { Diary, call, closeLater, serve, type ServerSide } from "./support/pair.js";
import { PLACES, nodePlace, simulatedPlace } from "./support/places.js";

const local = certificate("local");
const example = certificate("example");

/** A client of Node's own. */
async function nodeClient(server: ServerSide, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = tlsConnect({
    port: server.listener.port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    ...options,
  });
  closeLater({ close: () => socket.destroy() });
  await once(socket, "secureConnect");
  return socket;
}

describe("application protocols", () => {
  it.each<{ server?: string[]; client?: string[]; agreed: string | false }>([
    { server: ["http/1.1"], client: ["h2", "http/1.1"], agreed: "http/1.1" },
    { server: ["h3", "http/1.1"], client: ["http/1.1", "h3"], agreed: "h3" },
    { server: ["http/1.1"], agreed: false },
    { client: ["h2"], agreed: false },
  ])("server $server, client $client: $agreed", async ({ server: offered, client, agreed }) => {
    const server = serve(nodePlace(), { ...local, ...(offered && { alpn: offered }) });
    const socket = await nodeClient(server, client === undefined ? {} : { ALPNProtocols: client });
    expect(socket.alpnProtocol).toBe(agreed);
  });

  it.each(PLACES)(
    "a client with none that the server speaks fails on both sides, over %s",
    async (_, open) => {
      const place = open();
      const server = serve(place, { ...local, alpn: ["http/1.1"] });
      const client = call(place, { port: server.listener.port, ca: local.ca, alpn: ["h2"] });
      await place.until(() => client.events.length > 0 && server.failures.length > 0);
      expect(client.events).toEqual(["error"]);
      expect(client.error!.message).toMatch(/no application protocol in common \(EPROTO\)$/);
      expect(server.failures[0]!.message).toMatch(/no application protocol in common \(EPROTO\)$/);
    },
  );
});

describe("names", () => {
  const sni = { "example.org": example, "*.example.org": example };

  it.each([
    ["example.org", example],
    ["www.example.org", example],
    ["device.local", local],
    ["127.0.0.1", local],
  ])("%s gets the certificate for it", async (name, { ca }) => {
    const place = nodePlace();
    const server = serve(place, { ...local, sni });
    const client = call(place, { port: server.listener.port, name, ca });
    await place.until(() => client.events.length > 0);
    expect(client.error).toBeUndefined();
    expect(client.events).toEqual(["writable"]);
  });

  it("are sent if they are names, not addresses", async () => {
    const names: unknown[] = [];
    const { createServer } = await import("node:tls");
    const server = closeLater(
      createServer(local, (socket) => void names.push((socket as { servername?: unknown }).servername)),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const place = nodePlace();
    for (const name of ["device.local", "127.0.0.1"]) {
      const before = names.length;
      const client = call(place, { port, name, ca: local.ca });
      await place.until(() => names.length > before);
      client.tcp!.close();
    }
    expect(names).toEqual(["device.local", false]);
  });
});

describe("versions", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)("%s is spoken", async (version) => {
    const server = serve(nodePlace(), local);
    const socket = await nodeClient(server, { minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
  });

  it("older ones are not, even where OpenSSL is told to allow them", async () => {
    const place = nodePlace();
    const server = serve(place, local);
    const options = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
    await expect(nodeClient(server, options)).rejects.toThrow(/protocol version/);
    await place.until(() => server.failures.length === 1);
    expect(server.failures[0]!.message).toMatch(/no version of TLS in common \(EPROTO\)$/);
  });
});

describe("a session", () => {
  it("can be resumed, by whichever handshake comes next", async () => {
    const server = serve(nodePlace(), local);
    const version = { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const;
    const first = await nodeClient(server, version);
    const session = first.getSession()!;
    const held = tlsConnect({ port: server.listener.port, host: "127.0.0.1", rejectUnauthorized: false });
    closeLater({ close: () => held.destroy() });
    const second = await nodeClient(server, { ...version, session });
    expect(second.isSessionReused()).toBe(true);
  });
});

describe("a key or certificate", () => {
  it.each([
    ["a key that is none", { key: "no key", cert: local.cert }],
    ["a certificate that is none", { key: local.key, cert: "no certificate" }],
    ["a key and another's certificate", { key: local.key, cert: example.cert }],
    ["another name's that is none", { ...local, sni: { "a.org": { key: "", cert: "" } } }],
  ])("is refused at once: %s", (_, options) => {
    expect(() => secureIo(nodePlace().server, options)).toThrow(/^use certificate: .* \(EINVAL\)$/);
  });
});

describe("a listener's bounds", () => {
  it("lets so many handshakes go on at a time, and the others wait", async () => {
    const place = simulatedPlace();
    const server = serve(place, { ...local, maxHandshakes: 2, handshakeTime: 10_000 });
    const { port } = server.listener;
    const { address } = place;
    for (let silent = 0; silent < 2; silent++) closeLater(new place.client.TCP({ address, port }));
    await place.pass(100);
    const client = call(place, { port, ca: local.ca });
    await place.pass(5_000);
    expect([server.failures, client.events]).toEqual([[], []]);
    await place.until(() => client.events.length > 0);
    expect(client.events).toEqual(["writable"]);
    expect(server.failures.map(({ code }) => code)).toEqual(["ETIMEDOUT", "ETIMEDOUT"]);
  });

  it("keeps as many connections as its backlog, until somebody reads one", async () => {
    const place = simulatedPlace();
    const { task, timers } = place;
    const io = secureIo(place.server, { ...local, timers, task: task! });
    const counts: number[] = [];
    const listener = closeLater(
      new io.Listener({ backlog: 2, onReadable: (count) => void counts.push(count) }),
    );
    const clients = [1, 2, 3].map(() => call(place, { port: listener.port, ca: local.ca }));
    await place.pass(5_000);
    expect(counts).toEqual([1, 2]);
    expect(clients.filter((client) => client.has("writable"))).toHaveLength(2);
    closeLater(listener.read()!);
    await place.until(() => clients.every((client) => client.has("writable")) && counts.length === 3);
    expect(counts).toEqual([1, 2, 2]);
    listener.close();
    expect(() => listener.read()).toThrow("EBADF");
    await place.until(
      () => clients.filter((client) => client.has("end") || client.has("error")).length === 2,
    );
  });

  it("closes those in the middle of their handshake with it, and says nothing of them", async () => {
    const place = nodePlace();
    const server = serve(place, local);
    const client = call(place, { port: server.listener.port, ca: local.ca });
    const plain = new Diary();
    const { address } = place;
    plain.tcp = closeLater(new place.client.TCP({ address, port: server.listener.port, ...plain.callbacks }));
    await place.until(() => plain.has("writable") && server.diaries.length === 1);
    server.listener.close();
    await place.until(() => plain.has("end") || plain.has("error"));
    expect(server.failures).toEqual([]);
    expect(client.events).toEqual(["writable"]);
  });

  it("fails as its provider's does", async () => {
    const place = nodePlace();
    const io = secureIo(place.server, local);
    const { port } = serve(place, local).listener;
    const error = await new Promise((resolve) => {
      closeLater(new io.Listener({ port, onError: (reason) => resolve(reason) }));
    });
    expect(error).toMatchObject({ code: "EADDRINUSE" });
    expect(() => new io.Listener({ port: -1 })).toThrow("EINVAL");
    expect(() => secureIo(place.server, { ...local, maxHandshakes: 0 })).toThrow("EINVAL");
    expect(() => new io.TCP({ address: "127.0.0.1", port })).toThrow("ENOTSUP");
    expect(io.UDP).toBe(place.server.UDP);
  });
});

describe.each(PLACES)("`from` over %s", (_, open) => {
  it("takes a connection over, with what has come", async () => {
    const place = open();
    const server = serve(place, local, (diary) => diary.tcp!.write(Buffer.from("for the next")));
    const client = call(place, { port: server.listener.port, ca: local.ca }, { onReadable: () => undefined });
    await place.until(() => client.has("writable"));
    await place.pass(50);
    const { tcp } = client;
    client.wrap({});
    expect(() => tcp!.read()).toThrow("EBADF");
    await place.until(() => client.text === "for the next");
  });

  it("starts TLS on a connection without, as in a proxy's tunnel", async () => {
    const place = open();
    const server = serve(place, local);
    const { address } = place;
    const plain = new Diary();
    plain.tcp = new place.client.TCP({ address, port: server.listener.port, ...plain.callbacks });
    await place.until(() => plain.has("writable"));
    const { timers, task } = place;
    const io = secureSockets(place.client, { ca: local.ca, timers, ...(task && { task }) }).connect(
      "localhost",
    );
    const client = new Diary();
    client.tcp = closeLater(new io.TCP({ from: plain.tcp, ...client.callbacks }));
    await place.until(() => client.events.length > 0);
    expect(client.events).toEqual(["writable"]);
    expect([client.tcp.remoteAddress, client.tcp.remotePort]).toEqual([address, server.listener.port]);
    expect(() => plain.tcp!.read()).toThrow("EBADF");
  });

  it("speaks TLS within TLS", async () => {
    const place = open();
    const { timers, task } = place;
    const options = { timers, ...(task && { task }) };
    const outer = secureIo(place.server, { ...local, ...options });
    const failures: NetworkError[] = [];
    const inner = secureIo(outer, {
      ...example,
      ...options,
      onHandshakeFailure: (error) => failures.push(error),
    });
    const server = new Diary();
    const listener = closeLater(
      new inner.Listener({
        onReadable() {
          server.tcp = closeLater(new inner.TCP({ from: this.read()!, ...server.callbacks }));
        },
      }),
    );
    const through = secureSockets(place.client, { ca: local.ca, ...options }).connect("localhost");
    const { TCP } = secureSockets(through, { ca: example.ca, ...options }).connect("example.org");
    const client = new Diary();
    client.tcp = closeLater(new TCP({ address: place.address, port: listener.port, ...client.callbacks }));
    await place.until(() => client.events.length > 0);
    client.tcp.write(Buffer.from("twice"));
    await place.until(() => server.text === "twice");
    expect(failures).toEqual([]);
  });
});
