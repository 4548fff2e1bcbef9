import type { NetworkNamespace } from "../../support/namespace.js";
import { Program, until } from "../../support/program.js";

/** A line of `wirelet dhcp-server --json`. */
export interface ServiceEvent {
  readonly type: string;
  readonly message?: string;
  readonly client?: string;
  readonly address?: string;
  readonly reason?: string;
}

/** `wirelet dhcp-server`, as a user runs it. */
export class DhcpService {
  readonly #program: Program;
  /** Events before this one were waited for. */
  #seen = 0;

  constructor(namespace: NetworkNamespace, options: readonly string[]) {
    const args = ["scripts/wirelet.mjs", "dhcp-server", "--json", ...options];
    this.#program = new Program(namespace.start(process.execPath, ...args));
  }

  get events(): ServiceEvent[] {
    const lines = this.#program.stdout.split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as ServiceEvent);
  }

  /** Waits for the next event like this, behind those that were waited for. */
  async next(like: ServiceEvent): Promise<ServiceEvent> {
    const keys = Object.keys(like) as (keyof ServiceEvent)[];
    const look = (): ServiceEvent | undefined => {
      const { events } = this;
      while (this.#seen < events.length) {
        const event = events[this.#seen++]!;
        if (keys.every((key) => event[key] === like[key])) return event;
      }
      return undefined;
    };
    return until(`${JSON.stringify(like)} of the server`, look).catch((error: Error) => {
      throw new Error(`${error.message}\nSo far: ${this.#program.stdout}${this.#program.stderr}`);
    });
  }

  /** Ends it as Ctrl-C does. @throws if it complains */
  async stop(): Promise<void> {
    this.#program.kill("SIGINT");
    const { status, signal, stderr } = await this.#program.ends();
    if (status !== 0 || stderr !== "")
      throw new Error(`The server ended with ${status ?? signal}: ${stderr}`);
  }

  /** Ends it without a word. */
  async crash(): Promise<void> {
    this.#program.kill("SIGKILL");
    await this.#program.ends();
  }
}
