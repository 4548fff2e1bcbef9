import type { FirstBoot } from "../../simulator/index.js";
import type { Tcp } from "../../src/host/index.js";

/** Larger than any page of the device. */
const BUFFER_SIZE = 64 * 1024;
/** How long a response may take, in virtual time. */
const PATIENCE = "10s";

/** The laptop's HTTP client on a connection that it keeps as long as it may: as much of HTTP as the device's own pages need. */
export class KeepAliveClient {
  readonly #scenario: FirstBoot;
  readonly #host: string;
  #socket: Tcp;
  readonly #buffer = Buffer.alloc(BUFFER_SIZE);
  #length = 0;
  /** True once the device has ended the connection, as it does after so many requests. */
  #isOver = false;

  /** Connects to the device, which has booted. */
  constructor(scenario: FirstBoot) {
    this.#scenario = scenario;
    this.#host = scenario.device.address.toString();
    this.#socket = this.#connect();
  }

  get(path: string): { readonly status: number; readonly body: string } {
    if (this.#isOver) {
      this.#socket.close();
      this.#socket = this.#connect();
    }
    this.#length = 0;
    this.#socket.write(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n\r\n`));
    let bodyAt = 0;
    let end = Infinity;
    this.#wait(() => {
      if (bodyAt === 0) {
        const headEnd = this.#buffer.subarray(0, this.#length).indexOf("\r\n\r\n");
        if (headEnd < 0) return false;
        bodyAt = headEnd + 4;
        end = bodyAt + contentLength(this.#buffer.toString("latin1", 0, headEnd));
      }
      return this.#length >= end;
    });
    return {
      status: Number(this.#buffer.toString("latin1", "HTTP/1.1 ".length, "HTTP/1.1 200".length)),
      body: this.#buffer.toString("utf8", bodyAt, end),
    };
  }

  close(): void {
    this.#socket.close();
  }

  #connect(): Tcp {
    let isConnected = false;
    const socket: Tcp = new this.#scenario.laptop.stack.io.TCP({
      address: this.#host,
      port: this.#scenario.device.app.httpPort,
      noDelay: true,
      onWritable: () => (isConnected = true),
      onReadable: () => (this.#length += socket.read(this.#buffer.subarray(this.#length)) ?? 0),
      onError: (error) => {
        if (error !== undefined) throw error;
        this.#isOver = true;
      },
    });
    this.#isOver = false;
    this.#wait(() => isConnected);
    return socket;
  }

  #wait(condition: () => boolean): void {
    if (!this.#scenario.lan.simulation.advanceUntil(condition, { within: PATIENCE }))
      throw new Error(`no response within ${PATIENCE} of virtual time`);
  }
}

function contentLength(head: string): number {
  const length = /^content-length: *(\d+)$/im.exec(head)?.[1];
  if (length === undefined) throw new Error("a response without Content-Length");
  return Number(length);
}
