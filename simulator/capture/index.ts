export { Capture, CAPTURE_EPOCH, type CaptureSink } from "./capture.js";
export { CaptureFile } from "./capture-file.js";
export { interfaceBlock, packetBlock, sectionHeaderBlock, type PacketRecord } from "./pcapng.js";
