// Records random leases in a lease file until it is killed. Before each change it says "try", after it "done", a line
// each, with the change; it begins with "open". The arguments are the file and a seed.
import { writeSync } from "node:fs";
import { LeaseFile } from "../../../hosts/node/leases/index.js";
import { formatLease, type LeaseChange } from "../../../hosts/node/leases/lease-lines.js";
import { SimulatedRandom } from "../../../simulator/random.js";
import { Ipv4Address, MacAddress } from "../../../src/address/index.js";

/** Few, so that each is changed often, and some are removed. */
const ADDRESSES = 12;
/** The file is written anew every fiftieth change or so. */
const COMPACTION_LINES = 64;
const REMOVALS = 0.2;

const STATES = ["bound", "free", "declined"] as const;

const [path = "", seed = ""] = process.argv.slice(2);
const random = SimulatedRandom.fromSeed(Number(seed));

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function anyChange(): LeaseChange {
  const address = Ipv4Address.fromValue(0x0a4d_0064 + random.below(ADDRESSES));
  if (random.chance(REMOVALS)) return { address, state: "removed" };
  return {
    address,
    mac: MacAddress.fromValue(0x0200_0000_0000 + random.uint32()),
    hostName: "x".repeat(random.below(64)),
    state: STATES[random.below(STATES.length)]!,
    duration: random.uint32(),
    expiresAt: random.uint32(),
  };
}

say("open");
const file = new LeaseFile(path, { compactionLines: COMPACTION_LINES });
for (;;) {
  const change = anyChange();
  const line = formatLease(change);
  say(`try ${line}`);
  if (change.state === "removed") file.remove(change.address);
  else file.record(change);
  say(`done ${line}`);
}
