import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";

const ROOT = join(__dirname, "..", "..");
/** What Node loads first to run TypeScript. */
const LOADERS = ["ts-node/register", join(__dirname, "../../scripts/rooms.cjs")];

/**
 * A network namespace of the test's own: what happens in it never leaves it. `remove` ends the programs that were
 * started in it, and only those.
 */
export class NetworkNamespace {
  readonly name = `wl-${randomBytes(4).toString("hex")}`;
  readonly #programs: ChildProcess[] = [];

  constructor() {
    execFileSync("ip", ["netns", "add", this.name]);
    this.run("ip", "link", "set", "lo", "up");
  }

  /** Runs a program to its end. @returns its standard output. @throws if it fails */
  run(program: string, ...args: string[]): string {
    return execFileSync("ip", ["netns", "exec", this.name, program, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** `run` without holding up this process, which may have to answer the program. @returns status and output */
  async try(program: string, ...args: string[]): Promise<{ status: number | null; output: string }> {
    const child = this.start(program, ...args);
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const [status] = (await once(child, "close")) as [number | null];
    return { status, output };
  }

  /** Starts a program that goes on until `remove`, or until its standard input ends if it heeds that. */
  start(program: string, ...args: string[]): ChildProcess {
    const child = spawn("ip", ["netns", "exec", this.name, program, ...args], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#programs.push(child);
    return child;
  }

  /** Starts a TypeScript file of this repository. */
  startScript(file: string, ...args: string[]): ScriptProcess {
    const loading = LOADERS.flatMap((loader) => ["-r", loader]);
    return new ScriptProcess(this.start(process.execPath, ...loading, join(ROOT, file), ...args));
  }

  async remove(): Promise<void> {
    for (const child of this.#programs) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    }
    execFileSync("ip", ["netns", "delete", this.name]);
  }
}

/** A script that prints one JSON value a line. */
export class ScriptProcess {
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #errors = "";

  constructor(readonly child: ChildProcess) {
    if (child.stdout === null || child.stderr === null) throw new Error("its output is not piped");
    this.#reader = createInterface({ input: child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    child.stderr.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()));
  }

  /** The next line's value. @throws with what is on its standard error, if there is no next line */
  async next<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the script ended: ${this.#errors}`);
    return JSON.parse(value as string) as T;
  }

  /** Ends its standard input. @returns its exit status, and what was on its standard error */
  async finish(): Promise<{ status: number | null; errors: string }> {
    const closed = once(this.child, "close");
    this.child.stdin?.end();
    const [status] = (await closed) as [number | null];
    return { status, errors: this.#errors };
  }
}
