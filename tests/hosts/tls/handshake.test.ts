import { describe, expect, it } from "@jest/globals";
import { certificate } from "../../support/certificates/index.js";
import { call, serve } from "./support/pair.js";
import { PLACES } from "./support/places.js";

const local = certificate("local");

describe.each(PLACES)("TLS over %s", (_, open) => {
  it("is writable on both sides when the handshake is done, and carries bytes both ways", async () => {
    const place = open();
    const server = serve(place, local, (diary) => diary.tcp!.write(Buffer.from("welcome")));
    const client = call(place, { port: server.listener.port, ca: local.ca });
    expect(client.events).toEqual([]);
    await place.until(() => client.has("readable"));
    expect(client.events[0]).toBe("writable");
    client.tcp!.write(Buffer.from("hello"));
    await place.until(() => server.diaries[0]!.text === "hello");
    expect(client.text).toBe("welcome");
    expect(server.failures).toEqual([]);
  });

  it("knows both ends' addresses, after the connection is over too", async () => {
    const place = open();
    const server = serve(place, local);
    const { port } = server.listener;
    const client = call(place, { port, ca: local.ca });
    expect([client.tcp!.remoteAddress, client.tcp!.remotePort]).toEqual([place.address, port]);
    await place.until(() => server.diaries.length === 1);
    const accepted = server.diaries[0]!.tcp!;
    expect([accepted.remoteAddress, accepted.remotePort]).toEqual([
      client.tcp!.localAddress,
      client.tcp!.localPort,
    ]);
    client.tcp!.close();
    await place.until(() => server.diaries[0]!.has("end"));
    expect(accepted.remoteAddress).toBeDefined();
  });

  it("takes an address for a name, if the certificate has it", async () => {
    const place = open();
    const server = serve(place, local);
    const client = call(place, { port: server.listener.port, name: place.address, ca: local.ca });
    await place.until(() => client.events.length > 0);
    expect(client.events).toEqual(["writable"]);
  });

  it("ends one direction and goes on in the other", async () => {
    const place = open();
    const server = serve(place, local);
    const client = call(place, { port: server.listener.port, ca: local.ca });
    await place.until(() => client.has("writable"));
    client.tcp!.write(Buffer.from("question"));
    client.tcp!.shutdown!();
    expect(() => client.tcp!.write(Buffer.from("more"))).toThrow("EPIPE");
    await place.until(() => server.diaries[0]?.has("end") === true);
    const accepted = server.diaries[0]!;
    expect(accepted.text).toBe("question");
    accepted.tcp!.write(Buffer.from("answer"));
    accepted.tcp!.close();
    await place.until(() => client.has("end"));
    expect(client.text).toBe("answer");
    expect(client.has("error")).toBe(false);
  });

  it("sends what was written before it was closed", async () => {
    const place = open();
    const page = Buffer.alloc(100_000, "page ");
    const server = serve(place, local, (diary) => {
      diary.tcp!.write(page);
      diary.tcp!.close();
    });
    const client = call(place, { port: server.listener.port, ca: local.ca });
    await place.until(() => client.has("end") || client.has("error"));
    expect(client.error).toBeUndefined();
    expect(Buffer.concat(client.pieces).equals(page)).toBe(true);
  });

  it("calls nothing after it was closed", async () => {
    const place = open();
    const server = serve(place, local, (diary) => diary.tcp!.write(Buffer.from("welcome")));
    const client = call(place, { port: server.listener.port, ca: local.ca });
    const other = call(place, { port: server.listener.port, ca: local.ca });
    client.tcp!.close();
    await place.until(() => other.has("readable"));
    expect(client.events).toEqual([]);
    expect(() => client.tcp!.read()).toThrow("EBADF");
  });
});
