import { SocketAddress, parseIpAddress, type IpAddress, type Ipv4Address } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import {
  bytesOf,
  callbacksOf,
  checkFormat,
  checkOption,
  checkPort,
  readDatagram,
  type ByteBuffer,
  type Callbacks,
  type Datagram,
  type Udp,
  type UdpOptions,
} from "../../host/index.js";
import type { StackInterface } from "../interface/interface.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import { UdpEndpoint } from "../udp/endpoint.js";
import { checkLocalAddress, checkLocalPort, typeOfServiceOf } from "./options.js";

/** ECMA-419's UDP over a stack. `Stack.io.UDP` binds the stack. */
export class StackUdp implements Udp, Task {
  target: unknown;
  queued = false;
  readonly #stack: Stack;
  readonly #callbacks: Callbacks<UdpOptions, "onReadable" | "onError">;
  readonly #port: number;
  #endpoint: UdpEndpoint | undefined;
  #hasArrived = false;
  #error: NetworkError | undefined;

  /**
   * @throws NetworkError EADDRINUSE, EADDRNOTAVAIL if the address is not this host's, EACCES for a port that the stack
   * refuses, EINVAL for a bad option, and what `join` throws
   */
  constructor(stack: Stack, options: UdpOptions) {
    this.#stack = stack;
    this.format = options.format ?? "buffer";
    this.#callbacks = callbacksOf(options, "onReadable", "onError");
    this.target = options.target;
    const shared = options.reuseAddress ?? false;
    const address = checkLocalAddress(stack, options.address, "bind UDP");
    const port = checkLocalPort(stack, options.port, "bind UDP");
    const sending = {
      multicastTimeToLive: checkOption("timeToLive", options.timeToLive, 0, 255),
      unicastTimeToLive: checkOption("unicastTimeToLive", options.unicastTimeToLive, 1, 255),
      multicastLoop: options.multicastLoop ?? true,
      typeOfService: typeOfServiceOf(options.dscp),
      broadcast: options.broadcast ?? false,
    };
    this.#port = stack.udp.choosePort(port, address, shared);
    this.#endpoint = new UdpEndpoint(this.#port, address, shared, sending, stack.udp.tuning, {
      datagramArrived: () => {
        this.#hasArrived = true;
        stack.defer(this);
      },
      failed: (error) => {
        this.#error = error;
        stack.defer(this);
      },
    });
    if (options.multicast !== undefined) this.join(options.multicast);
    stack.udp.open(this.#endpoint);
  }

  get format(): "buffer" {
    return "buffer";
  }

  set format(format: "buffer") {
    checkFormat(format, "buffer");
  }

  get port(): number {
    return this.#port;
  }

  get address(): string | undefined {
    return this.#endpoint?.address?.toString();
  }

  read(): Datagram | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(buffer?: ByteBuffer): Datagram | number | undefined {
    const endpoint = this.open("receive");
    const { first } = endpoint;
    if (first === undefined) return undefined;
    const { data, address, port } = first;
    const result = readDatagram(data.buffer as ArrayBuffer, address.toString(), port, buffer);
    endpoint.removeFirst();
    return result;
  }

  write(data: ByteBuffer, address?: string, port?: number): void {
    const endpoint = this.open("send");
    const { peer } = endpoint;
    const bytes = bytesOf(data);
    if (peer !== undefined && address !== undefined) {
      const detail = `the socket is connected to ${peer.toString()}`;
      throw new NetworkError("EISCONN", "send UDP to", address, detail);
    }
    const to = peer ?? parseRemote(address, port, "send UDP to");
    this.#stack.udp.send(endpoint, bytes, to.address, to.port);
  }

  connect(address: string, port: number): void {
    const endpoint = this.open("connect UDP");
    this.#stack.udp.connect(endpoint, parseRemote(address, port, "connect UDP to"));
  }

  add(group: string): void {
    this.join(group);
  }

  remove(group: string): void {
    this.leave(group);
  }

  join(group: string, address?: string): void {
    const endpoint = this.open("join");
    const { value } = parseGroup(group, "join group");
    const device = this.interfaceFor(parseGroup(group, "join group"), address);
    if (endpoint.isMember(value, device)) throw new NetworkError("EADDRINUSE", "join group", group);
    device.joinGroup(value);
    endpoint.memberships.push({ group: value, device });
  }

  leave(group: string, address?: string): void {
    const { memberships } = this.open("leave");
    const { value } = parseGroup(group, "leave group");
    const own = address === undefined ? undefined : parseIpAddress(address);
    const at = memberships.findIndex(
      (membership) => membership.group === value && (own === undefined || membership.device.owns(own)),
    );
    const [membership] = at < 0 ? [] : memberships.splice(at, 1);
    if (membership === undefined) throw new NetworkError("EADDRNOTAVAIL", "leave group", group);
    membership.device.leaveGroup(value);
  }

  close(): void {
    const endpoint = this.#endpoint;
    this.#endpoint = undefined;
    if (endpoint === undefined) return;
    this.#stack.udp.close(endpoint);
    for (const { device, group } of endpoint.memberships.splice(0)) device.leaveGroup(group);
  }

  /** The callback for one thing that has happened; what else has is told in a task of its own. */
  runTask(): void {
    if (this.#endpoint === undefined) return;
    const { count } = this.#endpoint;
    const error = this.#error;
    if (this.#hasArrived) {
      this.#hasArrived = false;
      if (error !== undefined) this.#stack.defer(this);
      if (count > 0) this.#callbacks.onReadable?.call(this, count);
    } else if (error !== undefined) {
      this.#error = undefined;
      this.#callbacks.onError?.call(this, error);
    }
  }

  private open(operation: string): UdpEndpoint {
    if (this.#endpoint === undefined) throw new NetworkError("EBADF", operation);
    return this.#endpoint;
  }

  /** The interface that has `address`, or the address that the socket is bound to, or that the group is reached by. */
  private interfaceFor(group: Ipv4Address, address: string | undefined): StackInterface {
    const { interfaces, ip } = this.#stack;
    const own: IpAddress | undefined =
      address === undefined ? this.#endpoint?.address : parseIpAddress(address);
    const device =
      own !== undefined
        ? interfaces.find((candidate) => candidate.owns(own))
        : (ip.path(group)?.device ?? interfaces.find((candidate) => !candidate.isLoopback));
    if (device === undefined) throw new NetworkError("ENETUNREACH", "join group", group.toString());
    return device;
  }
}

/** @throws NetworkError EINVAL */
function parseGroup(text: string, operation: string): Ipv4Address {
  const group = parseIpAddress(text);
  if (group.family !== 4 || !group.isMulticast)
    throw new NetworkError("EINVAL", operation, text, "it is no IPv4 group");
  return group;
}

/** @throws NetworkError EINVAL */
function parseRemote(
  address: string | undefined,
  port: number | undefined,
  operation: string,
): SocketAddress {
  if (address === undefined) throw new NetworkError("EINVAL", operation, undefined, "no address given");
  return new SocketAddress(parseIpAddress(address), checkPort(port, 1, operation));
}
