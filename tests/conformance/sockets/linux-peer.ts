import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { RemotePeer } from "./suite/remote-peer.js";

/** What it runs on, and with which script. */
export const LINUX_PEER_PROGRAM = "python3";
export const LINUX_PEER_SCRIPT = join(__dirname, "linux-peer.py");

/** Bytes of a connection's send buffer in Linux: least, first and most. What is not read lets no receive buffer grow. */
const SEND_BUFFERS = "/proc/sys/net/ipv4/tcp_wmem";
/** More than receive buffers begin with, and those of a program on top of Linux. */
const ON_TOP = 1024 * 1024;

/** Bytes that are more than a connection between this machine's kernel and a peer takes unread. */
export function kernelFlood(): number {
  const [most = 0] = readFileSync(SEND_BUFFERS, "utf8").trim().split(/\s+/).map(Number).slice(2);
  return most + ON_TOP;
}

/** The kernel's sockets, used by a program of their own: see linux-peer.py. */
export class LinuxPeer extends RemotePeer {
  readonly #process: ChildProcess;
  #errors = "";

  /** @param process of LINUX_PEER_PROGRAM with LINUX_PEER_SCRIPT and the peer's address, its ends piped */
  constructor(process: ChildProcess) {
    super((line) => process.stdin!.write(`${line}\n`));
    this.#process = process;
    createInterface({ input: process.stdout! }).on("line", (line) => this.take(line));
    process.stderr!.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    process.on("close", () => this.fail(`it ended: ${this.#errors}`));
  }

  /** Ends the process by ending its standard input. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#process.exitCode !== null) resolve();
      this.#process.once("close", () => resolve());
      this.#process.stdin!.end();
    });
  }
}
