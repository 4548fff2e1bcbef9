import type { IpAddress } from "../../address/index.js";
import type { Random } from "../../host/index.js";
import { writeU16 } from "../../wire/bytes.js";
import { HalfSipHash } from "../half-siphash.js";

/** Two IPv6 addresses and two ports. */
const MAX_FOUR_TUPLE = 36;
/** One tick every 4 µs. */
const TICKS_PER_MS = 250;

/** Initial sequence numbers (RFC 6528 §3): ISN = M + F(addresses, ports, secret), where M is a 4 µs clock. */
export class IsnGenerator {
  readonly #hash: HalfSipHash;
  readonly #fourTuple = new Uint8Array(MAX_FOUR_TUPLE);

  constructor(random: Random) {
    this.#hash = new HalfSipHash(random);
  }

  /** @param now monotonic ms */
  next(local: IpAddress, localPort: number, remote: IpAddress, remotePort: number, now: number): number {
    // The product stays exact however long the host is up: the remainder is below 2³², times 250 below 2⁵³.
    const clock = Math.floor((now % 0x1_0000_0000) * TICKS_PER_MS) % 0x1_0000_0000;
    return (this.offset(local, localPort, remote, remotePort) + clock) | 0;
  }

  /** F: the same for the same four-tuple, as long as the host is up. */
  offset(local: IpAddress, localPort: number, remote: IpAddress, remotePort: number): number {
    const tuple = this.#fourTuple;
    const length = local.family === 4 ? 4 : 16;
    local.write(tuple, 0);
    remote.write(tuple, length);
    writeU16(tuple, 2 * length, localPort);
    writeU16(tuple, 2 * length + 2, remotePort);
    return this.#hash.hash(tuple, 2 * length + 4);
  }
}
