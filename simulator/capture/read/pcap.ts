import { ContentsBuilder, FileView, notACapture, type CaptureContents } from "./contents.js";

/** The file's header and a record's (draft-ietf-opsawg-pcap §4, §5), in bytes. */
const FILE_HEADER_LENGTH = 24;
const RECORD_HEADER_LENGTH = 16;

const MICROSECONDS_MAGIC = 0xa1b2c3d4;
const NANOSECONDS_MAGIC = 0xa1b23c4d;

/** Whether it is a classic pcap file, of either byte order and resolution. */
export function isPcap(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && byteOrderOf(bytes) !== undefined;
}

function byteOrderOf(bytes: Uint8Array): { isLittleEndian: boolean; unit: bigint } | undefined {
  for (const isLittleEndian of [true, false]) {
    const magic = new FileView(bytes, isLittleEndian).u32(0);
    if (magic === MICROSECONDS_MAGIC) return { isLittleEndian, unit: 1_000n };
    if (magic === NANOSECONDS_MAGIC) return { isLittleEndian, unit: 1n };
  }
  return undefined;
}

/** @throws NetworkError EINVAL if its header is cut off */
export function readPcap(bytes: Uint8Array, file: string | undefined): CaptureContents {
  if (bytes.length < FILE_HEADER_LENGTH) throw notACapture("the file ends within its header", file);
  const { isLittleEndian, unit } = byteOrderOf(bytes)!;
  const view = new FileView(bytes, isLittleEndian);
  const contents = new ContentsBuilder();
  // The upper bits tell of a frame check sequence.
  const linkType = view.u32(20) & 0xffff;
  for (let at = FILE_HEADER_LENGTH; at < bytes.length;) {
    const data = at + RECORD_HEADER_LENGTH;
    const length = data <= bytes.length ? view.u32(at + 8) : Infinity;
    if (data + length > bytes.length) {
      contents.problem = `the record at byte ${at} is cut off`;
      break;
    }
    const nanoseconds = BigInt(view.u32(at)) * 1_000_000_000n + BigInt(view.u32(at + 4)) * unit;
    const frame = {
      bytes: bytes.subarray(data, data + length),
      originalLength: view.u32(at + 12),
      linkType,
      interface: undefined,
      comment: undefined,
    };
    if (!contents.add(frame, nanoseconds)) break;
    at = data + length;
  }
  return contents.build();
}
