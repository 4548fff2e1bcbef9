export type { CancelSignal } from "./cancel-signal.js";
export { MAX_TIMER_DELAY, type Clock, type TimerHandle, type Timers, type WallClock } from "./clock.js";
export { Deadline } from "./deadline.js";
export { DeadlineHeap, type HeapItem } from "./deadline-heap.js";
export type { CheckResult, DhcpDestination, DhcpLink, DhcpReceiver, ProbeResult } from "./dhcp-link.js";
export type {
  ByteBuffer,
  Datagram,
  Io,
  Listener,
  ListenerOptions,
  Tcp,
  TcpCallbacks,
  TcpFormat,
  TcpOptions,
  TcpWriteOptions,
  Udp,
  UdpOptions,
} from "./io.js";
export { callbacksOf, checkFormat, checkOption, checkPort, type Callbacks } from "./io-options.js";
export type { DigestAlgorithm, Hashes } from "./hashes.js";
export type { LinkDevice } from "./link.js";
export type { Log, LogLevel } from "./log.js";
export type { MemoryReport, MemoryReporter } from "./memory.js";
export type { Ipv4Configuration, Ipv4Route, NetworkInterface } from "./network-interface.js";
export { Pattern } from "./pattern.js";
export type { Random } from "./random.js";
export { ReceiveQueue } from "./receive-queue.js";
export type { SecureOptions, SecureSockets } from "./secure.js";
export { isLocalhost, resolveName, type Resolver } from "./resolver.js";
export {
  MAX_STORAGE_KEY,
  MAX_STORAGE_VALUE,
  checkStorageKey,
  checkStorageValue,
  isSameValue,
  type Storage,
} from "./storage.js";
export { TcpBase, takeOver, type TcpConnection } from "./tcp-base.js";
export { bytesOf, type ReceivedBytes } from "./tcp-bytes.js";
export { MAX_DATAGRAM, readDatagram } from "./udp-reading.js";
export { decodeLatin1, encodeLatin1, LATIN1_PIECE, type DecodeLatin1 } from "./latin1.js";
export { decodeUtf8, encodeUtf8, isAscii, type EncodeUtf8 } from "./utf8.js";
export { Watchers } from "./watchers.js";
