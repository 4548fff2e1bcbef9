export { Capture, CAPTURE_EPOCH, type CaptureSink } from "./capture.js";
export { CapturedFrame } from "./captured-frame.js";
export { CaptureFile } from "./capture-file.js";
export type { RingLimits } from "./frame-ring.js";
export { CAPTURE_LIMITS, LanCapture, type FrameCondition, type LiveOptions } from "./lan-capture.js";
export { LiveCapture, type LiveCaptureOptions } from "./live-capture.js";
export {
  interfaceBlock,
  nameResolutionBlock,
  packetBlock,
  sectionHeaderBlock,
  type NamedAddress,
  type PacketRecord,
} from "./pcapng.js";
export {
  LINK_TYPE_ETHERNET,
  MOST_FILE_FRAMES,
  readCaptureFile,
  type CaptureContents,
  type FileFrame,
} from "./read/index.js";
