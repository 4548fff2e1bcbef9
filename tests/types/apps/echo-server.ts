import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";

/** Moddable's typings leave out that sockets are closed. */
interface Closable {
  close(): void;
}

class Echo extends TCP {
  static count = 0;
  readonly number = ++Echo.count;

  constructor(from: TCP) {
    super({
      from,
      format: "buffer",
      target: { since: 0 },
      onReadable(bytes) {
        const data = this.read(bytes);
        if (typeof data === "number") throw new Error("not a byte");
        echo(this, data);
      },
      onError() {
        this.close();
      },
    });
  }
}

function echo(socket: TCP, data: ArrayBuffer): void {
  socket.write(data);
  socket.write(new Uint8Array(data).subarray(0, 1));
}

const listener = new Listener({
  port: 7,
  onReadable(requests) {
    while (requests--) {
      const from = this.read();
      if (from === undefined) return;
      const peer: string | undefined = from.remoteAddress;
      const port: number | undefined = from.remotePort;
      if (peer === undefined || port === undefined) from.close();
      else new Echo(from);
    }
  },
});

const format: "socket/tcp" = listener.format;
listener.format = format;
export const port: number = listener.port;
export const stop = (): void => (listener as unknown as Closable).close();
