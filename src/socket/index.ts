export { decodeUtf8, encodeUtf8, type CancelSignal, type Resolver } from "../host/index.js";
export type { AddressLike } from "./address.js";
export { Canceller } from "./cancel.js";
export type { SocketProvider } from "./provider.js";
export { ITERATION_SIZE, TcpSocket, type AcceptedConnection, type TcpSocketOptions } from "./tcp-socket.js";
export type { WaitOptions } from "./wait.js";
export { UdpSocket, type ReceivedDatagram, type UdpSocketOptions } from "./udp-socket.js";
