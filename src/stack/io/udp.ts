import { parseIpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import { bytesOf, type ByteBuffer, type Datagram, type Udp, type UdpOptions } from "../../host/index.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import { UdpEndpoint } from "../udp/endpoint.js";
import { checkPort, localAddress } from "./listener.js";

/** ECMA-419's UDP over a stack. `Stack.io.UDP` binds the stack. */
export class StackUdp implements Udp, Task {
  target: unknown;
  queued = false;
  readonly #stack: Stack;
  readonly #options: UdpOptions;
  readonly #port: number;
  #endpoint: UdpEndpoint | undefined;
  #hasArrived = false;
  #error: NetworkError | undefined;

  /** @throws NetworkError EADDRINUSE, EADDRNOTAVAIL if the address is not this host's, EINVAL for a bad option */
  constructor(stack: Stack, options: UdpOptions) {
    this.#stack = stack;
    this.#options = options;
    this.target = options.target;
    const address = localAddress(stack, options.address, "bind UDP");
    this.#port = stack.udp.choosePort(checkPort(options.port ?? 0, "bind UDP"));
    this.#endpoint = new UdpEndpoint(this.#port, address, {
      datagramArrived: () => {
        this.#hasArrived = true;
        stack.defer(this);
      },
      failed: (error) => {
        this.#error = error;
        stack.defer(this);
      },
    });
    stack.udp.open(this.#endpoint);
  }

  get port(): number {
    return this.#port;
  }

  read(): Datagram | undefined {
    const received = this.#open("receive").read();
    if (received === undefined) return undefined;
    const { data, address, port } = received;
    // ECMA-419: the datagram is an ArrayBuffer that also says where it came from.
    return Object.assign(data.buffer as ArrayBuffer, { address: address.toString(), port });
  }

  write(data: ByteBuffer, address: string, port: number): void {
    const endpoint = this.#open("send");
    if (checkPort(port, "send UDP") === 0)
      throw new NetworkError("EINVAL", "send UDP to", address, "0 is no port");
    this.#stack.udp.send(endpoint, bytesOf(data), parseIpAddress(address), port);
  }

  close(): void {
    if (this.#endpoint !== undefined) this.#stack.udp.close(this.#endpoint);
    this.#endpoint = undefined;
  }

  /** The callback for one thing that has happened; what else has is told in a task of its own. */
  runTask(): void {
    if (this.#endpoint === undefined) return;
    const { count } = this.#endpoint;
    const error = this.#error;
    if (this.#hasArrived) {
      this.#hasArrived = false;
      if (error !== undefined) this.#stack.defer(this);
      if (count > 0) this.#options.onReadable?.call(this, count);
    } else if (error !== undefined) {
      this.#error = undefined;
      this.#options.onError?.call(this, error);
    }
  }

  #open(operation: string): UdpEndpoint {
    if (this.#endpoint === undefined) throw new NetworkError("EBADF", operation);
    return this.#endpoint;
  }
}
