import type { FrameInfo } from "./field.js";
import { field, number, protocol } from "./field-type.js";
import type { Scope } from "./scope.js";

export const FRAME_FIELDS = Object.freeze({
  frame: protocol("Frame"),
  "frame.number": number("Number"),
  "frame.time": field("seconds", "Time"),
  "frame.time_epoch": field("seconds", "Time since 1970"),
  "frame.len": number("Length on the wire", "bytes"),
  "frame.cap_len": number("Length in the capture", "bytes"),
  "frame.interface_name": field("text", "Seen at"),
  "frame.protocols": field("text", "Protocols"),
  "frame.comment": field("text", "Comment"),
  "frame.dropped": field("text", "Dropped by"),
  "frame.duplicated": field("text", "Duplicated by"),
  "frame.changed": field("text", "Changed by"),
  "frame.truncated": field("text", "Truncated by"),
  host: field("text", "Host"),
});

/** What fault rules do to frames, as comments tell it: "changed: corruption 5%; dropped: loss 20%". */
const FATES = Object.freeze(["dropped", "duplicated", "changed", "truncated"] as const);

/** What is known of the frame as a whole; the other layers are there already. */
export function describeFrame(scope: Scope, info: FrameInfo, protocols: readonly string[]): void {
  const { length } = scope;
  const layer = scope.layer(FRAME_FIELDS, "frame", length);
  const { number: place, time, epoch, originalLength = length, comment } = info;
  layer.text = `${place === undefined ? "" : `${place}: `}${originalLength} bytes`;
  if (place !== undefined) layer.add("frame.number", 0, 0, place);
  if (time !== undefined) layer.add("frame.time", 0, 0, time / 1000, `${(time / 1000).toFixed(9)} s`);
  if (time !== undefined && epoch !== undefined)
    layer.add("frame.time_epoch", 0, 0, epoch + time / 1000, showEpoch(epoch, time));
  layer.add("frame.len", 0, 0, originalLength);
  layer.add("frame.cap_len", 0, 0, length);
  if (info.interface !== undefined) layer.add("frame.interface_name", 0, 0, info.interface);
  for (const name of info.hosts ?? []) layer.add("host", 0, 0, name);
  layer.add("frame.protocols", 0, 0, protocols.join(":"));
  if (comment === undefined) return;
  layer.add("frame.comment", 0, 0, comment);
  for (const part of comment.split("; ")) {
    const fate = FATES.find((word) => part.startsWith(`${word}: `));
    if (fate !== undefined) layer.add(`frame.${fate}`, 0, 0, part.slice(fate.length + 2));
  }
}

/** In nanoseconds, which the sum of both would not have. */
function showEpoch(epoch: number, time: number): string {
  const seconds = Math.floor(time / 1000);
  return `${epoch + seconds}.${(time / 1000 - seconds).toFixed(9).slice(2)} s`;
}
