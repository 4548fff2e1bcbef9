export { decodeUtf8, encodeUtf8 } from "../host/index.js";
export type { AddressLike } from "./address.js";
export { Canceller, type CancelSignal } from "./cancel.js";
export type { Resolver, SocketProvider } from "./provider.js";
export { ITERATION_SIZE, TcpSocket, type AcceptedConnection, type TcpSocketOptions } from "./tcp-socket.js";
export type { WaitOptions } from "./wait.js";
export { UdpSocket, type ReceivedDatagram, type UdpSocketOptions } from "./udp-socket.js";
