import {
  Ipv4Address,
  parseIpAddress,
  SocketAddress,
  tryParseIpAddress,
  type IpAddress,
} from "../address/index.js";
import { NetworkError } from "../error/index.js";
import { bytesOf, type ByteBuffer, type Datagram, type Udp } from "../host/index.js";
import { parseAddress, resolveTarget, specifiedText, type AddressLike, type NamedTarget } from "./address.js";
import { iterate } from "./iterate.js";
import type { SocketProvider } from "./provider.js";
import {
  cancellation,
  isLimited,
  timeoutError,
  usualLimits,
  Waiter,
  WaitQueue,
  within,
  type Limits,
  type WaitOptions,
} from "./wait.js";

export interface UdpSocketOptions {
  /** True allows sending to broadcast addresses, which else is EACCES. */
  readonly broadcast?: boolean;
  /** How many routers what is sent to single hosts may pass, 1 to 255; absent: the provider's default. */
  readonly timeToLive?: number;
  /** The same for what is sent to groups, 0 to 255; absent: 1, it stays on the link. */
  readonly multicastTimeToLive?: number;
  /** Whether sockets of this host hear what this one sends to their group; absent: true. */
  readonly multicastLoop?: boolean;
  /** Shares its port with other sockets that say so, too; absent: false. See `UdpOptions`. */
  readonly reuseAddress?: boolean;
}

/** A datagram, and who has sent it. */
export interface ReceivedDatagram {
  readonly data: Uint8Array;
  readonly address: SocketAddress;
}

/** Ms after which the provider is asked again whether it has room for a datagram: UDP has no event for that. */
const RETRY_INTERVAL = 1;

/** As Linux: what the network says of a datagram is told to connected sockets only. */
const TOLD_TO_CONNECTED: readonly string[] = Object.freeze(["ECONNREFUSED", "EHOSTUNREACH", "EMSGSIZE"]);

/**
 * A UDP socket with the classic calls, each of which returns a promise. They mean the same on every provider.
 *
 * It is bound to a free port by the first call that needs one. Datagrams wait in the provider, which drops what comes when
 * its queue is full. As in Linux, only a connected socket hears what ICMP reports of what it has sent, and it does so once,
 * in the next call. On a closed socket a call fails with EBADF; `close` rejects those that wait.
 *
 * @example
 * const socket = new UdpSocket(provider);
 * await socket.sendTo(encodeUtf8("time?"), "192.168.1.1:37");
 * const { data, address } = await socket.recvFrom({ timeout: 1000 });
 */
export class UdpSocket implements AsyncIterable<ReceivedDatagram> {
  readonly #provider: SocketProvider;
  readonly #options: UdpSocketOptions;
  readonly #receivers = new WaitQueue<Receiver>();
  /** Those for whom the provider had no room. */
  readonly #senders = new WaitQueue<Sender>();
  #limits: Limits;
  #udp: Udp | undefined;
  #bound: SocketAddress | undefined;
  #peer: SocketAddress | undefined;
  /** What nobody has been told yet. */
  #error: NetworkError | undefined;
  #isClosed = false;
  /** Where the last datagram came from, and where the last one went: most often that is the same again. */
  #source: SocketAddress | undefined;
  #sourceText = "";
  #destination: Destination | undefined;

  constructor(provider: SocketProvider, options: UdpSocketOptions = {}) {
    this.#provider = provider;
    this.#options = options;
    this.#limits = usualLimits(provider.timers, Infinity);
  }

  /** Where it is bound, as far as the provider tells; undefined before that. */
  get localAddress(): SocketAddress | undefined {
    const port = this.#udp?.port ?? this.#bound?.port;
    if (this.#udp === undefined || port === undefined) return undefined;
    const address = this.#udp.address === undefined ? undefined : tryParseIpAddress(this.#udp.address);
    return new SocketAddress(address ?? this.#bound?.address ?? Ipv4Address.unspecified, port);
  }

  /** The peer that it is connected to. */
  get remoteAddress(): SocketAddress | undefined {
    return this.#peer;
  }

  /** Sets the time limit in ms of all calls that wait and name none; Infinity: none. @throws NetworkError EINVAL */
  setTimeout(timeout: number): void {
    this.#limits = usualLimits(this.#provider.timers, timeout);
  }

  /**
   * Takes a port of one of this host's addresses, or of all; port 0: any that is free.
   *
   * @throws NetworkError EADDRINUSE, EADDRNOTAVAIL, EACCES for a privileged port; EINVAL for a bad address, a name, or a
   * socket that is bound
   */
  async bind(address: AddressLike): Promise<void> {
    this.checkOpen("bind");
    const target = parseAddress(address);
    if (!(target instanceof SocketAddress))
      throw new NetworkError("EINVAL", "bind to", target.name, "a name is no address of this host");
    if (this.#udp !== undefined)
      throw new NetworkError("EINVAL", "bind to", target.toString(), "the socket has an address already");
    this.open(target);
  }

  /**
   * Sends to one peer and receives only from it from now on; another call changes the peer.
   *
   * @throws NetworkError EINVAL, ENETUNREACH, EACCES for a broadcast address; ENOTSUP for a name without a resolver
   */
  async connect(address: AddressLike, wait?: WaitOptions): Promise<void> {
    this.checkOpen("connect");
    const limits = this.limitsFor(wait);
    const target = parseAddress(address);
    const peer = target instanceof SocketAddress ? target : await this.resolve(target, limits, "connect to");
    this.checkOpen("connect");
    const destination = destinationOf(peer, peer, "connect to");
    this.open().connect?.(destination.address, destination.port);
    this.#destination = destination;
    this.#peer = peer;
  }

  /**
   * Sends one datagram.
   *
   * @returns how many bytes it has
   * @throws NetworkError EMSGSIZE, ENETUNREACH, EACCES for a broadcast address that is not allowed, EISCONN on a connected
   * socket, EINVAL for a bad address, ENOTSUP for a name without a resolver
   */
  sendTo(data: ByteBuffer, address: AddressLike, wait?: WaitOptions): Promise<number> {
    try {
      const limits = this.begin("send", wait);
      if (this.#peer !== undefined) throw new NetworkError("EISCONN", "send to", this.#peer.toString());
      let destination = this.#destination;
      if (destination?.like !== address) {
        const target = parseAddress(address);
        if (!(target instanceof SocketAddress)) return this.sendToName(data, target, limits);
        destination = this.#destination = destinationOf(target, address);
      }
      return this.write(bytesOf(data), destination, limits);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Sends one datagram to the peer. @returns how many bytes it has @throws NetworkError ENOTCONN, and as `sendTo` */
  send(data: ByteBuffer, wait?: WaitOptions): Promise<number> {
    try {
      const limits = this.begin("send", wait);
      if (this.#destination === undefined || this.#peer === undefined)
        throw new NetworkError("ENOTCONN", "send");
      return this.write(bytesOf(data), this.#destination, limits);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Waits for a datagram. Giving up loses none. */
  recvFrom(wait?: WaitOptions): Promise<ReceivedDatagram> {
    return this.receive(withAddress, undefined, wait);
  }

  /** Waits for a datagram of the peer's. @throws NetworkError ENOTCONN, ECONNREFUSED if the peer's port is closed */
  recv(wait?: WaitOptions): Promise<Uint8Array> {
    return this.receive(alone, undefined, wait);
  }

  /**
   * Waits for a datagram of the peer's, and puts it into `buffer`; what does not fit is lost, as POSIX has it.
   *
   * @returns how many bytes were put there
   */
  recvInto(buffer: ByteBuffer, wait?: WaitOptions): Promise<number> {
    return this.receive(copied, bytesOf(buffer), wait);
  }

  /**
   * Hears a group from now on.
   *
   * @param local this host's address on the interface to join on; absent: the bound one, or the interface that the route says
   * @throws NetworkError EINVAL if it is no group or the socket is not bound, EADDRINUSE if it is joined already, ENETUNREACH,
   * ENOTSUP where the platform cannot
   */
  async join(group: string | IpAddress, local?: string | IpAddress): Promise<void> {
    const udp = this.bindingFor("join group", group);
    if (local === undefined) udp.add(group.toString());
    else if (udp.join !== undefined) udp.join(group.toString(), local.toString());
    else throw noChoice("join group", group);
  }

  /** @param local as in `join` @throws NetworkError EADDRNOTAVAIL if the group is not joined, EINVAL, ENOTSUP */
  async leave(group: string | IpAddress, local?: string | IpAddress): Promise<void> {
    const udp = this.bindingFor("leave group", group);
    if (local === undefined) udp.remove(group.toString());
    else if (udp.leave !== undefined) udp.leave(group.toString(), local.toString());
    else throw noChoice("leave group", group);
  }

  /** Leaves its groups and gives the port back. Calls that wait are rejected with EBADF. More than once is harmless. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#udp?.close();
    this.#udp = undefined;
    this.#peer = undefined;
    this.#receivers.rejectAll(new NetworkError("EBADF", "receive"));
    this.#senders.rejectAll(new NetworkError("EBADF", "send"));
    return Promise.resolve();
  }

  /** `for await` over the datagrams, until the socket is closed. Leaving the loop does not close it. */
  [Symbol.asyncIterator](): AsyncIterableIterator<ReceivedDatagram> {
    return iterate(async () => {
      try {
        return await this.recvFrom();
      } catch (error) {
        if (this.#isClosed) return undefined;
        throw error;
      }
    });
  }

  private onReadable(): void {
    for (let receiver = this.#receivers.first; receiver !== undefined; receiver = this.#receivers.first) {
      const datagram = this.read();
      if (datagram === undefined) return;
      this.#receivers.shift();
      receiver.resolve(receiver.shape(datagram, this.sourceOf(datagram), receiver.target));
    }
  }

  private onError(cause: Error | undefined): void {
    const error =
      cause instanceof NetworkError
        ? cause
        : new NetworkError("ECONNABORTED", "UDP socket", undefined, cause?.message);
    if (this.#peer === undefined && TOLD_TO_CONNECTED.includes(error.code)) return;
    const receiver = this.#receivers.shift();
    if (receiver === undefined) this.#error = error;
    else receiver.reject(error);
  }

  /** @throws NetworkError what the provider's constructor throws */
  private open(bound?: SocketAddress): Udp {
    if (this.#udp !== undefined) return this.#udp;
    const { timeToLive, multicastTimeToLive, multicastLoop, broadcast, reuseAddress } = this.#options;
    this.#udp = new this.#provider.io.UDP({
      address: specifiedText(bound),
      port: bound?.port,
      timeToLive: multicastTimeToLive,
      unicastTimeToLive: timeToLive,
      multicastLoop,
      broadcast,
      reuseAddress,
      onReadable: () => this.onReadable(),
      onError: (error) => this.onError(error),
    });
    this.#bound = bound;
    return this.#udp;
  }

  /** @throws NetworkError EBADF, EINVAL */
  private bindingFor(operation: string, group: string | IpAddress): Udp {
    this.checkOpen(operation);
    if (this.#udp !== undefined) return this.#udp;
    throw new NetworkError("EINVAL", operation, group.toString(), "the socket is not bound to a port");
  }

  /** What every call that sends or receives does first. @throws NetworkError, or the signal's reason */
  private begin(operation: string, wait: WaitOptions | undefined): Limits {
    this.checkOpen(operation);
    const limits = this.limitsFor(wait);
    if (limits.signal?.aborted === true) throw cancellation(limits.signal, operation);
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
    return limits;
  }

  private receive<T>(
    shape: Shape<T>,
    target: Uint8Array | undefined,
    wait: WaitOptions | undefined,
  ): Promise<T> {
    try {
      const limits = this.begin("receive", wait);
      if (shape !== (withAddress as Shape<unknown>) && this.#peer === undefined)
        throw new NetworkError("ENOTCONN", "receive");
      this.open();
      const datagram = this.#receivers.first === undefined ? this.read() : undefined;
      if (datagram !== undefined) return Promise.resolve(shape(datagram, this.sourceOf(datagram), target));
      const receiver = new Receiver(this.#receivers, shape, target);
      if (isLimited(limits)) receiver.limit(limits, "receive on", this.localAddress?.toString());
      this.#receivers.add(receiver);
      return receiver.promise as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The next datagram. A provider that cannot connect lets through what others have sent. */
  private read(): Datagram | undefined {
    const udp = this.#udp!;
    const peer = this.#peer;
    for (let datagram = udp.read(); datagram !== undefined; datagram = udp.read()) {
      if (peer === undefined || udp.connect !== undefined || this.sourceOf(datagram).equals(peer))
        return datagram;
    }
    return undefined;
  }

  private sourceOf({ address, port }: Datagram): SocketAddress {
    const last = this.#source;
    if (last?.port === port && this.#sourceText === address) return last;
    this.#sourceText = address;
    return (this.#source = new SocketAddress(parseIpAddress(address), port));
  }

  private async sendToName(data: ByteBuffer, target: NamedTarget, limits: Limits): Promise<number> {
    const address = await this.resolve(target, limits, "send to");
    this.checkOpen("send");
    return this.write(bytesOf(data), destinationOf(address, address), limits);
  }

  private async resolve(target: NamedTarget, limits: Limits, operation: string): Promise<SocketAddress> {
    const subject = `${target.name}:${target.port}`;
    const work = resolveTarget(target, this.#provider.resolve, operation);
    const [address] = await within(work, limits, operation, subject);
    return address!;
  }

  /** @throws NetworkError what the provider throws, but for want of room, which it waits for */
  private write(bytes: Uint8Array, destination: Destination, limits: Limits): Promise<number> {
    const senders = this.#senders;
    if (senders.first === undefined) {
      try {
        this.give(bytes, destination);
        return Promise.resolve(bytes.length);
      } catch (error) {
        if (!isWouldBlock(error)) throw error;
        this.#provider.timers.set(() => this.retry(), RETRY_INTERVAL);
      }
    }
    const sender = new Sender(senders, bytes, destination);
    if (isLimited(limits)) sender.limit(limits, "send to", textOf(destination));
    senders.add(sender);
    return sender.promise;
  }

  /** @throws NetworkError what the provider throws */
  private give(bytes: Uint8Array, { address, port }: Destination): void {
    const udp = this.open();
    if (this.#peer !== undefined && udp.connect !== undefined) udp.write(bytes);
    else udp.write(bytes, address, port);
  }

  /** Tries what waits for room once more, in its order. */
  private retry(): void {
    const senders = this.#senders;
    for (let sender = senders.first; sender !== undefined; sender = senders.first) {
      try {
        this.give(sender.bytes, sender.destination);
      } catch (error) {
        if (isWouldBlock(error)) break;
        senders.shift();
        sender.reject(error);
        continue;
      }
      senders.shift();
      sender.resolve(sender.bytes.length);
    }
    if (senders.first !== undefined) this.#provider.timers.set(() => this.retry(), RETRY_INTERVAL);
  }

  /** @throws NetworkError EINVAL */
  private limitsFor(wait: WaitOptions | undefined): Limits {
    if (wait === undefined) return this.#limits;
    const error = timeoutError(wait.timeout);
    if (error !== undefined) throw error;
    const { timers, timeout } = this.#limits;
    return { timers, timeout: wait.timeout ?? timeout, signal: wait.signal };
  }

  private checkOpen(operation: string): void {
    if (this.#isClosed) throw new NetworkError("EBADF", operation);
  }
}

/** Who a datagram goes to, as the provider wants it, and as the caller wrote it. */
interface Destination {
  readonly like: AddressLike | undefined;
  readonly address: string;
  readonly port: number;
}

/** @throws NetworkError EINVAL */
function destinationOf(target: SocketAddress, like: AddressLike, operation = "send to"): Destination {
  const { address, port } = target;
  if (port === 0) throw new NetworkError("EINVAL", operation, target.toString(), "0 is no port");
  // Whether an object is the same says something only if it cannot change.
  const isConstant = typeof like === "string" || like instanceof SocketAddress;
  return { like: isConstant ? like : undefined, address: address.toString(), port };
}

function noChoice(operation: string, group: string | IpAddress): NetworkError {
  return new NetworkError(
    "ENOTSUP",
    operation,
    group.toString(),
    "the platform does not let the interface be chosen",
  );
}

function textOf({ address, port }: Destination): string {
  return new SocketAddress(parseIpAddress(address), port).toString();
}

function isWouldBlock(error: unknown): boolean {
  return error instanceof NetworkError && error.code === "EWOULDBLOCK";
}

/** What a call makes of a datagram. */
type Shape<T> = (datagram: Datagram, source: SocketAddress, target: Uint8Array | undefined) => T;

const withAddress: Shape<ReceivedDatagram> = (datagram, address) => ({
  data: new Uint8Array(datagram),
  address,
});

const alone: Shape<Uint8Array> = (datagram) => new Uint8Array(datagram);

const copied: Shape<number> = (datagram, _, target) => {
  const room = target?.length ?? 0;
  const count = Math.min(room, datagram.byteLength);
  target?.set(new Uint8Array(datagram, 0, count));
  return count;
};

class Receiver extends Waiter<unknown> {
  constructor(
    queue: WaitQueue<Receiver>,
    readonly shape: Shape<unknown>,
    readonly target: Uint8Array | undefined,
  ) {
    super(queue);
  }
}

class Sender extends Waiter<number> {
  constructor(
    queue: WaitQueue<Sender>,
    readonly bytes: Uint8Array,
    readonly destination: Destination,
  ) {
    super(queue);
  }
}
