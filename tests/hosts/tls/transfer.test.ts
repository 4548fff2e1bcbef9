import { describe, expect, it } from "@jest/globals";
import { RECEIVE_LIMIT, SEND_LIMIT } from "../../../hosts/node/io/index.js";
import type { Tcp, TcpOptions } from "../../../src/host/index.js";
import { certificate } from "../../support/certificates/index.js";
import { call, serve, type Diary } from "./support/pair.js";
import { PLACES, type Place } from "./support/places.js";

const local = certificate("local");
const MIB = 1024 * 1024;

/** Bytes that tell where they stood. */
function content(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(at, at);
  return bytes;
}

/** Writes all of it as there is room, then ends this side. */
class Sender {
  #at = 0;
  mostAtOnce = 0;
  readonly options: TcpOptions;

  constructor(bytes: Buffer) {
    const push = (tcp: Tcp, room: number): void => {
      this.mostAtOnce = Math.max(this.mostAtOnce, room);
      while (room > 0 && this.#at < bytes.length) {
        const part = bytes.subarray(this.#at, this.#at + room);
        this.#at += part.length;
        room = tcp.write(part);
      }
      if (this.#at === bytes.length) tcp.shutdown!();
    };
    this.options = {
      onWritable(room) {
        push(this, room);
      },
    };
  }

  get sent(): number {
    return this.#at;
  }
}

/** A client and a server that are connected, with callbacks of the test's. */
async function connected(place: Place, client: TcpOptions, server: TcpOptions): Promise<[Diary, Diary]> {
  const side = serve(place, local);
  const near = call(place, { port: side.listener.port, ca: local.ca }, client);
  await place.until(() => side.diaries.length === 1);
  const far = side.diaries[0]!;
  far.wrap(server);
  return [near, far];
}

describe.each(PLACES)("over %s, TLS", (_, open) => {
  it("carries megabytes both ways at once", async () => {
    const place = open();
    const [up, down] = [content(MIB), content(2 * MIB)];
    const [near, far] = await connected(place, new Sender(up).options, new Sender(down).options);
    await place.until(() => near.has("end") && far.has("end"));
    expect(Buffer.concat(far.pieces).equals(up)).toBe(true);
    expect(Buffer.concat(near.pieces).equals(down)).toBe(true);
    expect([near.error, far.error]).toEqual([undefined, undefined]);
  });

  it("holds the sender up while nobody reads", async () => {
    const place = open();
    const sender = new Sender(content(16 * MIB));
    const [near] = await connected(place, { onReadable: () => undefined }, sender.options);
    let before = -1;
    // Until it stands still.
    for (let turns = 0; turns < 50; turns++) {
      before = sender.sent;
      let count = 0;
      if (place.task === undefined) await place.until(() => ++count > 200 || sender.sent > before);
      else await place.pass(2_000);
      if (sender.sent === before) break;
    }
    expect(sender.sent).toBe(before);
    expect(sender.sent).toBeLessThan(12 * MIB);
    expect(sender.mostAtOnce).toBeLessThanOrEqual(SEND_LIMIT);
    const bytes = near.tcp!.read() as ArrayBuffer;
    // What Node brings comes on top: records of 16 KiB, of which a stream may have some.
    expect(bytes.byteLength).toBeLessThanOrEqual(RECEIVE_LIMIT + 64 * 1024);
    await place.until(() => near.tcp!.read() === undefined && sender.sent > before);
  });

  it("writes all or nothing", async () => {
    const place = open();
    const [near] = await connected(place, {}, {});
    await place.until(() => near.has("writable"));
    expect(() => near.tcp!.write(new Uint8Array(SEND_LIMIT + 1))).toThrow("EWOULDBLOCK");
    const room = near.tcp!.write(new Uint8Array(1000));
    expect(room).toBe(SEND_LIMIT - 1000);
  });
});
