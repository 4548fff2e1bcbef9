export {
  COMPACTION_LINES,
  LeaseFile,
  readLeases,
  type LeaseFileContent,
  type LeaseFileOptions,
} from "./lease-file.js";
export type { JournalFault } from "./journal-lines.js";
