import { internetChecksum, pseudoHeader } from "./checksum.js";

const ETHERNET_HEADER = 14;
const IP_HEADER = 20;
const FIN_AND_PSH = 0x09;

/**
 * What a network card with TCP segmentation offload makes of a large frame: frames of `segmentSize` bytes of data, each
 * with lengths, sequence number and checksums of its own, FIN and PSH on the last one only.
 * @throws Error if the checksum field does not hold the pseudo-header's sum
 */
export function cutIntoSegments(large: Uint8Array, segmentSize: number): Uint8Array[] {
  const frame = Buffer.from(large);
  const tcpAt = ETHERNET_HEADER + IP_HEADER;
  const dataAt = tcpAt + (frame[tcpAt + 12]! >> 4) * 4;
  const sum = 0xffff - internetChecksum(pseudoHeaderOf(frame));
  if (frame.readUInt16BE(tcpAt + 16) !== sum) throw new Error("not the pseudo-header's sum");
  const cuts: Uint8Array[] = [];
  for (let at = dataAt; at < frame.length; at += segmentSize) {
    const isLast = at + segmentSize >= frame.length;
    const cut = Buffer.concat([frame.subarray(0, dataAt), frame.subarray(at, at + segmentSize)]);
    cut.writeUInt16BE(cut.length - ETHERNET_HEADER, ETHERNET_HEADER + 2);
    cut.writeUInt16BE(0, ETHERNET_HEADER + 10);
    cut.writeUInt16BE(internetChecksum(cut.subarray(ETHERNET_HEADER, tcpAt)), ETHERNET_HEADER + 10);
    cut.writeUInt32BE((frame.readUInt32BE(tcpAt + 4) + at - dataAt) >>> 0, tcpAt + 4);
    if (!isLast) cut[tcpAt + 13]! &= ~FIN_AND_PSH;
    cut.writeUInt16BE(0, tcpAt + 16);
    cut.writeUInt16BE(internetChecksum(pseudoHeaderOf(cut), cut.subarray(tcpAt)), tcpAt + 16);
    cuts.push(cut);
  }
  return cuts;
}

function pseudoHeaderOf(frame: Buffer): Uint8Array {
  const address = (at: number): string => [...frame.subarray(at, at + 4)].join(".");
  return pseudoHeader(address(26), address(30), 6, frame.length - ETHERNET_HEADER - IP_HEADER);
}
