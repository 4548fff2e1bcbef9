export type { Task } from "./busy.js";
export {
  DEFAULT_CERTIFICATE_DAYS,
  makeCertificate,
  type CertificateOptions,
  type DevelopmentCertificate,
} from "./certificate.js";
export { HANDSHAKE_TIME_LIMIT, MAX_HANDSHAKES, type Pem } from "./limits.js";
export { localNames } from "./names.js";
export { secureIo, type Identity, type SecureIoOptions } from "./secure-io.js";
export { secureSockets, type SecureSocketsOptions } from "./secure-sockets.js";
