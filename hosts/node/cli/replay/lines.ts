import type { CapturedFrame, FileFrame } from "../../../../simulator/index.js";
import { LINK_TYPE_ETHERNET, dissect, type Dissection } from "../../../../simulator/index.js";

/** A frame for a list: of a file, or of a LAN. */
export interface ListedFrame {
  readonly number: number;
  /** In ms. */
  readonly time: number;
  /** The host, interface or port where it was seen, if that is known. */
  readonly port: string | undefined;
  readonly comment: string | undefined;
  readonly length: number;
  readonly dissection: Dissection;
}

/** @param epoch what the file's times count from */
export function ofFile(frame: FileFrame, epoch: number, hosts: readonly string[]): ListedFrame {
  const { bytes, originalLength, number, time, comment, linkType } = frame;
  const info = { number, time, epoch, originalLength, comment, hosts, interface: frame.interface };
  const dissection =
    linkType === LINK_TYPE_ETHERNET
      ? dissect(bytes, info)
      : { ...dissect(new Uint8Array(0), info), ...foreign(linkType) };
  return { number, time, comment, dissection, length: originalLength, port: frame.interface };
}

function foreign(linkType: number): Partial<Dissection> {
  return { protocol: `link ${linkType}`, summary: "not Ethernet", faults: [] };
}

/** A frame of the LAN's, as others are listed. */
export function ofLan({ number, time, port, comment, bytes, dissection }: CapturedFrame): ListedFrame {
  return { number, time, port, comment, dissection, length: bytes.length };
}

/** "   1    0.000000  sensor    192.168.1.7 → 192.168.1.1  TCP     60  …" */
export function lineOf({ number, time, port, comment, length, dissection }: ListedFrame): string {
  const { source, destination, protocol, summary, faults } = dissection;
  const way = source === "" ? "" : `${source} → ${destination}`;
  const columns = [
    String(number).padStart(5),
    (time / 1000).toFixed(6).padStart(12),
    ...(port === undefined ? [] : [port.padEnd(8)]),
    way.padEnd(32),
    protocol.padEnd(6),
    String(length).padStart(5),
    summary,
  ];
  const remarks = [...(comment === undefined ? [] : [comment]), ...faults];
  return `${columns.join("  ")}${remarks.map((remark) => `  (${remark})`).join("")}`.trimEnd();
}

/** The same as one object. */
export function objectOf({ number, time, port, comment, length, dissection }: ListedFrame): object {
  const { source, destination, protocol, summary, faults } = dissection;
  return {
    number,
    time: time / 1000,
    port: port ?? null,
    ...{ source, destination, protocol, length, summary },
    comment: comment ?? null,
    faults,
  };
}
