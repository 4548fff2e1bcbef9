// Packets on their way to the page: records one after the other, little-endian, that are written once and sent as they are.

/** What TCP's sender thinks of a connection, when it sends a segment of it. */
export interface TcpSample {
  /** Bytes; the threshold may be Infinity. */
  readonly congestionWindow: number;
  readonly threshold: number;
  /** Ms; NaN before the first measurement. */
  readonly smoothedRtt: number;
  readonly rto: number;
}

/** A frame, as its sender sent it. */
export interface PacketRecord {
  readonly kind: "packet";
  /** Counted from 1. */
  readonly number: number;
  /** Virtual ms. */
  readonly time: number;
  /** What sent it: a number of the list of ports. */
  readonly port: number;
  readonly bytes: Uint8Array;
  /** What became of it on its first wire: "dropped: loss 20%". */
  readonly comment: string | undefined;
  readonly tcp: TcpSample | undefined;
}

/** What became of a packet later, on its way from a switch to a host. */
export interface FateRecord {
  readonly kind: "fate";
  /** The packet's. */
  readonly number: number;
  /** The host that it was on its way to. */
  readonly where: string;
  readonly comment: string;
}

export type BatchRecord = PacketRecord | FateRecord;

const PACKET = 1;
const FATE = 2;
const HAS_SAMPLE = 1;

/** kind, flags, number, time, port, bytes, comment */
const PACKET_HEAD = 1 + 1 + 4 + 8 + 2 + 2 + 2;
const SAMPLE = 4 * 4;
/** kind, number, where, comment */
const FATE_HEAD = 1 + 4 + 2 + 2;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOTHING = new Uint8Array(0);

/** Bytes being filled with records. */
export class BatchWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #length = 0;

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** The records from this offset on. */
  from(offset: number): Uint8Array {
    return this.#bytes.subarray(offset, this.#length);
  }

  /** @returns where the frame's bytes stand, -1 if there is no room for the record */
  packet({ number, time, port, bytes, comment, tcp }: Omit<PacketRecord, "kind">): number {
    const text = comment === undefined ? NOTHING : encoder.encode(comment);
    const size = PACKET_HEAD + (tcp === undefined ? 0 : SAMPLE) + text.length + bytes.length;
    if (this.#length + size > this.#bytes.length) return -1;
    const view = this.#view;
    let at = this.#length;
    view.setUint8(at, PACKET);
    view.setUint8(at + 1, tcp === undefined ? 0 : HAS_SAMPLE);
    view.setUint32(at + 2, number, true);
    view.setFloat64(at + 6, time, true);
    view.setUint16(at + 14, port, true);
    view.setUint16(at + 16, bytes.length, true);
    view.setUint16(at + 18, text.length, true);
    at += PACKET_HEAD;
    if (tcp !== undefined) {
      view.setFloat32(at, tcp.congestionWindow, true);
      view.setFloat32(at + 4, tcp.threshold, true);
      view.setFloat32(at + 8, tcp.smoothedRtt, true);
      view.setFloat32(at + 12, tcp.rto, true);
      at += SAMPLE;
    }
    this.#bytes.set(text, at);
    this.#bytes.set(bytes, at + text.length);
    this.#length += size;
    return at + text.length;
  }

  /** @returns false if there is no room */
  fate({ number, where, comment }: Omit<FateRecord, "kind">): boolean {
    const [place, text] = [encoder.encode(where), encoder.encode(comment)];
    const at = this.#length;
    const size = FATE_HEAD + place.length + text.length;
    if (at + size > this.#bytes.length) return false;
    this.#view.setUint8(at, FATE);
    this.#view.setUint32(at + 1, number, true);
    this.#view.setUint16(at + 5, place.length, true);
    this.#view.setUint16(at + 7, text.length, true);
    this.#bytes.set(place, at + FATE_HEAD);
    this.#bytes.set(text, at + FATE_HEAD + place.length);
    this.#length += size;
    return true;
  }
}

/** The records of a batch; frames are parts of it, not copies. What is cut off at the end is left out. */
export function readBatch(batch: Uint8Array): BatchRecord[] {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  const records: BatchRecord[] = [];
  let at = 0;
  const take = (length: number): Uint8Array => batch.subarray(at, (at += length));
  while (at < batch.length) {
    if (view.getUint8(at) === PACKET && at + PACKET_HEAD <= batch.length) {
      const hasSample = view.getUint8(at + 1) === HAS_SAMPLE;
      const [length, textLength] = [view.getUint16(at + 16, true), view.getUint16(at + 18, true)];
      const size = PACKET_HEAD + (hasSample ? SAMPLE : 0) + textLength + length;
      if (at + size > batch.length) break;
      const number = view.getUint32(at + 2, true);
      const time = view.getFloat64(at + 6, true);
      const port = view.getUint16(at + 14, true);
      at += PACKET_HEAD;
      const tcp = hasSample ? readSample(view, at) : undefined;
      if (hasSample) at += SAMPLE;
      const comment = textLength === 0 ? undefined : decoder.decode(take(textLength));
      records.push({ kind: "packet", number, time, port, bytes: take(length), comment, tcp });
    } else if (view.getUint8(at) === FATE && at + FATE_HEAD <= batch.length) {
      const number = view.getUint32(at + 1, true);
      const [whereLength, textLength] = [view.getUint16(at + 5, true), view.getUint16(at + 7, true)];
      if (at + FATE_HEAD + whereLength + textLength > batch.length) break;
      at += FATE_HEAD;
      const where = decoder.decode(take(whereLength));
      records.push({ kind: "fate", number, where, comment: decoder.decode(take(textLength)) });
    } else break;
  }
  return records;
}

function readSample(view: DataView, at: number): TcpSample {
  return {
    congestionWindow: view.getFloat32(at, true),
    threshold: view.getFloat32(at + 4, true),
    smoothedRtt: view.getFloat32(at + 8, true),
    rto: view.getFloat32(at + 12, true),
  };
}
