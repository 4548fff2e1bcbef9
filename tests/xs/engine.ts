import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Requirement } from "../support/tools.js";

/** What XS says after each answer. */
export interface EngineUsage {
  /** Computrons: bytecode instructions and the weight of built-ins, for this call alone. */
  readonly compute: number;
  /** Slots in use; garbage is in use until it is collected. A slot is 32 bytes here, 16 on ESP32. */
  readonly currentHeapCount: number;
  /** Bytes the machine has reserved for slots and chunks, in use or not. */
  readonly allocate: number;
}

export interface EngineReply {
  readonly bytes: Uint8Array;
  readonly usage: EngineUsage;
}

/** Whatever runs a bundle that answers bytes with bytes: XS, or V8 beside it for comparison. */
export interface Engine {
  /** Runs a script in the global scope. @throws Error with the message of what it threw */
  evaluate(script: string): Promise<EngineReply>;
  /** Passes `request` to the script's `globalThis.handleCommand` and returns what that answers. */
  command(request: Uint8Array): Promise<EngineReply>;
  stop(): Promise<void>;
}

const DIRECTORIES: Readonly<Record<string, string>> = Object.freeze({ linux: "lin", darwin: "mac" });

/** The program that `build.mjs` compiles: XS, reading commands on descriptor 3 and answering on 4. */
export const XS_WORKER = join(
  __dirname,
  "node_modules/@agoric/xsnap/xsnap-native/xsnap/build/bin",
  DIRECTORIES[process.platform] ?? process.platform,
  "release/xsnap-worker",
);

/** The XS engine, for `describeWith`. */
export function requireXs(): Requirement {
  return { name: "XS", missing: existsSync(XS_WORKER) ? undefined : NOT_INSTALLED };
}

const NOT_INSTALLED = 'the XS engine is not installed (run "npm ci" in tests/xs)';

/** How long a worker may take to end by itself before it is killed, in milliseconds of real time. */
const STOP_GRACE = 2000;

// One byte before each message says what it is.
const EVALUATE = "e";
const COMMAND = "?";
const SNAPSHOT = "w";
const QUIT = "q";
/** Answers what a script has asked for. */
const ANSWER = "/";
const OK = 0x2e;
const ERROR = 0x21;
/** A script asks for something, and waits. */
const ASKED = 0x3f;
/** Ends the usage (JSON) in an answer that is OK. */
const USAGE_END = 0x01;
const COLON = 0x3a;

interface Pending {
  resolve(reply: EngineReply): void;
  reject(reason: Error): void;
}

/**
 * The real XS engine, in a process of its own: `xsnap-worker`, spoken to in netstrings (`5:hello,`). Calls are
 * answered in the order they were made. Metering has no limit.
 */
export class XsEngine implements Engine {
  readonly #worker: ChildProcess;
  readonly #input: Writable;
  readonly #exited: Promise<string>;
  readonly #pending: Pending[] = [];
  /**
   * What a script's `issueCommand` asks for while it runs: the script waits for the answer. What is thrown here rejects the call
   * that made it run, and ends the engine.
   */
  onIssue?: (request: Uint8Array) => Uint8Array;
  #received: Buffer = Buffer.alloc(0);
  #stderr = "";
  #dead: string | undefined;

  /** @throws Error if the engine is not installed */
  constructor(worker = XS_WORKER) {
    if (!existsSync(worker)) throw new Error(`${NOT_INSTALLED}: no ${worker}`);
    // No "-l": without it XS counts computrons but sets no limit.
    this.#worker = spawn(worker, ["wirelet"], { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] });
    this.#input = this.#worker.stdio[3] as Writable;
    this.#worker.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    (this.#worker.stdio[4] as Readable).on("data", (bytes: Buffer) => this.#receive(bytes));
    // A write to a worker that has died; its exit tells the callers.
    this.#input.on("error", () => undefined);
    this.#exited = new Promise((resolve) => {
      const ended = (how: string): void => {
        this.#fail(`the XS engine ended: ${how}${this.#stderr === "" ? "" : `: ${this.#stderr.trim()}`}`);
        resolve(how);
      };
      this.#worker.on("error", (error) => ended(error.message));
      this.#worker.on("close", (code, signal) => ended(signal ?? `status ${String(code)}`));
    });
  }

  /** It was stopped, or has ended by itself. */
  get isOver(): boolean {
    return this.#dead !== undefined;
  }

  evaluate(script: string): Promise<EngineReply> {
    return this.#call(EVALUATE, Buffer.from(script));
  }

  command(request: Uint8Array): Promise<EngineReply> {
    return this.#call(COMMAND, request);
  }

  /** Collects garbage, so that the slots counted are those that are needed. */
  async collect(): Promise<EngineUsage> {
    return (await this.evaluate("gc()")).usage;
  }

  /** Writes the whole machine, after a collection, to a file. */
  async snapshot(path: string): Promise<void> {
    await this.#call(SNAPSHOT, Buffer.from(path));
  }

  /** Ends the worker, by itself or else by a signal to its process, and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.#dead === undefined) {
      this.#dead = "the XS engine was stopped";
      this.#write(QUIT, Buffer.alloc(0));
      this.#input.end();
    }
    const killer = setTimeout(() => this.#worker.kill("SIGKILL"), STOP_GRACE);
    await this.#exited;
    clearTimeout(killer);
  }

  #call(command: string, body: Uint8Array): Promise<EngineReply> {
    return new Promise((resolve, reject) => {
      if (this.#dead !== undefined) {
        reject(new Error(this.#dead));
        return;
      }
      this.#pending.push({ resolve, reject });
      this.#write(command, body);
    });
  }

  #write(command: string, body: Uint8Array): void {
    this.#input.write(Buffer.concat([Buffer.from(`${body.length + 1}:${command}`), body, Buffer.from(",")]));
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    for (;;) {
      const colon = this.#received.indexOf(COLON);
      if (colon < 0) return;
      const end = colon + 1 + Number(this.#received.toString("latin1", 0, colon));
      if (this.#received.length <= end) return;
      this.#answer(this.#received.subarray(colon + 1, end));
      this.#received = this.#received.subarray(end + 1);
    }
  }

  #answer(message: Buffer): void {
    if (message[0] === ASKED) {
      this.#reply(message.subarray(1));
      return;
    }
    const pending = this.#pending.shift();
    if (message[0] === ERROR) {
      pending?.reject(new Error(message.toString("utf8", 1)));
      return;
    }
    const end = message.indexOf(USAGE_END);
    if (message[0] !== OK || end < 0) {
      pending?.reject(new Error(`not an answer of the XS engine: ${message.toString("latin1", 0, 80)}`));
      return;
    }
    const usage = JSON.parse(message.toString("utf8", 1, end)) as EngineUsage;
    pending?.resolve({ bytes: message.subarray(end + 1), usage });
  }

  #reply(request: Uint8Array): void {
    try {
      if (this.onIssue === undefined) throw new Error("nobody answers what the script asks for");
      this.#write(ANSWER, this.onIssue(request));
    } catch (error) {
      this.#fail(String(error instanceof Error ? error.stack : error));
      this.#worker.kill("SIGKILL");
    }
  }

  #fail(reason: string): void {
    this.#dead ??= reason;
    for (const pending of this.#pending.splice(0)) pending.reject(new Error(this.#dead));
  }
}
