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
  /** The byte behind the urgent data (RFC 6093 §2.1); meaningful only with TCP_URG. Trimming does not move it. */
  urgent = 0;
  /** As sent, not scaled. */
  window = 0;
  /** Where the data stands in `bytes`, and how much of it. Trimming moves both. */
  dataAt = 0;
  dataLength = 0;
  /** It came with data, whatever trimming has left of it. */
  hasData = false;
  mss: number | undefined;
  windowScale: number | undefined;
  sackPermitted = false;
  hasTimestamps = false;
  timestamp = 0;
  timestampEcho = 0;
  userTimeout: number | undefined;
  readonly sackEdges = new Int32Array(2 * MAX_SACK_BLOCKS);
  sackBlocks = 0;
  now = 0;
  /** The network has marked its packet: there is congestion (RFC 3168 §5). */
  isMarked = false;

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }
}
