import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from "node:dgram";
import { isIP } from "node:net";
import { NetworkError } from "../../../src/error/index.js";
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
  type Udp,
  type UdpOptions,
} from "../../../src/host/index.js";
import { checkAddress, formatEndpoint } from "./endpoint.js";
import { networkError } from "./errors.js";

/** Datagrams that wait to be read; further ones are dropped, as the kernel drops them. */
export const DATAGRAM_LIMIT = 256;

/** Bytes of datagrams that are written and not taken by the kernel yet. */
export const DATAGRAM_SEND_LIMIT = 256 * 1024;

const LIMITED_BROADCAST = "255.255.255.255";

/** Node asks this for an address it was given; answered at once, `bind` and `send` need not wait for the event loop. */
const lookupLiteral: SocketOptions["lookup"] = (address, _, done) => done(null, address, isIP(address));

/** ECMA-419's UDP over node:dgram: IPv4, or IPv6 if it is bound to an IPv6 address. Node can't set a DSCP. */
export class NodeUdp implements Udp {
  target: unknown;
  readonly #callbacks: Callbacks<UdpOptions, "onReadable" | "onError">;
  readonly #socket: Socket;
  readonly #isIpv6: boolean;
  readonly #broadcast: boolean;
  /** Where it is bound, if not to all addresses. */
  readonly #address: string | undefined;
  /** Whom it is connected to. */
  #peer: string | undefined;
  readonly #waiting: Datagram[] = [];
  #closed = false;

  /** @throws NetworkError EINVAL for a bad option, EADDRINUSE, EADDRNOTAVAIL, EACCES, and what `join` throws */
  constructor(options: UdpOptions) {
    const port = checkPort(options.port ?? 0, 0, "bind");
    const address = options.address === undefined ? "0.0.0.0" : checkAddress(options.address, "bind");
    checkOption("timeToLive", options.timeToLive, 0, 255);
    checkOption("unicastTimeToLive", options.unicastTimeToLive, 1, 255);
    this.format = options.format ?? "buffer";
    this.target = options.target;
    this.#callbacks = callbacksOf(options, "onReadable", "onError");
    this.#isIpv6 = isIP(address) === 6;
    this.#broadcast = options.broadcast === true;
    this.#address = address === "0.0.0.0" || address === "::" ? undefined : address;
    this.#socket = createSocket({
      type: this.#isIpv6 ? "udp6" : "udp4",
      lookup: lookupLiteral,
      reuseAddr: options.reuseAddress === true,
    });
    let failure: NetworkError | undefined;
    this.#socket.on(
      "error",
      (error) => (failure = networkError(error, "bind", formatEndpoint(address, port))),
    );
    this.#socket.bind({ port, address, exclusive: true });
    if (failure !== undefined) {
      this.#socket.close();
      throw failure;
    }
    this.#socket.removeAllListeners("error");
    try {
      this.#configure(options);
    } catch (error) {
      this.#socket.close();
      throw error;
    }
    this.#socket.on("message", (message, from) => this.#onMessage(message, from));
    this.#socket.on("error", (error) => this.#onFailure(networkError(error, "receive", this.#peer)));
  }

  get format(): "buffer" {
    return "buffer";
  }

  set format(format: "buffer") {
    checkFormat(format, "buffer");
  }

  get port(): number | undefined {
    return this.#closed ? undefined : this.#socket.address().port;
  }

  get address(): string | undefined {
    return this.#address;
  }

  read(): Datagram | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(buffer?: ByteBuffer): Datagram | number | undefined {
    this.#checkOpen("read");
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    const result = readDatagram(first, first.address, first.port, buffer);
    this.#waiting.shift();
    return result;
  }

  write(data: ByteBuffer, address?: string, port?: number): void {
    this.#checkOpen("write");
    const bytes = bytesOf(data);
    const isConnected = this.#peer !== undefined && address === undefined;
    const subject = isConnected ? this.#peer : this.#checkRemote(address, port, "send");
    if (bytes.length > MAX_DATAGRAM) throw new NetworkError("EMSGSIZE", "send", subject);
    if (this.#socket.getSendQueueSize() + bytes.length > DATAGRAM_SEND_LIMIT) {
      throw new NetworkError("EWOULDBLOCK", "send", subject);
    }
    // Copied: the caller may use its buffer again at once, and Node may hold on to what it was given.
    const copy = Buffer.from(bytes);
    const done = (error: Error | null): void => {
      if (error !== null) this.#onFailure(networkError(error, "send", subject));
    };
    if (!isConnected) {
      this.#socket.send(copy, port, address, done);
      return;
    }
    try {
      this.#socket.send(copy, done);
    } catch {
      // All else was checked.
      throw new NetworkError("ENOTCONN", "send", subject, "it could not be connected");
    }
  }

  /** Extension, see `Udp`; Node reports a refusal of the kernel's only later, through `onError`. */
  connect(address: string, port: number): void {
    this.#checkOpen("connect");
    if (this.#peer !== undefined) this.#socket.disconnect();
    this.#peer = undefined;
    const peer = this.#checkRemote(address, port, "connect");
    // The type has no argument, but a failed connect passes one.
    this.#socket.connect(port, address, (error?: NodeJS.ErrnoException) => {
      if (error === undefined) return;
      this.#peer = undefined;
      this.#onFailure(networkError(error, "connect", peer));
    });
    this.#peer = peer;
  }

  add(group: string): void {
    this.join(group);
  }

  remove(group: string): void {
    this.leave(group);
  }

  join(group: string, address?: string): void {
    this.#checkOpen("join");
    try {
      this.#socket.addMembership(group, address ?? this.#address);
    } catch (error) {
      throw networkError(error as NodeJS.ErrnoException, "join group", group);
    }
  }

  leave(group: string, address?: string): void {
    this.#checkOpen("leave");
    try {
      this.#socket.dropMembership(group, address ?? this.#address);
    } catch (error) {
      throw networkError(error as NodeJS.ErrnoException, "leave group", group);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting.length = 0;
    this.#socket.close();
  }

  #configure({ address, multicast, timeToLive, unicastTimeToLive, multicastLoop }: UdpOptions): void {
    const socket = this.#socket;
    try {
      socket.setBroadcast(this.#broadcast);
      if (timeToLive !== undefined) socket.setMulticastTTL(timeToLive);
      if (unicastTimeToLive !== undefined) socket.setTTL(unicastTimeToLive);
      if (multicastLoop !== undefined) socket.setMulticastLoopback(multicastLoop);
      if (address !== undefined && !this.#isIpv6) socket.setMulticastInterface(address);
    } catch (error) {
      throw networkError(error as NodeJS.ErrnoException, "make UDP socket");
    }
    if (multicast !== undefined) this.join(multicast);
  }

  #onMessage(message: Buffer, { address, port }: RemoteInfo): void {
    if (this.#closed || this.#waiting.length >= DATAGRAM_LIMIT) return;
    const bytes = new Uint8Array(message).buffer;
    this.#waiting.push(Object.assign(bytes, { address, port }));
    this.#callbacks.onReadable?.call(this, this.#waiting.length);
  }

  #onFailure(error: NetworkError): void {
    if (!this.#closed) this.#callbacks.onError?.call(this, error);
  }

  /** "10.0.0.1:53". @throws NetworkError EINVAL, EAFNOSUPPORT, EISCONN, EACCES where that is plain to see */
  #checkRemote(address: string | undefined, port: number | undefined, operation: string): string {
    const family = isIP(checkAddress(address, operation));
    const remote = formatEndpoint(address, checkPort(port, 1, operation));
    if ((family === 6) !== this.#isIpv6) throw new NetworkError("EAFNOSUPPORT", operation, remote);
    if (this.#peer !== undefined)
      throw new NetworkError("EISCONN", operation, remote, `the socket is connected to ${this.#peer}`);
    // That other addresses are broadcast ones only the kernel knows, which Node asks too, but reports later.
    if (address === LIMITED_BROADCAST && !this.#broadcast)
      throw new NetworkError(
        "EACCES",
        operation,
        remote,
        "the socket was not made with the option broadcast",
      );
    return remote;
  }

  #checkOpen(operation: string): void {
    if (this.#closed) throw new NetworkError("EBADF", operation);
  }
}
