import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { corrupt, duplicate, loss, reorder, type FaultRule } from "../../../simulator/index.js";
import type { StackOptions } from "../../../src/stack/index.js";
import { transfer, type Account } from "./stream.js";
import { openTapHost } from "./tap-host.js";

const PORT = 5001;
/** Least, default and most bytes of a socket's receive buffer, in this namespace. */
const RECEIVE_BUFFERS = "/proc/sys/net/ipv4/tcp_rmem";
/** How often the kernel is asked how its connection does, in ms. */
const LOOK_INTERVAL = 20;

/** Rules by name, with what each takes first. */
const RULES: Readonly<Record<string, (probability: number) => FaultRule>> = {
  loss,
  corrupt,
  reorder: (probability) => reorder(probability, 3),
  duplicate: (probability) => duplicate(probability, 1),
};

export interface TransferOptions {
  readonly from: "stack" | "kernel";
  readonly connector: "stack" | "kernel";
  readonly bytes: number;
  readonly stack?: Omit<StackOptions, "random" | "log">;
  readonly offload?: boolean;
  /** Bytes of the kernel's receive buffer; absent: what it thinks best. */
  readonly kernelBuffer?: number;
  /** Probabilities of faults, by the rule's name. */
  readonly faults?: Readonly<Record<string, number>>;
  readonly seed?: number;
}

export interface TransferResult {
  readonly sent: Account;
  readonly received: Account;
  /** The last that `ss -ti` said of the kernel's socket while there was one. */
  readonly tcpInfo: string;
  readonly tcpOutSegs: number;
  readonly tcpRetransSegs: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly hits: number;
}

export async function transferCase(options: TransferOptions): Promise<TransferResult> {
  const { connector, bytes, faults, seed, kernelBuffer, offload } = options;
  const rules = faults && Object.entries(faults).map(([name, probability]) => RULES[name]!(probability));
  const usual = readFileSync(RECEIVE_BUFFERS, "utf8");
  if (kernelBuffer !== undefined)
    writeFileSync(RECEIVE_BUFFERS, `${kernelBuffer} ${kernelBuffer} ${kernelBuffer}`);
  const host = await openTapHost({
    ...options.stack,
    ...(offload === undefined ? {} : { offload }),
    ...(rules && { faults: rules }),
    ...(seed === undefined ? {} : { seed }),
  });
  const [from, to] = options.from === "stack" ? [host.ours, host.kernel] : [host.kernel, host.ours];
  let tcpInfo = "";
  let isLooking = false;
  const look = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    // Not waited for: what keeps this process waiting keeps the stack from acknowledging, and the kernel sends again.
    execFile("ss", ["-tinoH", "dst", host.ours.address], (_, now) => {
      isLooking = false;
      if (now.includes("rtt:")) tcpInfo = now;
    });
  }, LOOK_INTERVAL);
  const accounts = await transfer(from, to, connector === options.from ? "from" : "to", PORT, bytes);
  clearInterval(look);
  const { tcpOutSegs, tcpRetransSegs, drops } = host.stack.counters;
  const { hits } = host;
  host.close();
  writeFileSync(RECEIVE_BUFFERS, usual);
  return { ...accounts, tcpInfo, tcpOutSegs, tcpRetransSegs, drops: { ...drops }, hits };
}
