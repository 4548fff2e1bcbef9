import type { Tcp } from "../../src/host/index.js";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { AllocationMeter } from "../support/allocated.js";
import { Pair } from "../support/pair.js";
import { WRITE_SIZE } from "../support/pattern.js";
import { measure } from "../support/rounds.js";

const PORT = 9;
/** What a handshake may take on a busy machine, in ms. */
const PATIENCE = 30_000;
/** How long a connection runs before it is measured, in ms: its tables grow, and what runs often is compiled. */
const SETTLING = 300;
/** Short enough that several pieces fit between two collections, long enough that asking costs little. */
const PIECE = 2_000;
/** The smallest object of V8 on 64 bits: whoever stays below it allocates nothing for each segment. */
const SMALLEST_OBJECT = 16;

/** What the garbage collector gets to do in steady state. */
export const allocation: Benchmark = {
  name: "tcp/allocation",
  summary: "bytes that bulk data makes the two stacks allocate for each segment, in steady state",
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const value = await measure(effort, allocation.name, allocatedPerSegment);
  return [
    {
      name: "tcp/allocation/pair-1500",
      title: "two stacks in one process, MTU 1500, data and acknowledgments",
      value,
      unit: "bytes/segment",
      atMost: SMALLEST_OBJECT,
    },
  ];
}

/** Neither end's program allocates: the same bytes are written again and again, into the same buffer. */
function allocatedPerSegment(duration: number): number {
  const pair = new Pair();
  const { client, server } = pair;
  const buffer = new Uint8Array(WRITE_SIZE);
  const data = new Uint8Array(WRITE_SIZE);
  let connected = false;

  pair.serve(PORT, {
    onReadable(this: Tcp) {
      while (this.read(buffer) !== undefined);
    },
  });
  pair.connect(PORT, {
    onWritable(room) {
      connected = true;
      while (room >= WRITE_SIZE) room = this.write(data);
    },
  });

  const start = pair.run(() => connected, PATIENCE);
  pair.run((now) => now - start >= SETTLING, SETTLING + PATIENCE);
  const meter = new AllocationMeter();
  const segments = (): number => client.counters.tcpInSegs + server.counters.tcpInSegs;
  let target = segments();
  const isDone = (): boolean => segments() >= target;
  const piece = (): number => {
    const before = segments();
    target = before + PIECE;
    pair.run(isDone, PATIENCE);
    return segments() - before;
  };
  for (const end = performance.now() + duration; performance.now() < end;) meter.measure(piece);
  pair.assertClean();
  return meter.perUnit;
}
