import { MAX_SACK_BLOCKS, type TcpOptionValues } from "../../wire/tcp.js";

const NOTHING = new Uint8Array(0);

/** The segment being received: one object per stack, filled anew for each (see `Packet`). */
export class Segment implements TcpOptionValues {
  bytes: Uint8Array = NOTHING;
  localPort = 0;
  remotePort = 0;
  sequence = 0;
  acknowledgment = 0;
  flags = 0;
  /** As sent, not scaled. */
  window = 0;
  /** Where the data stands in `bytes`, and how much of it. Trimming moves both. */
  dataAt = 0;
  dataLength = 0;
  mss: number | undefined;
  windowScale: number | undefined;
  sackPermitted = false;
  hasTimestamps = false;
  timestamp = 0;
  timestampEcho = 0;
  readonly sackEdges = new Int32Array(2 * MAX_SACK_BLOCKS);
  sackBlocks = 0;
  now = 0;

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }
}
