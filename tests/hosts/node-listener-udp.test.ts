import { describe, expect, it } from "@jest/globals";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { SEND_LIMIT } from "../../hosts/node/io/index.js";
import { MAX_DATAGRAM } from "../../src/host/index.js";
import { bytes, cleanups, first, freePort, listen, plainClient, tcp, text, udp } from "./support/loopback.js";

describe("Listener", () => {
  it("knows its port at once", () => {
    expect(listen().port).toBeGreaterThan(0);
  });

  it("accepts connections, which are wrapped with from", async () => {
    const client = first<Socket>((give) => {
      const listener = listen({
        target: 7,
        onReadable(count) {
          expect([count, this.target]).toEqual([1, 7]);
          const bare = this.read()!;
          expect(this.read()).toBeUndefined();
          expect(bare.remotePort).toBe(socket.localPort);
          const server = tcp({
            from: bare,
            onReadable() {
              expect(text(this.read())).toBe("ping");
              this.write(bytes("pong"));
            },
          });
          expect(() => bare.read()).toThrow(expect.objectContaining({ code: "EBADF" }));
          expect([server.remoteAddress, server.localAddress]).toEqual(["127.0.0.1", "127.0.0.1"]);
          expect(server.localPort).toBe(listener.port);
        },
      });
      const socket = plainClient(listener.port);
      socket.write("ping");
      socket.on("data", (piece) => {
        expect(piece.toString()).toBe("pong");
        give(socket);
      });
    });
    await client;
  });

  it("keeps what comes before a connection is wrapped", async () => {
    const events = await first<string[]>((give) => {
      const listener = listen({
        onReadable() {
          const bare = this.read()!;
          // Long enough for the data and the end to have come.
          void ended.then(() => {
            const seen: string[] = [];
            tcp({
              from: bare,
              onWritable(room) {
                seen.push(`writable ${room}`);
              },
              onReadable(count) {
                seen.push(`readable ${count}`, text(this.read()));
              },
              onEnd() {
                give([...seen, "end"]);
              },
            });
            expect(seen).toEqual([]);
          });
        },
      });
      const socket = plainClient(listener.port);
      const ended = first((done) => socket.end("early", () => setImmediate(done)));
    });
    expect(events).toEqual([`writable ${SEND_LIMIT}`, "readable 5", "early", "end"]);
  });

  it("holds connections until they are read", async () => {
    let waiting = 0;
    const listener = listen({ onReadable: (count) => (waiting = count) });
    const clients = [1, 2, 3].map(() => plainClient(listener.port));
    while (waiting < 3) await new Promise(setImmediate);
    const ports = [listener.read(), listener.read(), listener.read(), listener.read()].map(
      (bare) => bare?.remotePort,
    );
    expect(ports.slice(0, 3).sort()).toEqual(clients.map((client) => client.localPort).sort());
    expect(ports[3]).toBeUndefined();
  });

  it("turns away what is above its backlog", async () => {
    const listener = listen({ backlog: 1 });
    const clients = [plainClient(listener.port), plainClient(listener.port)];
    await Promise.race(clients.map((client) => once(client.resume(), "end")));
    expect(listener.read()).toBeDefined();
    expect(listener.read()).toBeUndefined();
  });

  it("tells through onError that its port is taken", async () => {
    const { port } = listen();
    const [error, known] = await first<[Error | undefined, number]>((give) => {
      listen({
        port,
        onError(cause) {
          give([cause, this.port]);
        },
      });
    });
    expect(error).toMatchObject({ code: "EADDRINUSE", operation: "listen", subject: `*:${port}` });
    expect(known).toBe(0);
  });

  it("listens on one address", async () => {
    const listener = listen({ address: "127.0.0.1", port: await freePort() });
    while (listener.port === 0) await new Promise(setImmediate);
    await once(plainClient(listener.port), "connect");
  });

  it("frees its port and drops what waits when it is closed", async () => {
    const listener = listen();
    const { port } = listener;
    const client = plainClient(port);
    await once(client, "connect");
    listener.close();
    await once(client.resume(), "end");
    expect(() => listener.read()).toThrow(expect.objectContaining({ code: "EBADF" }));
    expect(listen({ port }).port).toBe(port);
  });

  it.each([{ port: -1 }, { port: 65536 }, { address: "everywhere" }])("refuses %j", (options) => {
    expect(() => listen(options)).toThrow(expect.objectContaining({ code: "EINVAL" }));
  });
});

describe("UDP", () => {
  it("knows its port at once, sends and receives", async () => {
    const answer = await first<[string, string, number]>((give) => {
      const server = udp({
        address: "127.0.0.1",
        onReadable(count) {
          expect(count).toBe(1);
          const datagram = this.read()!;
          expect(text(datagram)).toBe("ping");
          expect(this.read()).toBeUndefined();
          this.write(bytes("pong"), datagram.address, datagram.port);
        },
      });
      const client = udp({
        onReadable() {
          const { address, port } = this.read()!;
          give([address, `${port === server.port}`, port]);
        },
      });
      expect(client.port).toBeGreaterThan(0);
      client.write(bytes("ping"), "127.0.0.1", server.port!);
    });
    expect(answer.slice(0, 2)).toEqual(["127.0.0.1", "true"]);
  });

  // A machine whose kernel was booted without IPv6.
  const ofIpv6 = networkInterfaces().lo?.some(({ address }) => address === "::1") === true ? it : it.skip;

  ofIpv6("speaks IPv6 where it is bound to such an address", async () => {
    const from = await first<string>((give) => {
      const server = udp({
        address: "::1",
        onReadable() {
          give(this.read()!.address);
        },
      });
      const client = udp({ address: "::1" });
      client.write(bytes("x"), "::1", server.port!);
      expect(() => client.write(bytes("x"), "127.0.0.1", 9)).toThrow(
        expect.objectContaining({ code: "EAFNOSUPPORT" }),
      );
    });
    expect(from).toBe("::1");
  });

  it("keeps a copy of what was written", async () => {
    const received = await first<string>((give) => {
      const server = udp({
        onReadable() {
          give(text(this.read()));
        },
      });
      const data = bytes("abc");
      udp({}).write(data, "127.0.0.1", server.port!);
      data.fill(0);
    });
    expect(received).toBe("abc");
  });

  it("joins a group and leaves it", async () => {
    const heard = await first<string>((give) => {
      const socket = udp({
        multicast: "239.80.7.7",
        timeToLive: 0,
        address: "127.0.0.1",
        onReadable() {
          give(text(this.read()!));
        },
      });
      expect(() => socket.join!("239.80.7.7")).toThrow(/Membership 239\.80\.7\.7.*EADDRINUSE/);
      expect(() => socket.join!("10.0.0.1")).toThrow(/EINVAL/);
      socket.leave!("239.80.7.7");
      expect(() => socket.leave!("239.80.7.7")).toThrow(/Membership 239\.80\.7\.7.*EADDRNOTAVAIL/);
      socket.write(bytes("still here"), "127.0.0.1", socket.port!);
    });
    expect(heard).toBe("still here");
  });

  it("must ask for broadcast", async () => {
    expect(() => udp({}).write(bytes("x"), "255.255.255.255", 9)).toThrow(/option broadcast.*EACCES/);
    const error = await first<Error | undefined>((give) => {
      udp({ onError: give }).write(bytes("x"), "127.255.255.255", 9);
    });
    expect(error).toMatchObject({ code: "EACCES", subject: "127.255.255.255:9" });
    udp({ broadcast: true }).write(bytes("x"), "127.255.255.255", 9);
  });

  it.each([{ timeToLive: 256 }, { unicastTimeToLive: 0 }, { multicast: "10.0.0.1" }])(
    "refuses %j",
    (options) => {
      expect(() => udp(options)).toThrow(/EINVAL/);
    },
  );

  it("throws if its port is taken", async () => {
    const other = createSocket("udp4");
    cleanups.push(() => other.close());
    other.bind(0);
    await once(other, "listening");
    const { port } = other.address();
    expect(() => udp({ port })).toThrow(
      expect.objectContaining({ code: "EADDRINUSE", operation: "bind", subject: `0.0.0.0:${port}` }),
    );
  });

  it("throws for an address that is not this host's", () => {
    expect(() => udp({ address: "192.0.2.1" })).toThrow(expect.objectContaining({ code: "EADDRNOTAVAIL" }));
  });

  it("refuses what can't be sent", () => {
    const socket = udp({});
    const data = new Uint8Array(MAX_DATAGRAM + 1);
    expect(() => socket.write(data, "127.0.0.1", 9)).toThrow(expect.objectContaining({ code: "EMSGSIZE" }));
    expect(() => socket.write(data, "localhost", 9)).toThrow(expect.objectContaining({ code: "EINVAL" }));
    expect(() => socket.write(data, "127.0.0.1", 0)).toThrow(expect.objectContaining({ code: "EINVAL" }));
    socket.close();
    expect(socket.port).toBeUndefined();
    expect(() => socket.write(bytes("x"), "127.0.0.1", 9)).toThrow(
      expect.objectContaining({ code: "EBADF" }),
    );
    expect(() => socket.read()).toThrow(expect.objectContaining({ code: "EBADF" }));
    socket.close();
  });
});
