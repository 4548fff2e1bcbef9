import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";

/** What a `LoopbackServer` does with a connection: RFC 862's and RFC 863's services, or closing it at once. */
export type Service = "echo" | "discard" | "close";

/** A server of Node's own, in a process of its own, behind the kernel's loopback interface. */
export class LoopbackServer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
  ) {}

  static async start(service: Service): Promise<LoopbackServer> {
    const child = fork(join(__dirname, "loopback-server.ts"), [service], {
      // Not what this process was started with: a profile of the benchmark is not one of its opponent.
      execArgv: ["-r", require.resolve("ts-node/register")],
      // Standard output is for results.
      stdio: ["ignore", 2, 2, "ipc"],
    });
    const died = once(child, "exit").then(([status]) => {
      throw new Error(`the ${service} server ended with status ${String(status)} before it listened`);
    });
    const [port] = (await Promise.race([once(child, "message"), died])) as [number];
    return new LoopbackServer(child, port);
  }

  async connect(): Promise<Socket> {
    const socket = connect({ host: "127.0.0.1", port: this.port, noDelay: true });
    await once(socket, "connect");
    return socket;
  }

  async stop(): Promise<void> {
    const exited = once(this.process, "exit");
    // Its end of the channel closes, which is what it waits for.
    this.process.disconnect();
    await exited;
  }
}
