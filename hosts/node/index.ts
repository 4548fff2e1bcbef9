export { folderSource, type FolderOptions } from "./folder/index.js";
export { nodeHashes } from "./hashes.js";
export { nodeIo } from "./io/index.js";
export {
  LeaseFile,
  readLeases,
  type JournalFault,
  type LeaseFileContent,
  type LeaseFileOptions,
} from "./leases/index.js";
export { machineInterface } from "./machine-interface.js";
export { macFromName } from "./mac-from-name.js";
export { nodeMemory, nodeRandom, nodeServices, nodeTimers, stderrLog } from "./services.js";
export { processClock } from "./process-clock.js";
export { refusingDhcpLink } from "./refusing-dhcp-link.js";
export { StateFile } from "./state-file.js";
export { StackDriver, type Pollable } from "./stack-driver.js";
export {
  makeCertificate,
  secureIo,
  secureSockets,
  type CertificateOptions,
  type DevelopmentCertificate,
  type Identity,
  type SecureIoOptions,
  type SecureSocketsOptions,
} from "./tls/index.js";
export { openTap, type TapDevice, type TapOptions } from "./tap/index.js";
