import { Device } from "../../../src/device/index.js";
import { HttpClient } from "../../../src/http/index.js";
import type { LanHost } from "../../lan/index.js";

const HTTP_PORT = 80;

/** What the sender of a transfer writes at a time. */
const PIECE = 4096;

/** Has one host get a page of another's; the story tells what came of it. @throws NetworkError ENETDOWN */
export function fetchPage(from: LanHost, to: LanHost, path: string): void {
  const { stack, timers, clock } = from.machine;
  const app: unknown = to.app;
  const port = app instanceof Device ? app.httpPort : HTTP_PORT;
  const url = `http://${to.address}${port === HTTP_PORT ? "" : `:${port}`}${path}`;
  const client = new HttpClient({ io: stack.io, clock, timers });
  const tell = (text: string): void => from.tell({ topic: "HTTP", text: `GET ${url}: ${text}` });
  client
    .request(url)
    .then(async (response) => tell(`${response.status}, ${(await response.text()).length} characters`))
    .catch((error: Error) => tell(error.message))
    .finally(() => client.close());
}

/** Has one host send so many bytes to another, over a TCP connection. @throws NetworkError ENETDOWN */
export function transfer(from: LanHost, to: LanHost, bytes: number): void {
  const port = receiveOnce(to);
  const piece = new Uint8Array(Math.min(bytes, PIECE)).map((_, index) => 0x61 + (index % 26));
  let left = bytes;
  const tell = (text: string): void =>
    from.tell({ topic: "TCP", text: `${bytes} bytes to ${to.name}: ${text}` });
  new from.stack.io.TCP({
    address: to.address.toString(),
    port,
    onWritable(room) {
      while (room > 0 && left > 0) {
        const part = piece.subarray(0, Math.min(room, left));
        left -= part.length;
        room = this.write(part);
      }
      if (left > 0) return;
      tell("all is written");
      this.close();
    },
    onError: (error) => tell(error?.message ?? "the connection has ended"),
  });
}

/** Listens for one connection and reads what comes. @returns the port */
function receiveOnce(host: LanHost): number {
  const { io } = host.stack;
  const buffer = new Uint8Array(PIECE);
  let count = 0;
  const listener = new io.Listener({
    onReadable() {
      const connection = this.read();
      if (connection === undefined) return;
      this.close();
      new io.TCP({
        from: connection,
        onReadable() {
          for (let length = this.read(buffer); length !== undefined; length = this.read(buffer))
            count += length;
        },
        onError() {
          host.tell({ topic: "TCP", text: `${count} bytes have come` });
          this.close();
        },
      });
    },
  });
  return listener.port;
}
