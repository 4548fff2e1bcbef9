import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program, until } from "../../support/program.js";

/**
 * nginx, with a folder's files, on a socket of the file system. It takes If-Modified-Since as RFC 9110 does, where by default it
 * wants the very date that it has sent.
 */
export class NginxFolder {
  readonly socketPath: string;
  readonly #program: Program;

  /** @param workspace a folder of the test's own, for all that nginx writes */
  constructor(workspace: string, folder: string) {
    this.socketPath = join(workspace, "nginx.sock");
    const place = join(workspace, "nginx");
    mkdirSync(place);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (each) => `${each}_temp_path ${place};`,
    );
    const configuration = join(place, "nginx.conf");
    writeFileSync(
      configuration,
      `daemon off; worker_processes 1; pid ${join(place, "pid")}; error_log stderr;
      ${process.getuid?.() === 0 ? "user root;" : ""}
      events {}
      http {
        access_log off; ${temporary.join(" ")}
        types { text/plain txt; text/html html; } charset utf-8; charset_types text/plain text/html;
        keepalive_requests 1000000; if_modified_since before;
        server { listen unix:${this.socketPath}; root ${folder}; }
      }`,
    );
    const child: ChildProcess = spawn("nginx", ["-c", configuration], { stdio: ["ignore", "pipe", "pipe"] });
    this.#program = new Program(child);
  }

  async ready(): Promise<void> {
    await until("nginx", () => (existsSync(this.socketPath) ? true : undefined));
  }

  async stop(): Promise<void> {
    this.#program.kill("SIGTERM");
    await this.#program.ends();
  }
}
