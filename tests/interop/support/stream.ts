import { createHash } from "node:crypto";
import type { Tcp, TcpCallbacks } from "../../../src/host/index.js";
import type { Side } from "./tap-host.js";

const CHUNK = 64 * 1024;
/** A prime: wherever a piece is lost or comes twice, what follows is not what should be there. */
const PERIOD = 131_071;

/** What one end of a transfer has seen of it. */
export interface Account {
  readonly bytes: number;
  readonly sha256: string;
  /** Why it ended early. */
  readonly error?: string;
}

/** One period of what is sent, and a chunk of the next, so that any piece lies in one place. */
function makePattern(): Uint8Array {
  const bytes = new Uint8Array(PERIOD + CHUNK);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul((i % PERIOD) + 1, 0x9e3779b1) >>> 24;
  return bytes;
}

/** Callbacks that write `total` bytes and close. */
export function sending(total: number, done: (account: Account) => void): TcpCallbacks {
  const hash = createHash("sha256");
  const pattern = makePattern();
  let bytes = 0;
  let isDone = false;
  const finish = (error?: Error): void => {
    if (isDone) return;
    isDone = true;
    done({ bytes, sha256: hash.digest("hex"), ...(error && { error: error.message }) });
  };
  return {
    onWritable(this: Tcp, room) {
      while (!isDone && room > 0 && bytes < total) {
        const at = bytes % PERIOD;
        const part = pattern.subarray(at, at + Math.min(room, CHUNK, total - bytes));
        hash.update(part);
        room = this.write(part);
        bytes += part.length;
      }
      if (isDone || bytes < total) return;
      this.close();
      finish();
    },
    onError: finish,
  };
}

/** Callbacks that read until the end, and close. */
export function receiving(done: (account: Account) => void): TcpCallbacks {
  const hash = createHash("sha256");
  let bytes = 0;
  const finish = (error?: Error): void =>
    done({ bytes, sha256: hash.digest("hex"), ...(error && { error: error.message }) });
  return {
    onReadable(this: Tcp) {
      const piece = this.read();
      if (!(piece instanceof ArrayBuffer)) return;
      hash.update(new Uint8Array(piece));
      bytes += piece.byteLength;
    },
    onEnd(this: Tcp) {
      this.close();
      finish();
    },
    onError: finish,
  };
}

/** Accepts one connection on a port, and connects from the other side. */
export function join(
  listener: Side,
  port: number,
  accepting: TcpCallbacks,
  connector: Side,
  connecting: TcpCallbacks,
): void {
  listener.act(() => {
    const { Listener, TCP } = listener.io;
    const server = new Listener({
      port,
      onReadable() {
        const from = this.read();
        if (from === undefined) return;
        new TCP({ from, ...accepting });
        server.close();
      },
    });
  });
  connector.act(() => new connector.io.TCP({ address: listener.address, port, ...connecting }));
}

/** Sends `total` bytes from one side to the other. @returns what each has seen */
export function transfer(
  from: Side,
  to: Side,
  connector: "from" | "to",
  port: number,
  total: number,
): Promise<{ readonly sent: Account; readonly received: Account }> {
  return new Promise((resolve) => {
    let sent: Account | undefined;
    let received: Account | undefined;
    const tell = (): void => {
      if (sent !== undefined && received !== undefined) resolve({ sent, received });
    };
    const sender = sending(total, (account) => {
      sent = account;
      tell();
    });
    const receiver = receiving((account) => {
      received = account;
      tell();
    });
    if (connector === "from") join(to, port, receiver, from, sender);
    else join(from, port, sender, to, receiver);
  });
}
