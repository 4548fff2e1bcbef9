export { LINK_TYPE_ETHERNET, MOST_FILE_FRAMES, type CaptureContents, type FileFrame } from "./contents.js";
export { readCaptureFile } from "./read-capture.js";
