import { notACapture, type CaptureContents } from "./contents.js";
import { isPcap, readPcap } from "./pcap.js";
import { isPcapng, readPcapng } from "./pcapng.js";

const GZIP = Object.freeze([0x1f, 0x8b]);

/**
 * Reads a capture: pcapng, or classic pcap, in any byte order and with any resolution of time. What is wrong within it is
 * told, and what comes before it is read.
 *
 * @param bytes the whole file; the frames point into it
 * @param file its name, for the error
 * @throws NetworkError EINVAL if it is no capture
 * @example
 * const { frames, problem } = readCaptureFile(readFileSync("lan.pcapng"));
 */
export function readCaptureFile(bytes: Uint8Array, file?: string): CaptureContents {
  if (isPcapng(bytes)) return readPcapng(bytes, file);
  if (isPcap(bytes)) return readPcap(bytes, file);
  if (bytes.length === 0) throw notACapture("the file is empty", file);
  if (GZIP.every((byte, index) => bytes[index] === byte))
    throw notACapture("it is compressed: unpack it with gunzip first", file);
  throw notACapture("it is neither pcapng nor pcap", file);
}
