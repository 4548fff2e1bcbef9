export type { Task } from "./busy.js";
export { HANDSHAKE_TIME_LIMIT, MAX_HANDSHAKES, type Pem } from "./limits.js";
export { secureIo, type Identity, type SecureIoOptions } from "./secure-io.js";
export { secureSockets, type SecureSocketsOptions } from "./secure-sockets.js";
