import type { Io, Listener, Tcp } from "../../../src/host/index.js";

/** Where iperf3 looks for its server. */
export const IPERF_PORT = 5201;

/** What each connection begins with: 36 letters and a zero, the same on all connections of a test. */
const COOKIE_LENGTH = 37;
const CHUNK = 64 * 1024;

/** What the two sides tell each other on the control connection, one byte each: iperf_api.h. */
const TEST_START = 1;
const TEST_RUNNING = 2;
const TEST_END = 4;
const PARAM_EXCHANGE = 9;
const CREATE_STREAMS = 10;
const EXCHANGE_RESULTS = 13;
const DISPLAY_RESULTS = 14;
const IPERF_DONE = 16;

/** As much as there is of what the client asks for. */
interface Parameters {
  /** The server sends. */
  readonly reverse?: boolean;
}

/** What the server has counted when all connections of a test are closed. */
export interface IperfAccount {
  readonly sent: number;
  readonly received: number;
}

/**
 * iperf3's server, as much of it as one TCP stream each way needs: the control connection's states, and a stream that
 * is read or written as fast as it goes.
 */
export class IperfServer {
  /** The test is over, and the stream at its end. */
  readonly done: Promise<IperfAccount>;
  #finish!: (account: IperfAccount) => void;
  #control: Tcp | undefined;
  /** What has come on the control connection and was not read yet. */
  #pending = Buffer.alloc(0);
  #expects: "cookie" | "parameters" | "end" | "results" | "done" = "cookie";
  #reverse = false;
  #endStream: (() => void) | undefined;
  #isRunning = false;
  #begin = 0;
  #sent = 0;
  #received = 0;

  constructor(io: Io) {
    this.done = new Promise((resolve) => (this.#finish = resolve));
    const listener: Listener = new io.Listener({
      port: IPERF_PORT,
      onReadable: () => {
        for (let from = listener.read(); from !== undefined; from = listener.read()) {
          if (this.#control === undefined) this.#control = this.#accept(io, from);
          else this.#acceptStream(io, from);
        }
      },
    });
  }

  #accept(io: Io, from: Tcp): Tcp {
    const control: Tcp = new io.TCP({
      from,
      onReadable: () => {
        const bytes = control.read();
        if (bytes instanceof ArrayBuffer) this.#pending = Buffer.concat([this.#pending, Buffer.from(bytes)]);
        while (this.#advance());
      },
      onEnd: () => control.close(),
    });
    return control;
  }

  #acceptStream(io: Io, from: Tcp): void {
    const chunk = new Uint8Array(CHUNK);
    let cookieLeft = COOKIE_LENGTH;
    let room = 0;
    const send = (): void => {
      if (!this.#isRunning || !this.#reverse) return;
      for (; room >= CHUNK; this.#sent += CHUNK) room = stream.write(chunk);
    };
    const finish = (): void => {
      stream.close();
      this.#finish({ sent: this.#sent, received: this.#received });
    };
    const stream: Tcp = new io.TCP({
      from,
      onReadable: () => {
        for (let count = stream.read(chunk); count !== undefined; count = stream.read(chunk)) {
          const cookie = Math.min(count, cookieLeft);
          cookieLeft -= cookie;
          this.#received += count - cookie;
          if (cookie === 0 || cookieLeft > 0) continue;
          this.#start();
          send();
        }
      },
      onWritable: (free) => {
        room = free;
        send();
      },
      onEnd: finish,
    });
    this.#endStream = finish;
  }

  #start(): void {
    this.#say(TEST_START);
    this.#say(TEST_RUNNING);
    this.#isRunning = true;
    this.#begin = performance.now();
  }

  /** One step of the dialogue. @returns false if its words are not all there */
  #advance(): boolean {
    switch (this.#expects) {
      case "cookie":
        if (this.#take(COOKIE_LENGTH) === undefined) return false;
        this.#say(PARAM_EXCHANGE);
        this.#expects = "parameters";
        return true;
      case "parameters": {
        const parameters = this.#takeJson() as Parameters | undefined;
        if (parameters === undefined) return false;
        this.#reverse = parameters.reverse === true;
        this.#say(CREATE_STREAMS);
        this.#expects = "end";
        return true;
      }
      case "end":
        if (this.#take(1)?.[0] !== TEST_END) return false;
        this.#isRunning = false;
        // A client waits for whole blocks, unless it sees the end.
        if (this.#reverse) this.#endStream?.();
        this.#say(EXCHANGE_RESULTS);
        this.#expects = "results";
        return true;
      case "results":
        if (this.#takeJson() === undefined) return false;
        this.#sayJson(this.#results());
        this.#say(DISPLAY_RESULTS);
        this.#expects = "done";
        return true;
      case "done":
        return this.#take(1)?.[0] === IPERF_DONE;
    }
  }

  #results(): object {
    const stream = {
      id: 1,
      bytes: this.#reverse ? this.#sent : this.#received,
      retransmits: -1,
      jitter: 0,
      errors: 0,
      packets: 0,
      start_time: 0,
      end_time: (performance.now() - this.#begin) / 1000,
    };
    return {
      cpu_util_total: 0,
      cpu_util_user: 0,
      cpu_util_system: 0,
      sender_has_retransmits: 0,
      streams: [stream],
    };
  }

  #take(length: number): Buffer | undefined {
    if (this.#pending.length < length) return undefined;
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return taken;
  }

  /** Its length in 32 bits, then the text. */
  #takeJson(): unknown {
    if (this.#pending.length < 4) return undefined;
    const length = this.#pending.readUInt32BE();
    const text = this.#pending.length < 4 + length ? undefined : this.#take(4 + length);
    return text && JSON.parse(text.toString("utf8", 4));
  }

  #say(state: number): void {
    this.#control!.write(Uint8Array.of(state));
  }

  #sayJson(value: object): void {
    const text = Buffer.from(JSON.stringify(value));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    this.#control!.write(Buffer.concat([length, text]));
  }
}
