import type { ChildProcess } from "node:child_process";

/** How long a test waits for what must come, in ms: many times what it takes, for machines that have much else to do. */
export const PATIENCE = 30_000;
/** Between two looks at a condition, in ms. */
const LOOK_INTERVAL = 10;

/** How a program ended. */
export interface Ending {
  /** Null if a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that a test watches, and talks to, while it runs. */
export class Program {
  stdout = "";
  stderr = "";
  #ending: Ending | undefined;

  /** @param child just started, with its output piped */
  constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    child.on("error", (error) => (this.stderr += `${error.message}\n`));
    child.on("close", (status, signal) => {
      this.#ending = { status, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Waits until its output has something. @throws with what it said, if it ends before, or after `PATIENCE` */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    return until(`"${pattern.source}"`, () => {
      const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (found === null && this.#ending !== undefined) {
        throw new Error(`It ended without "${pattern.source}": ${this.stdout}${this.stderr}`);
      }
      return found ?? undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}\nSo far: ${this.stdout}${this.stderr}`);
    });
  }

  /** Waits for its end; after so many ms it is killed, which its signal shows. */
  async ends(within = PATIENCE): Promise<Ending> {
    const killer = setTimeout(() => this.child.kill("SIGKILL"), within);
    try {
      return await until("the program's end", () => this.#ending, within + 5_000);
    } finally {
      clearTimeout(killer);
    }
  }

  /** Sends it a signal. */
  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** Waits until `look` finds something. @throws if it has not after `within` ms */
export async function until<T>(what: string, look: () => T | undefined, within = PATIENCE): Promise<T> {
  const deadline = performance.now() + within;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`No ${what} within ${within / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL));
  }
}
