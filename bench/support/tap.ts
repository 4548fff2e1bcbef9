import { NetworkNamespace } from "../../tests/support/namespace.js";
import { Helper } from "./helper.js";
import { LoopbackServer } from "./loopback.js";

export const TAP = "tap0";
export const STACK_ADDRESS = "10.79.0.2";
export const KERNEL_ADDRESS = "10.79.0.1";
export const PREFIX_LENGTH = 24;

/** What the stack's process is asked for. */
export interface Transfer {
  readonly direction: "send" | "receive";
  readonly port: number;
  /** In ms. */
  readonly duration: number;
}

/** And what it answers. */
export interface Rate {
  readonly bytes: number;
  /** In ms. */
  readonly elapsed: number;
}

/**
 * This stack and the kernel's, joined by a TAP device, each with a program in a process of its own, in a network
 * namespace that nobody else sees.
 */
export class TapBench {
  private constructor(
    private readonly namespace: NetworkNamespace,
    private readonly stack: Helper,
    private readonly servers: { readonly send: LoopbackServer; readonly receive: LoopbackServer },
  ) {}

  /** @param offload large segments cross the interface whole */
  static async start(offload: boolean): Promise<TapBench> {
    const namespace = new NetworkNamespace();
    namespace.run("ip", "tuntap", "add", "dev", TAP, "mode", "tap");
    namespace.run("ip", "address", "add", `${KERNEL_ADDRESS}/${PREFIX_LENGTH}`, "dev", TAP);
    namespace.run("ip", "link", "set", TAP, "up");
    const send = await LoopbackServer.start("discard", namespace.name);
    const receive = await LoopbackServer.start("source", namespace.name);
    const stack = new Helper("tap-stack.ts", offload ? ["offload"] : [], namespace.name);
    await stack.answer();
    return new TapBench(namespace, stack, { send, receive });
  }

  /** Bulk data, sent or received by the stack. */
  transfer(direction: Transfer["direction"], duration: number): Promise<Rate> {
    return this.stack.ask({ direction, duration, port: this.servers[direction].port });
  }

  async stop(): Promise<void> {
    await Promise.all([this.stack.stop(), this.servers.send.stop(), this.servers.receive.stop()]);
    await this.namespace.remove();
  }
}
