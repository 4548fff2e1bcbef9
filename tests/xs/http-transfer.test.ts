import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { describeWith } from "../support/tools.js";
import { bundle } from "./bundle.js";
import { requireXs } from "./engine.js";
import { heapSince, measureHeap, type Heap } from "./heap.js";
import { PreloadedEngine } from "./preload.js";

/** As in http-transfer-main.ts, which runs elsewhere. */
const Command = { start: 0, receive: 1, acknowledge: 2, tick: 3 } as const;

const MEBIBYTE = 2 ** 20;
/** What the smallest device gives its JavaScript: see docs of the SDK on `creation`. */
const MOST_SLOTS = 2_048;
const MOST_CHUNK_BYTES = 32 * 1024;
/** A segment's worth of bytes arrives at a time. */
const SEGMENT = 1_436;
/** Real time: each event is followed by two garbage collections and a look at the heap. */
const TIME_LIMIT = 300_000;

describeWith([requireXs()], "a mebibyte through the HTTP server inside XS", () => {
  let engine: PreloadedEngine;
  let before: Heap;
  /** What a look at the heap itself leaves there, and how many there were. */
  let trace: Heap;
  let looks: number;
  let most: Heap;
  let answer: Buffer[];

  beforeEach(async () => {
    engine = new PreloadedEngine();
    // On a device the code is in flash.
    await engine.evaluate((await bundle("http-transfer-main.ts", { preloaded: true })).script);
    const first = await measureHeap(engine);
    before = await measureHeap(engine);
    trace = heapSince(first, before);
    looks = 0;
    most = { slots: 0, chunkBytes: 0 };
    answer = [];
    await command(Command.start);
  });

  afterEach(() => engine.stop());

  /** Gives a command, and looks at what is alive then. @returns how many bytes the server has written */
  async function command(kind: number, bytes: Uint8Array = new Uint8Array(0)): Promise<number> {
    const { bytes: written } = await engine.command(Buffer.concat([Buffer.of(kind), bytes]));
    answer.push(Buffer.from(written));
    const found = heapSince(before, await measureHeap(engine));
    looks++;
    most = {
      slots: Math.max(most.slots, found.slots - looks * trace.slots),
      chunkBytes: Math.max(most.chunkBytes, found.chunkBytes - looks * trace.chunkBytes),
    };
    return written.length;
  }

  function expectLittle(what: string): void {
    process.stderr.write(
      `XS: ${what} leaves ${most.slots} slots and ${most.chunkBytes} bytes alive at most\n`,
    );
    expect(most.slots).toBeLessThanOrEqual(MOST_SLOTS);
    expect(most.chunkBytes).toBeLessThanOrEqual(MOST_CHUNK_BYTES);
  }

  it(
    "comes in, with the memory of a device",
    async () => {
      const head = `POST /upload HTTP/1.1\r\nHost: device\r\nContent-Length: ${MEBIBYTE}\r\n\r\n`;
      await command(Command.receive, Buffer.from(head));
      for (let sent = 0; sent < MEBIBYTE; sent += SEGMENT) {
        await command(Command.receive, Buffer.alloc(Math.min(SEGMENT, MEBIBYTE - sent), 1));
        await command(Command.tick);
      }
      expect(Buffer.concat(answer).toString()).toContain(`{"count":${MEBIBYTE},"sum":true}`);
      expectLittle("an upload of 1 MiB");
    },
    TIME_LIMIT,
  );

  it(
    "goes out, with the memory of a device",
    async () => {
      await command(Command.receive, Buffer.from("GET /page HTTP/1.1\r\nHost: device\r\n\r\n"));
      while ((await command(Command.acknowledge)) > 0);
      const page = Buffer.concat(answer);
      expect(page.length - page.indexOf("\r\n\r\n") - 4).toBe(MEBIBYTE);
      expectLittle("a page of 1 MiB");
    },
    TIME_LIMIT,
  );
});
