import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Helper } from "./helper.js";

/**
 * What a server does with a connection: RFC 862's and RFC 863's services, sending as long as it is asked to, or
 * closing it at once.
 */
export type Service = "echo" | "discard" | "source" | "close";

/** A server of Node's own, in a process of its own, on the kernel's sockets. */
export class LoopbackServer {
  private constructor(
    private readonly helper: Helper,
    readonly port: number,
  ) {}

  /** @param namespace a network namespace other than this process's own */
  static async start(service: Service, namespace?: string): Promise<LoopbackServer> {
    const helper = new Helper("loopback-server.ts", [service], namespace);
    return new LoopbackServer(helper, await helper.answer<number>());
  }

  async connect(): Promise<Socket> {
    const socket = connect({ host: "127.0.0.1", port: this.port, noDelay: true });
    await once(socket, "connect");
    return socket;
  }

  stop(): Promise<void> {
    return this.helper.stop();
  }
}
