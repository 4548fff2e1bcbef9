import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { IperfServer, type IperfAccount } from "./iperf-server.js";
import { openTapHost } from "./tap-host.js";

export interface IperfOptions {
  /** The stack sends. */
  readonly reverse: boolean;
  readonly offload?: boolean;
}

/** One direction of iperf3's report. */
interface Sum {
  readonly bytes: number;
  readonly bits_per_second: number;
  readonly retransmits?: number;
}

export interface IperfResult {
  readonly error?: string;
  readonly sent: Sum;
  readonly received: Sum;
  readonly server: IperfAccount;
}

/** The real iperf3 on the kernel's TCP, against its server on the stack. */
export async function iperf({ reverse, offload = false }: IperfOptions): Promise<IperfResult> {
  const host = await openTapHost({ offload });
  const server = new IperfServer(host.stack.io);
  const args = ["-c", host.ours.address, "-t", "1", "-J", ...(reverse ? ["-R"] : [])];
  const { stdout } = await promisify(execFile)("iperf3", args).catch((error: { stdout: string }) => error);
  const { error, end } = JSON.parse(stdout) as { error?: string; end: { sum_sent: Sum; sum_received: Sum } };
  const account = error === undefined ? await server.done : { sent: 0, received: 0 };
  host.close();
  return { ...(error && { error }), sent: end.sum_sent, received: end.sum_received, server: account };
}
