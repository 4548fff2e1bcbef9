import type { Listener, Tcp, TcpOptions } from "../../../src/host/index.js";
import { stateName, type TcpConnection } from "../../../src/stack/index.js";
import type { Machine } from "./machine.js";
import { pattern } from "./segment-spec.js";

/** The program on the machine under test: one TCP socket, and an ear for what it is told. */
export class App {
  socket: Tcp | undefined;
  listener: Listener | undefined;
  /** Whether it reads, as the pattern, all that it is told of. */
  readsAlong = false;
  readonly #events: string[] = [];
  #written = 0;
  #read = 0;

  constructor(
    private readonly machine: Machine,
    private readonly peerAddress: string,
    private readonly peerPort: number,
    private readonly ownPort: number,
  ) {}

  connects(options: Partial<TcpOptions> = {}): void {
    const { TCP } = this.machine.stack.io;
    this.socket = new TCP({
      address: this.peerAddress,
      port: this.peerPort,
      ...this.#callbacks(),
      ...options,
    });
    this.machine.settle();
  }

  /** @param accepting false: connections wait until `accepts` is called */
  listens(options: { readonly backlog?: number; readonly accepting?: boolean } = {}): void {
    const { accepting = true, ...rest } = options;
    this.listener = new this.machine.stack.io.Listener({
      port: this.ownPort,
      ...rest,
      onReadable: (count) => {
        if (accepting) this.accepts();
        else this.#events.push(`incoming ${count}`);
      },
    });
  }

  accepts(options: Partial<TcpOptions> = {}): void {
    const from = this.listener?.read();
    if (from === undefined) throw new Error("no connection waits");
    this.socket = new this.machine.stack.io.TCP({ from, ...this.#callbacks(), ...options });
    this.machine.settle();
  }

  /** Text, or so many bytes of the pattern. */
  writes(what: string | number): void {
    const bytes = typeof what === "string" ? Buffer.from(what, "latin1") : pattern(this.#written, what);
    this.#socket.write(bytes);
    this.#written += bytes.length;
    this.machine.settle();
  }

  /** Text that is urgent. */
  writesUrgent(text: string): void {
    this.#socket.writeUrgent!(Buffer.from(text, "latin1"));
    this.#written += text.length;
    this.machine.settle();
  }

  /** All there is, as text. */
  reads(): string {
    const bytes = this.#socket.read();
    this.machine.settle();
    if (bytes === undefined) return "";
    this.#read += (bytes as ArrayBuffer).byteLength;
    return Buffer.from(bytes as ArrayBuffer).toString("latin1");
  }

  /** So many bytes, or all there is, which must be the pattern's. @returns how many */
  readsPattern(count?: number): number {
    const length = this.#takesPattern(count);
    this.machine.settle();
    return length;
  }

  closes(): void {
    this.#socket.close();
    this.machine.settle();
  }

  /** What the socket was told since the last time: "readable 5", "writable 100", "end", "error ECONNRESET". */
  heard(): string[] {
    return this.#events.splice(0);
  }

  /** The states of all connections there are, of half-open ones and of what is left in TIME-WAIT. */
  get states(): string[] {
    return this.machine.stack.tcp.endpoints.all().map(({ state }) => stateName(state));
  }

  /** The only connection there is. */
  get connection(): TcpConnection {
    const [connection, ...others] = this.machine.stack.tcp.connections;
    if (connection === undefined || others.length > 0) throw new Error("there is not one connection");
    return connection;
  }

  get #socket(): Tcp {
    if (this.socket === undefined) throw new Error("there is no socket");
    return this.socket;
  }

  #takesPattern(count?: number): number {
    const bytes = count === undefined ? this.#socket.read() : this.#socket.read(count);
    const read = bytes === undefined ? Buffer.alloc(0) : Buffer.from(bytes as ArrayBuffer);
    if (!read.equals(pattern(this.#read, read.length))) throw new Error("the bytes read are not those sent");
    this.#read += read.length;
    return read.length;
  }

  #callbacks(): Pick<TcpOptions, "onReadable" | "onWritable" | "onUrgent" | "onEnd" | "onError"> {
    return {
      onReadable: (bytes) => {
        this.#events.push(`readable ${bytes}`);
        if (this.readsAlong) this.#takesPattern();
      },
      onWritable: (bytes) => void this.#events.push(`writable ${bytes}`),
      onUrgent: (bytes) => void this.#events.push(`urgent ${bytes}`),
      onEnd: () => void this.#events.push("end"),
      onError: (error) => void this.#events.push(`error ${(error as { code?: string } | undefined)?.code}`),
    };
  }
}
