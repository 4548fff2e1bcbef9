import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const SOURCE = join(__dirname, "../../../../hosts/xs/esp32/native-link.c");
const STAND_IN = join(__dirname, "../stand-in");
const WARNINGS = ["-std=gnu17", "-Wall", "-Wextra", "-Werror"];

/** What looks over the program's shoulder. */
export type Sanitizer = "address,undefined" | "thread";

/** What a command did: what was told meanwhile, and the value or the exception in the end. */
export interface Answer {
  readonly told: readonly string[];
  readonly value: string;
}

/** native-link.c alone, as a compiler sees it. @returns its complaints */
export function compile(...options: readonly string[]): string {
  const { stderr } = gcc([...WARNINGS, ...options, "-c", "-o", "/dev/null", SOURCE]);
  return stderr;
}

/** native-link.c with a stand-in for lwIP and XS, in a process that does as it is told. Commands are in stand-in/main.c. */
export class NativeProgram {
  readonly #folder = mkdtempSync(join(tmpdir(), "native-link-"));
  readonly #process: ChildProcess;
  readonly #input: number;
  readonly #output: number;
  #rest = "";

  private constructor(program: string) {
    const [input, output] = [join(this.#folder, "input"), join(this.#folder, "output")];
    spawnSync("mkfifo", [input, output]);
    const errors = openSync(join(this.#folder, "errors"), "w");
    // Pipes with names can be opened here for calls that wait, which a child's own can't.
    const redirected = ["-c", 'exec "$0" <"$1" >"$2"', program, input, output];
    this.#process = spawn("sh", redirected, { stdio: ["ignore", "ignore", errors] });
    closeSync(errors);
    this.#input = openSync(input, "w");
    this.#output = openSync(output, "r");
  }

  static readonly #built = new Map<Sanitizer, string>();

  /** Compiled once; `cleanUp` removes what was compiled. */
  static start(sanitizer: Sanitizer = "address,undefined"): NativeProgram {
    let program = this.#built.get(sanitizer);
    if (program === undefined) {
      program = build(sanitizer);
      this.#built.set(sanitizer, program);
    }
    return new NativeProgram(program);
  }

  static cleanUp(): void {
    for (const program of this.#built.values()) rmSync(dirname(program), { recursive: true });
    this.#built.clear();
  }

  /** @throws Error with what the program said when it died */
  run(name: string, ...values: readonly (string | number | Uint8Array)[]): Answer {
    const texts = values.map((value) => (value instanceof Uint8Array ? hexOf(value) : String(value)));
    writeSync(this.#input, `${[name, ...texts].join(" ")}\n`);
    const told: string[] = [];
    for (;;) {
      const line = this.#line();
      if (!line.startsWith("> ")) return { told, value: line.replace(/^= /, "") };
      told.push(line.slice(2).trim());
    }
  }

  /** Ends it. @returns what it and its sanitizer have said on standard error, and how it ended if not well */
  async end(): Promise<string> {
    const ended = once(this.#process, "exit");
    closeSync(this.#input);
    const [code] = (await ended) as [number | null];
    closeSync(this.#output);
    const errors = this.#errors();
    rmSync(this.#folder, { recursive: true });
    return code === 0 ? errors : `status ${code}: ${errors}`;
  }

  #line(): string {
    const chunk = Buffer.alloc(4096);
    while (!this.#rest.includes("\n")) {
      const count = readSync(this.#output, chunk);
      if (count === 0) throw new Error(`native-link.c died: ${this.#errors()}`);
      this.#rest += chunk.toString("latin1", 0, count);
    }
    const end = this.#rest.indexOf("\n");
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    return line;
  }

  #errors(): string {
    return readFileSync(join(this.#folder, "errors"), "utf8");
  }
}

/** "-" for no bytes. */
export function hexOf(bytes: Uint8Array): string {
  return bytes.length === 0 ? "-" : Buffer.from(bytes).toString("hex");
}

function build(sanitizer: Sanitizer): string {
  const program = join(mkdtempSync(join(tmpdir(), "native-link-build-")), "program");
  const parts = readdirSync(STAND_IN).filter((name) => name.endsWith(".c"));
  const sources = [SOURCE, ...parts.map((name) => join(STAND_IN, name))];
  const checks = ["-g", "-O1", `-fsanitize=${sanitizer}`, "-fno-sanitize-recover=all", "-pthread"];
  const { status, stderr } = gcc([...WARNINGS, ...checks, "-o", program, ...sources]);
  if (status !== 0) throw new Error(stderr);
  return program;
}

function gcc(options: readonly string[]): { status: number | null; stderr: string } {
  return spawnSync("gcc", [...options, `-I${STAND_IN}`], { encoding: "utf8" });
}
