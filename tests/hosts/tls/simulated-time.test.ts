import { describe, expect, it } from "@jest/globals";
import { certificate } from "../../support/certificates/index.js";
import { call, serve } from "./support/pair.js";
import { simulatedPlace } from "./support/places.js";

const local = certificate("local");

/** A handshake and a page over a bad LAN: when each frame was sent, and how long it was. */
async function record(seed: number): Promise<{ frames: string[]; end: number }> {
  const place = simulatedPlace({ seed, loss: 0.1 });
  const frames: string[] = [];
  place.lan.observe(({ time, length }) => frames.push(`${time} ${length}`));
  const server = serve(place, local, (diary) => {
    diary.tcp!.write(Buffer.alloc(50_000));
    diary.tcp!.close();
  });
  const client = call(place, { port: server.listener.port, ca: local.ca });
  await place.until(() => client.has("end"));
  return { frames, end: place.now() };
}

describe("TLS in a simulation", () => {
  it("takes no virtual time: what it does lies between two moments", async () => {
    const place = simulatedPlace();
    const server = serve(place, local);
    const client = call(place, { port: server.listener.port, ca: local.ca });
    await place.until(() => client.has("writable"));
    // ARP, TCP and TLS 1.3 take a round trip each, and each way passes two cables of 1 ms.
    expect(place.now()).toBe(12);
    await place.until(() => server.diaries.length === 1);
    expect(place.now()).toBe(14);
  });

  it("has the same frames at the same times with the same seed, though other bytes in them", async () => {
    const [first, second, other] = [await record(7), await record(7), await record(8)];
    expect(second).toEqual(first);
    expect(other.frames).not.toEqual(first.frames);
  });
});
