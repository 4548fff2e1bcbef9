import type { Tcp } from "../../host/index.js";

/** Who uses a socket: its `target`. */
export interface TcpUser {
  onReadable(): void;
  onWritable(room: number): void;
  onEnd(): void;
  onError(error: Error | undefined): void;
}

/** The same functions for all sockets, whoever uses them now; none costs a closure. */
export const TCP_OPTIONS = Object.freeze({
  noDelay: true,
  nodelay: true,
  onReadable(this: Tcp): void {
    (this.target as TcpUser).onReadable();
  },
  onWritable(this: Tcp, room: number): void {
    (this.target as TcpUser).onWritable(room);
  },
  onEnd(this: Tcp): void {
    (this.target as TcpUser).onEnd();
  },
  onError(this: Tcp, error?: Error): void {
    (this.target as TcpUser).onError(error);
  },
});
