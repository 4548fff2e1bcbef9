export {
  BatchWriter,
  readBatch,
  type BatchRecord,
  type FateRecord,
  type PacketRecord,
  type TcpSample,
} from "./batch.js";
export type {
  ArpEntry,
  CablePicture,
  ClockMessage,
  End,
  HostDetails,
  HostPicture,
  LeaseEntry,
  Request,
  RequestMessage,
  RouteEntry,
  ServerMessage,
  SocketEntry,
} from "./messages.js";
