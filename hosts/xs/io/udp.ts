import { NetworkError } from "wirelet/error/index";
import {
  bytesOf,
  callbacksOf,
  checkFormat,
  checkOption,
  checkPort,
  MAX_DATAGRAM,
  readDatagram,
  type ByteBuffer,
  type Callbacks,
  type Datagram,
  type TimerHandle,
  type Timers,
  type Udp,
  type UdpOptions,
} from "wirelet/host/index";
import { Datagrams, type Remote } from "./datagrams.js";
import { checkAddress, checkGroup, checkUnbound, NETWORK_RETRY_DELAY } from "./endpoint.js";
import { networkError } from "./errors.js";
import type { NativeIo, NativeUdp } from "./native.js";

/** The ports that are tried if none is asked for (RFC 6335 §6). */
export const FIRST_EPHEMERAL_PORT = 49_152;
const LAST_EPHEMERAL_PORT = 65_535;

/** How many of them are tried before it is given up. */
const PORT_TRIES = 100;

const BROADCAST = "255.255.255.255";

/** What UDP sockets need from their provider. */
export interface UdpHost {
  readonly native: NativeIo;
  readonly timers: Timers;
  /** The next port to try. */
  nextPort: number;
}

/**
 * ECMA-419's UDP over Moddable's: IPv4, and a connected one does not learn of closed ports. The Linux simulator has no groups, can't
 * send broadcasts, takes an empty datagram for none and cuts off what is behind 2,048 bytes.
 */
export class XsUdp implements Udp {
  target: unknown;
  readonly #host: UdpHost;
  readonly #callbacks: Callbacks<UdpOptions, "onReadable" | "onError">;
  readonly #wanted: number;
  readonly #timeToLive: number | undefined;
  readonly #broadcast: boolean;
  #port = 0;
  #native: NativeUdp | undefined;
  #isClosed = false;
  /** Before there is a network, when to try again. */
  #retry: TimerHandle;
  /** Joined, or to be joined when there is a network. lwIP would stay in them when the socket is closed. */
  readonly #groups = new Set<string>();
  readonly #received = new Datagrams();

  /**
   * Before there is a network ESP32 has no sockets: it is tried again until there is one; `port` is undefined, and nothing can be
   * sent meanwhile.
   *
   * @throws NetworkError EADDRINUSE, EINVAL, ENOTSUP for what the platform can't
   */
  constructor(host: UdpHost, options: UdpOptions) {
    checkUnbound(options.address, "bind");
    const port = checkPort(options.port ?? 0, 0, "bind");
    const { timeToLive, multicast } = options;
    checkOption("timeToLive", timeToLive, 1, 255);
    if (options.reuseAddress === true)
      throw new NetworkError("ENOTSUP", "bind", `port ${port}`, "the platform's sockets share no ports");
    this.format = options.format ?? "buffer";
    this.#callbacks = callbacksOf(options, "onReadable", "onError");
    this.target = options.target;
    this.#host = host;
    this.#wanted = port;
    this.#timeToLive = timeToLive;
    this.#broadcast = options.broadcast ?? false;
    const error = this.bind();
    if (error !== undefined) throw error;
    if (multicast === undefined) return;
    try {
      this.add(multicast);
    } catch (reason) {
      this.close();
      throw reason;
    }
  }

  get port(): number | undefined {
    return this.#native === undefined ? undefined : this.#port;
  }

  get format(): "buffer" {
    return "buffer";
  }

  set format(format: "buffer") {
    checkFormat(format, "buffer");
  }

  read(): Datagram | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(buffer?: ByteBuffer): Datagram | number | undefined {
    this.checkOpen("read");
    const { first } = this.#received;
    if (first === undefined) return undefined;
    const result = readDatagram(first, first.address, first.port, buffer);
    this.#received.shift();
    return result;
  }

  write(data: ByteBuffer, address?: string, port?: number): void {
    this.checkOpen("send");
    const { peer } = this.#received;
    if (peer !== undefined && address !== undefined)
      throw new NetworkError("EISCONN", "send", address, `the socket is connected to ${formatRemote(peer)}`);
    this.send(bytesOf(data), peer ?? this.checkRemote(address, port, "send"));
  }

  connect(address: string, port: number): void {
    this.checkOpen("connect");
    this.#received.peer = this.checkRemote(address, port, "connect");
  }

  add(group: string): void {
    this.checkOpen("join group");
    checkGroup(group, "join group");
    if (this.#groups.has(group)) throw new NetworkError("EADDRINUSE", "join group", group);
    if (this.#native !== undefined) join(this.#native, group);
    this.#groups.add(group);
  }

  remove(group: string): void {
    this.checkOpen("leave group");
    checkGroup(group, "leave group");
    if (!this.#groups.delete(group)) throw new NetworkError("EADDRNOTAVAIL", "leave group", group);
    this.#native?.remove?.(group);
  }

  close(): void {
    const native = this.#native;
    this.#native = undefined;
    this.#isClosed = true;
    this.#host.timers.clear(this.#retry);
    for (const group of this.#groups) native?.remove?.(group);
    native?.close();
  }

  onNativeReadable(): void {
    if (this.#native === undefined || !this.#received.takeFrom(this.#native)) return;
    this.#callbacks.onReadable?.call(this, this.#received.length);
  }

  private send(bytes: Uint8Array, to: Remote): void {
    const subject = formatRemote(to);
    if (bytes.length > MAX_DATAGRAM)
      throw new NetworkError("EMSGSIZE", "send", subject, `${bytes.length} bytes`);
    if (this.#native === undefined) throw new NetworkError("ENETDOWN", "send", subject);
    try {
      this.#native.write(bytes, to.address, to.port);
    } catch (error) {
      throw networkError(error, to.address === BROADCAST ? "EACCES" : "ENETUNREACH", "send", subject);
    }
  }

  /** @throws NetworkError EINVAL, EAFNOSUPPORT, EACCES */
  private checkRemote(address: string | undefined, port: number | undefined, operation: string): Remote {
    const remote = { address: checkAddress(address, operation), port: checkPort(port, 1, operation) };
    if (remote.address === BROADCAST && !this.#broadcast)
      throw new NetworkError("EACCES", operation, formatRemote(remote), "broadcast is not allowed");
    return remote;
  }

  /** @returns why it can't be had */
  private bind(): NetworkError | undefined {
    let reason: NetworkError | undefined;
    for (let left = this.#wanted === 0 ? PORT_TRIES : 1; left > 0; left--) {
      reason = this.bindTo(this.#wanted === 0 ? takePort(this.#host) : this.#wanted);
      if (reason?.code !== "EADDRINUSE") break;
    }
    if (reason?.code !== "ENETDOWN") return reason;
    this.#retry = this.#host.timers.set(() => {
      const failure = this.bind();
      if (failure !== undefined) this.#callbacks.onError?.call(this, failure);
    }, NETWORK_RETRY_DELAY);
    return undefined;
  }

  private bindTo(port: number): NetworkError | undefined {
    try {
      const timeToLive = this.#timeToLive;
      const timeToLiveOption = timeToLive !== undefined && { timeToLive };
      this.#native = new this.#host.native.UDP({ port, ...timeToLiveOption, target: this, onReadable });
      this.#port = port;
      for (const group of this.#groups) join(this.#native, group);
      return undefined;
    } catch (error) {
      return networkError(error, "EADDRINUSE", "bind", `port ${port}`);
    }
  }

  private checkOpen(operation: string): void {
    if (this.#isClosed) throw new NetworkError("EBADF", operation);
  }
}

function formatRemote({ address, port }: Remote): string {
  return `${address}:${port}`;
}

/** Moddable does not tell the port that it picks, and Linux picks none until something is sent. */
function takePort(host: UdpHost): number {
  const port = host.nextPort;
  host.nextPort = port === LAST_EPHEMERAL_PORT ? FIRST_EPHEMERAL_PORT : port + 1;
  return port;
}

/** @throws NetworkError ENOTSUP on the Linux simulator */
function join(native: NativeUdp, group: string): void {
  if (native.add === undefined) throw new NetworkError("ENOTSUP", "join group", group);
  try {
    native.add(group);
  } catch (error) {
    throw networkError(error, "EINVAL", "join group", group);
  }
}

function onReadable(this: NativeUdp): void {
  (this.target as XsUdp).onNativeReadable();
}
