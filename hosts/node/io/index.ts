import type { Io } from "../../../src/host/index.js";
import { NodeListener } from "./listener.js";
import { NodeTcp } from "./tcp.js";
import { NodeUdp } from "./udp.js";

/** Node's own sockets as ECMA-419's classes. */
export const nodeIo: Io = Object.freeze({ TCP: NodeTcp, Listener: NodeListener, UDP: NodeUdp });

export { CLOSE_TIME_LIMIT, RECEIVE_LIMIT, SEND_LIMIT } from "./connection.js";
export { DEFAULT_BACKLOG } from "./listener.js";
export { DATAGRAM_LIMIT, DATAGRAM_SEND_LIMIT } from "./udp.js";
