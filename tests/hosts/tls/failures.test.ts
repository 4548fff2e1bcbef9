import { describe, expect, it } from "@jest/globals";
import type { Tcp, TcpOptions } from "../../../src/host/index.js";
import { certificate } from "../../support/certificates/index.js";
import { Diary, call, closeLater, serve } from "./support/pair.js";
import { PLACES, simulatedPlace, type Place } from "./support/places.js";

const local = certificate("local");

/** A connection without TLS to a server with it. */
function callPlainly(place: Place, port: number, options: TcpOptions = {}): Diary {
  const diary = new Diary();
  const { address } = place;
  diary.tcp = closeLater(new place.client.TCP({ address, port, ...diary.callbacks, ...options }));
  return diary;
}

/** A server without TLS, who treats what it accepts in one way. */
function servePlainly(place: Place, onAccept: (tcp: Tcp) => TcpOptions): number {
  const { TCP, Listener } = place.server;
  const listener = closeLater(
    new Listener({
      onReadable() {
        for (let from = this.read(); from !== undefined; from = this.read())
          closeLater(new TCP({ from, ...onAccept(from) }));
      },
    }),
  );
  return listener.port;
}

/** Writes something when it can for the first time. */
function saying(text: string): TcpOptions {
  return {
    onWritable() {
      if (this.target === undefined) this.write(Buffer.from(text, "latin1"));
      this.target = "said";
    },
  };
}

describe.each(PLACES)("a TLS server over %s", (_, open) => {
  it("tells a client that speaks plain HTTP where it is", async () => {
    const place = open();
    const server = serve(place, local);
    const client = callPlainly(place, server.listener.port, saying("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    await place.until(() => client.has("end"));
    expect(client.text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(client.text).toMatch(
      /\r\nContent-Length: (\d+)\r\nConnection: close\r\n\r\nThis port speaks HTTPS/,
    );
    client.tcp!.close();
    await place.until(() => server.failures.length === 1);
    expect(server.failures[0]!.message).toMatch(/the peer speaks plain HTTP \(EPROTO\)$/);
    expect(server.diaries).toEqual([]);
  });

  it("does not wait for a plain client that never leaves", async () => {
    const place = open();
    const server = serve(place, { ...local, handshakeTime: place.task === undefined ? 20 : 5_000 });
    const client = callPlainly(place, server.listener.port, saying("POST / HTTP/1.1\r\n"));
    await place.until(() => server.failures.length === 1);
    expect(client.text).toMatch(/^HTTP\/1\.1 400 /);
    expect(server.failures[0]).toMatchObject({ code: "EPROTO" });
  });

  it("leaves those who speak anything else", async () => {
    const place = open();
    const server = serve(place, local);
    const client = callPlainly(place, server.listener.port, saying("SSH-2.0-OpenSSH_9.2\r\n"));
    await place.until(() => client.has("end") || client.has("error"));
    expect(client.text).toBe("");
    expect(server.failures[0]!.message).toMatch(/the peer speaks no TLS \(EPROTO\)$/);
  });

  it("reports those who leave without a word", async () => {
    const place = open();
    const server = serve(place, local);
    const client = callPlainly(place, server.listener.port);
    await place.until(() => client.has("writable"));
    client.tcp!.close();
    await place.until(() => server.failures.length === 1);
    expect(server.failures[0]!.message).toMatch(/the peer left in the TLS handshake \(ECONNRESET\)$/);
  });

  it("reports those who leave in the middle", async () => {
    const place = open();
    const server = serve(place, local);
    // A record of a handshake that goes on.
    const client = callPlainly(place, server.listener.port, saying("\x16\x03\x01\x01\x00\x01"));
    await place.until(() => client.tcp!.target === "said");
    client.tcp!.shutdown!();
    await place.until(() => server.failures.length === 1);
    expect(server.failures[0]!.message).toMatch(/the peer left in the TLS handshake \(ECONNRESET\)$/);
  });

  it("reports a handshake that is no such thing", async () => {
    const place = open();
    const server = serve(place, local);
    callPlainly(place, server.listener.port, saying("\x16\x03\x01\x00\x04abcd"));
    await place.until(() => server.failures.length === 1);
    expect(server.failures[0]).toMatchObject({ code: "EPROTO", operation: "TLS handshake with" });
  });

  it("goes on to serve others", async () => {
    const place = open();
    const server = serve(place, local);
    callPlainly(place, server.listener.port, saying("\x16\x03\x01\x00\x04abcd"));
    await place.until(() => server.failures.length === 1);
    const client = call(place, { port: server.listener.port, ca: local.ca });
    await place.until(() => client.events.length > 0);
    expect(client.events).toEqual(["writable"]);
  });
});

describe.each(PLACES)("a TLS client over %s", (_, open) => {
  it("says so if the server speaks plain HTTP", async () => {
    const place = open();
    const port = servePlainly(place, () => saying("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const client = call(place, { port });
    await place.until(() => client.events.length > 0);
    expect(client.events).toEqual(["error"]);
    expect(client.error!.message).toMatch(
      /^connect .*: the peer does not speak TLS: is this a port for plain connections\? \(EPROTO\)$/,
    );
  });

  it("fails with ECONNRESET if the server leaves in the handshake", async () => {
    const place = open();
    const port = servePlainly(place, () => ({
      onReadable() {
        this.read();
        this.close();
      },
    }));
    const client = call(place, { port });
    await place.until(() => client.events.length > 0);
    expect(client.events).toEqual(["error"]);
    expect(client.error!.message).toMatch(/the peer left in the TLS handshake \(ECONNRESET\)$/);
  });

  it("fails with ECONNRESET if the server resets the connection in the handshake", async () => {
    const place = open();
    const port = servePlainly(place, () => ({
      onReadable() {
        // With bytes unread.
        this.close();
      },
    }));
    const client = call(place, { port });
    await place.until(() => client.events.length > 0);
    expect(client.events).toEqual(["error"]);
    expect(client.error).toMatchObject({ code: "ECONNRESET" });
  });

  it("fails with ECONNREFUSED if nobody listens", async () => {
    const place = open();
    const { listener } = serve(place, local);
    const { port } = listener;
    listener.close();
    const client = call(place, { port });
    await place.until(() => client.events.length > 0);
    expect(client.events).toEqual(["error"]);
    expect(client.error).toMatchObject({ code: "ECONNREFUSED", subject: `${place.address}:${port}` });
  });

  it("refuses a bad address as its provider does", () => {
    const place = { ...open(), address: "nowhere" };
    expect(() => call(place, { port: 443 })).toThrow("(EINVAL)");
  });
});

describe("the handshake's time limit", () => {
  it("ends a client's wait for a server that says nothing", async () => {
    const place = simulatedPlace();
    const port = servePlainly(place, () => ({}));
    const client = call(place, { port, handshakeTime: 5_000 });
    await place.until(() => client.events.length > 0);
    expect(client.events).toEqual(["error"]);
    expect(client.error!.message).toBe(`TLS handshake with 192.168.1.11:${port}: timed out (ETIMEDOUT)`);
    expect(place.now()).toBeGreaterThanOrEqual(5_000);
    expect(place.now()).toBeLessThan(5_100);
  });

  it("ends a server's wait for a client that says nothing, or half a word", async () => {
    const place = simulatedPlace();
    const server = serve(place, { ...local, handshakeTime: 5_000 });
    callPlainly(place, server.listener.port);
    const other = callPlainly(place, server.listener.port, saying("\x16\x03\x01"));
    await place.until(() => server.failures.length === 2);
    expect(server.failures.map(({ code }) => code)).toEqual(["ETIMEDOUT", "ETIMEDOUT"]);
    expect(place.now()).toBeLessThan(5_100);
    await place.until(() => other.has("end") || other.has("error"));
  });

  it("does not end what has come to be", async () => {
    const place = simulatedPlace();
    const server = serve(place, { ...local, handshakeTime: 5_000 });
    const client = call(place, { port: server.listener.port, ca: local.ca, handshakeTime: 5_000 });
    await place.until(() => client.has("writable"));
    await place.lan.simulation.runFor("1h");
    client.tcp!.write(Buffer.from("still here"));
    await place.until(() => server.diaries[0]!.text === "still here");
    expect([client.events, server.failures]).toEqual([["writable"], []]);
  });
});
