import { NetworkError } from "wirelet/error/index";
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
} from "wirelet/host/index";
import { checkAddress, checkGroup, checkUnbound } from "./endpoint.js";
import { networkError } from "./errors.js";
import type { NativeIo, NativeUdp } from "./native.js";

/** ECMA-419's UDP over Moddable's: IPv4, and no extensions. The Linux simulator has no groups and can't send broadcasts. */
export class XsUdp implements Udp {
  target: unknown;
  /** Undefined where the platform chose it: it does not tell. */
  readonly port: number | undefined;
  readonly #callbacks: Callbacks<UdpOptions, "onReadable" | "onError">;
  #native: NativeUdp | undefined;
  /** Taken from the platform, and not read yet. */
  #next: Datagram | undefined;

  /** @throws NetworkError EADDRINUSE, EINVAL, ENETDOWN before there is a network, ENOTSUP for what the platform can't */
  constructor(native: NativeIo, options: UdpOptions) {
    checkUnbound(options.address, "bind");
    const port = checkPort(options.port ?? 0, 0, "bind");
    const { timeToLive, multicast } = options;
    checkOption("timeToLive", timeToLive, 1, 255);
    if (options.reuseAddress === true)
      throw new NetworkError("ENOTSUP", "bind", `port ${port}`, "the platform's sockets share no ports");
    this.format = options.format ?? "buffer";
    this.#callbacks = callbacksOf(options, "onReadable", "onError");
    this.target = options.target;
    this.port = port === 0 ? undefined : port;
    try {
      const timeToLiveOption = timeToLive !== undefined && { timeToLive };
      this.#native = new native.UDP({ port, ...timeToLiveOption, target: this, onReadable });
    } catch (error) {
      throw networkError(error, "EADDRINUSE", "bind", `port ${port}`);
    }
    if (multicast === undefined) return;
    try {
      this.add(multicast);
    } catch (error) {
      this.close();
      throw error;
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
    const native = this.#open("read");
    const datagram = (this.#next ??= native.read());
    if (datagram === undefined) return undefined;
    const result = readDatagram(datagram, datagram.address, datagram.port, buffer);
    this.#next = undefined;
    return result;
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
    this.#change("join group", group, (native, checked) => native.add?.(checked));
  }

  remove(group: string): void {
    this.#change("leave group", group, (native, checked) => native.remove?.(checked));
  }

  close(): void {
    const native = this.#native;
    this.#native = undefined;
    native?.close();
  }

  onNativeReadable(count: number): void {
    if (this.#native !== undefined) this.#callbacks.onReadable?.call(this, count);
  }

  #change(operation: string, group: string, change: (native: NativeUdp, group: string) => void): void {
    const native = this.#open(operation);
    const checked = checkGroup(group, operation);
    if (native.add === undefined)
      throw new NetworkError("ENOTSUP", operation, group, "the platform has no groups");
    try {
      change(native, checked);
    } catch (error) {
      throw networkError(error, "EADDRNOTAVAIL", operation, group);
    }
  }

  #open(operation: string): NativeUdp {
    if (this.#native === undefined) throw new NetworkError("EBADF", operation);
    return this.#native;
  }
}

function onReadable(this: NativeUdp, count: number): void {
  (this.target as XsUdp).onNativeReadable(count);
}
