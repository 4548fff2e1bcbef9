import { describe, expect, it } from "@jest/globals";
import { secureSockets } from "../../../hosts/node/tls/index.js";
import type { ByteBuffer, Io, Tcp, TcpOptions, TcpWriteOptions } from "../../../src/host/index.js";
import { certificate } from "../../support/certificates/index.js";
import { Diary, closeLater, serve, type ServerSide } from "./support/pair.js";
import { PLACES, type Place } from "./support/places.js";

const local = certificate("local");

/** Somebody between TLS and its TCP. */
interface Attacker {
  tcp: Tcp | undefined;
  /** Bytes that were written. */
  written: number;
  /** What becomes of each write. */
  change: (bytes: Uint8Array) => Uint8Array;
}

function attacked(io: Io, attacker: Attacker): Pick<Io, "TCP"> {
  return {
    TCP: class extends io.TCP {
      constructor(options: TcpOptions) {
        super(options);
        attacker.tcp = this;
      }

      override write(data: ByteBuffer | number, options?: TcpWriteOptions): number {
        attacker.written += (data as Uint8Array).length;
        return super.write(attacker.change(data as Uint8Array), options);
      }
    },
  };
}

/** A client that is connected by way of an attacker. */
async function connectAttacked(
  place: Place,
  server: ServerSide,
): Promise<{ attacker: Attacker; client: Diary }> {
  const attacker: Attacker = { tcp: undefined, written: 0, change: (bytes) => bytes };
  const { address, timers, task } = place;
  const io = attacked(place.client, attacker);
  const { TCP } = secureSockets(io, { ca: local.ca, timers, ...(task && { task }) }).connect("localhost");
  const client = new Diary();
  client.tcp = closeLater(new TCP({ address, port: server.listener.port, ...client.callbacks }));
  await place.until(() => client.has("writable") && server.diaries.length === 1);
  return { attacker, client };
}

describe.each(PLACES)("over %s, TLS", (_, open) => {
  it("tells an end that is not the peer's own from one that is", async () => {
    const place = open();
    const server = serve(place, local);
    const { attacker, client } = await connectAttacked(place, server);
    client.tcp!.write(Buffer.from("pay 1000"));
    const [accepted] = server.diaries;
    await place.until(() => accepted!.text === "pay 1000");
    attacker.tcp!.shutdown!();
    await place.until(() => accepted!.has("end") || accepted!.has("error"));
    expect(accepted!.events).not.toContain("end");
    expect(accepted!.error!.message).toMatch(
      /^TLS connection to .*: the peer left before the end of TLS: what it sent may be cut \(ECONNRESET\)$/,
    );
  });

  it("reads what came before such an end, however late", async () => {
    const place = open();
    const page = Buffer.alloc(200_000, "page ");
    const server = serve(place, local);
    const { attacker, client } = await connectAttacked(place, server);
    const accepted = server.diaries[0]!;
    accepted.wrap({ onReadable: () => undefined });
    client.tcp!.write(page);
    let length = 0;
    const take = (): void => {
      const bytes = accepted.tcp!.read();
      if (bytes instanceof ArrayBuffer) length += bytes.byteLength;
    };
    await place.until(() => {
      if (length === 0) take();
      return attacker.written > page.length;
    });
    attacker.tcp!.shutdown!();
    await place.until(() => (take(), accepted.has("error")));
    take();
    expect(accepted.error).toMatchObject({ code: "ECONNRESET" });
    expect(length).toBe(page.length);
  });

  it("notices a byte that was changed on its way", async () => {
    const place = open();
    const server = serve(place, local);
    const { attacker, client } = await connectAttacked(place, server);
    attacker.change = (bytes) => {
      const changed = Uint8Array.from(bytes);
      changed[changed.length - 1]! ^= 1;
      return changed;
    };
    client.tcp!.write(Buffer.from("pay 1000"));
    const accepted = server.diaries[0]!;
    await place.until(() => accepted.has("error"));
    expect(accepted.text).toBe("");
    expect(accepted.error).toMatchObject({ code: "EPROTO" });
  });

  it("fails with ECONNRESET when the TCP is closed under it", async () => {
    const place = open();
    const server = serve(place, local);
    const { attacker, client } = await connectAttacked(place, server);
    client.tcp!.write(Buffer.from("pay 1000"));
    attacker.tcp!.close();
    const accepted = server.diaries[0]!;
    await place.until(() => accepted.has("error"));
    expect(accepted.text).toBe("pay 1000");
    expect(accepted.error).toMatchObject({ code: "ECONNRESET" });
  });
});
