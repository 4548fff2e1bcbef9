import { spawn } from "node:child_process";
import { once } from "node:events";
import { Helper } from "./helper.js";
import type { Sample } from "./rounds.js";

/** Whose HTTP server it is: each gives the same answers. */
export type HttpContestant = "wirelet" | "node";

/** Connections that ask at the same time. */
const CONNECTIONS = 32;

/** An HTTP server in a process of its own, on this machine's sockets. */
export class HttpServerProcess {
  readonly #helper: Helper;
  readonly #port: number;

  private constructor(helper: Helper, port: number) {
    this.#helper = helper;
    this.#port = port;
  }

  static async start(contestant: HttpContestant): Promise<HttpServerProcess> {
    const helper = new Helper("http-server.ts", [contestant]);
    return new HttpServerProcess(helper, await helper.answer<number>());
  }

  stop(): Promise<void> {
    return this.#helper.stop();
  }

  /** Requests a second that wrk, a process too, gets answered. */
  asking(path: string): Sample {
    return (duration) => runWrk(`http://127.0.0.1:${this.#port}${path}`, duration);
  }
}

/** @param duration ms; wrk counts whole seconds, one at least */
async function runWrk(url: string, duration: number): Promise<number> {
  const seconds = Math.max(1, Math.round(duration / 1000));
  const wrk = spawn("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, url]);
  let output = "";
  wrk.stdout.on("data", (piece) => (output += String(piece)));
  wrk.stderr.on("data", (piece) => (output += String(piece)));
  await once(wrk, "close");
  const rate = /Requests\/sec:\s*([\d.]+)/.exec(output)?.[1];
  // It prints these lines only if there is something to say.
  if (rate === undefined || /Socket errors|Non-2xx/.test(output)) throw new Error(`wrk ${url}: ${output}`);
  return Number(rate);
}
