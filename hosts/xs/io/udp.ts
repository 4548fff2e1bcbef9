import { NetworkError } from "wirelet/error/index";
import {
  bytesOf,
  checkFormat,
  readDatagram,
  type ByteBuffer,
  type Datagram,
  type Udp,
  type UdpOptions,
} from "wirelet/host/index";
import { checkAddress, checkPort, checkUnbound } from "./endpoint.js";
import { networkError } from "./errors.js";
import type { NativeIo, NativeUdp } from "./native.js";

/** ECMA-419's UDP over Moddable's: IPv4, at most one group, and no extensions. The Linux simulator can't send broadcasts. */
export class XsUdp implements Udp {
  target: unknown;
  /** Undefined where the platform chose it: it does not tell. */
  readonly port: number | undefined;
  readonly #options: UdpOptions;
  #native: NativeUdp | undefined;

  /** @throws NetworkError EADDRINUSE, EINVAL, ENETDOWN before there is a network, ENOTSUP with an address */
  constructor(native: NativeIo, options: UdpOptions) {
    checkUnbound(options.address, "bind");
    const port = checkPort(options.port ?? 0, 0, "bind");
    this.format = options.format ?? "buffer";
    this.#options = options;
    this.target = options.target;
    this.port = port === 0 ? undefined : port;
    try {
      this.#native = new native.UDP({ port, ...groupOf(options), target: this, onReadable });
    } catch (error) {
      throw networkError(error, "EADDRINUSE", "bind", `port ${port}`);
    }
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
    const datagram = this.#open("read").read();
    return datagram && readDatagram(datagram, datagram.address, datagram.port, buffer);
  }

  write(data: ByteBuffer, address?: string, port?: number): void {
    const native = this.#open("write");
    const to = checkAddress(address, "send");
    const toPort = checkPort(port, 1, "send");
    try {
      native.write(bytesOf(data), to, toPort);
    } catch (error) {
      throw networkError(error, "ENETUNREACH", "send", `${to}:${toPort}`);
    }
  }

  add(group: string): void {
    const native = this.#open("join");
    checkAddress(group, "join group");
    if (native.add === undefined) throw new NetworkError("ENOTSUP", "join group", group);
    try {
      native.add(group);
    } catch (error) {
      throw networkError(error, "EINVAL", "join group", group);
    }
  }

  remove(group: string): void {
    const native = this.#open("leave");
    checkAddress(group, "leave group");
    if (native.remove === undefined) throw new NetworkError("ENOTSUP", "leave group", group);
    try {
      native.remove(group);
    } catch (error) {
      throw networkError(error, "EINVAL", "leave group", group);
    }
  }

  close(): void {
    const native = this.#native;
    this.#native = undefined;
    native?.close();
  }

  onNativeReadable(count: number): void {
    if (this.#native !== undefined) this.#options.onReadable?.call(this, count);
  }

  #open(operation: string): NativeUdp {
    if (this.#native === undefined) throw new NetworkError("EBADF", operation);
    return this.#native;
  }
}

/** ECMA-419 wants a time to live with each group. */
function groupOf({ multicast, timeToLive = 1 }: UdpOptions): { multicast?: string; timeToLive?: number } {
  return multicast === undefined ? {} : { multicast, timeToLive };
}

function onReadable(this: NativeUdp, count: number): void {
  (this.target as XsUdp).onNativeReadable(count);
}
