import { requireTap } from "../../tests/support/requirements.js";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { LoopbackServer } from "../support/loopback.js";
import { compare, type Sample } from "../support/rounds.js";
import { TapBench, type Transfer } from "../support/tap.js";
import { gigabits, transferOverLoopback } from "./over-loopback.js";

/** Bulk data between this stack and the kernel's. */
export const tap: Benchmark = {
  name: "tcp/tap",
  summary: "data between this stack and the kernel's, each way, over a Linux TAP device (as root)",
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const { missing } = requireTap();
  if (missing !== undefined) {
    process.stderr.write(`wirelet bench: ${tap.name} is left out: ${missing}\n`);
    return [];
  }
  const server = await LoopbackServer.start("discard");
  const plain = await TapBench.start(false);
  const large = await TapBench.start(true);
  try {
    const [theirs, ...ours] = await compare(
      effort,
      tap.name,
      (duration) => transferOverLoopback(server, duration),
      transferOver(large, "send"),
      transferOver(large, "receive"),
      transferOver(plain, "send"),
      transferOver(plain, "receive"),
    );
    const node = `${tap.name}/node-loopback`;
    const unit = "Gbit/s";
    const rows = [
      { name: `${tap.name}/send`, title: "to the kernel, segments of up to 64 KiB", atLeast: 0.15 },
      { name: `${tap.name}/receive`, title: "from the kernel, segments of up to 64 KiB", atLeast: 0.15 },
      { name: `${tap.name}/send-1500`, title: "to the kernel, MTU 1500, all checksums" },
      { name: `${tap.name}/receive-1500`, title: "from the kernel, MTU 1500, all checksums" },
    ];
    return [
      { name: node, title: "Node over kernel loopback, two processes", value: theirs, unit },
      ...rows.map((row, index) => ({ ...row, ...ours[index]!, unit, against: node })),
    ];
  } finally {
    await Promise.all([server.stop(), plain.stop(), large.stop()]);
  }
}

function transferOver(bench: TapBench, direction: Transfer["direction"]): Sample {
  return async (duration) => {
    const { bytes, elapsed } = await bench.transfer(direction, duration);
    return gigabits(bytes, elapsed);
  };
}
