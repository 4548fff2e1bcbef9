import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A script of this folder that runs as a process of its own, and is spoken with in JSON values over a channel. */
export class Helper {
  readonly #process: ChildProcess;
  readonly #died: Promise<never>;

  /** @param namespace the network namespace that it runs in; absent: this process's own */
  constructor(script: string, args: readonly string[], namespace?: string) {
    // Not what this process was started with: a profile of the benchmark is not one of its opponent.
    const node = ["-r", require.resolve("ts-node/register")];
    const inNamespace = {
      execPath: "ip",
      execArgv: ["netns", "exec", namespace ?? "", process.execPath, ...node],
    };
    this.#process = fork(join(__dirname, script), args, {
      ...(namespace === undefined ? { execArgv: node } : inNamespace),
      // Standard output is for results.
      stdio: ["ignore", 2, 2, "ipc"],
    });
    this.#died = once(this.#process, "exit").then(([status]) => {
      throw new Error(`${script} ended with status ${String(status)}`);
    });
    // It may also be that nobody is waiting.
    this.#died.catch(() => undefined);
  }

  /** The next value that it sends. @throws Error if it ends first */
  async answer<T>(): Promise<T> {
    const [value] = (await Promise.race([once(this.#process, "message"), this.#died])) as [T];
    return value;
  }

  /** Sends it a value. @returns its answer */
  ask<T>(question: object): Promise<T> {
    const answer = this.answer<T>();
    this.#process.send(question);
    return answer;
  }

  /** Closes the channel, which is what it waits for, and waits for its end. */
  async stop(): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.disconnect();
    await exited;
  }
}
