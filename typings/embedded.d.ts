/**
 * ECMA-419's sockets under the names that the standard gives their modules, in terms of `wirelet/host`. With
 * `"types": ["wirelet/embedded"]` in its tsconfig, an app that was written for Moddable compiles without Moddable's typings.
 *
 * Two things are as Moddable's typings have them, so that such an app compiles unchanged: a TCP must be told where to connect
 * to, or what to take over; and `read` is not said to give undefined, which it does if there is nothing.
 */

declare module "embedded:io/socket/tcp" {
  import type { ByteBuffer, Tcp, TcpOptions } from "wirelet/host";

  /** ECMA-419's TCP needs an `address`; a `host` is for classes that resolve names, which take the same options. */
  type Remote = ({ address: string } | { host: string }) & { port: number };

  export type Options = (Remote | { from: TCP }) & Omit<TcpOptions<TCP>, "address" | "port" | "from">;

  interface TCP extends Omit<Tcp, "read"> {
    /** Undefined if there is nothing. */
    read(byteLength?: number): number | ArrayBuffer;
    /** @returns how many bytes, undefined if there is nothing */
    read(buffer: ByteBuffer): number;
  }

  const TCP: { new (options: Options): TCP; readonly prototype: TCP };
  export default TCP;
}

declare module "embedded:io/socket/listener" {
  import type TCP from "embedded:io/socket/tcp";
  import type { Listener as HostListener, ListenerOptions } from "wirelet/host";

  interface Listener extends Omit<HostListener, "read"> {
    /** The next connection, undefined if none waits. */
    read(): TCP | undefined;
  }

  const Listener: { new (options: ListenerOptions<Listener>): Listener; readonly prototype: Listener };
  export default Listener;
}

declare module "embedded:io/socket/udp" {
  import type { ByteBuffer, Datagram, Udp, UdpOptions } from "wirelet/host";

  interface UDP extends Omit<Udp, "read"> {
    /** The next datagram, undefined if none waits. */
    read(): Datagram;
    /** @returns its length in bytes, undefined if none waits */
    read(buffer: ByteBuffer): number;
  }

  const UDP: { new (options: UdpOptions<UDP>): UDP; readonly prototype: UDP };
  export default UDP;
}
