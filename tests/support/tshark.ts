import { spawn } from "node:child_process";
import { Program } from "./program.js";

/** tshark takes checksums on trust unless it is told to check them. */
const CHECK_ALL = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);

/** The columns that `readCapture` asks for. */
const FIELDS = [
  "frame.number",
  "eth.src",
  "frame.protocols",
  "_ws.col.Info",
  "_ws.malformed",
  "ip.checksum.status",
  "icmp.checksum.status",
  "udp.checksum.status",
  "tcp.checksum.status",
] as const;

/** tshark's verdict on a checksum. */
const GOOD = "1";

/** A frame as tshark understands it. */
export interface CapturedFrame {
  readonly number: number;
  /** The sender's MAC, in lower case. */
  readonly sender: string;
  /** From the outside in: ["eth", "ethertype", "ip", "udp", "dhcp"]. */
  readonly protocols: readonly string[];
  /** tshark's summary: "DHCP Release - Transaction ID 0x…". */
  readonly info: string;
  /** What tshark complains of: "malformed", "ip", "tcp"; empty if all is as it should be. */
  readonly faults: readonly string[];
}

/** Reads a capture with tshark, with every checksum checked. @throws with tshark's words if it cannot read it all */
export async function readCapture(file: string): Promise<CapturedFrame[]> {
  const columns = FIELDS.flatMap((field) => ["-e", field]);
  // The first occurrence is the outermost: ICMP errors have other packets' headers in them.
  const args = ["-n", "-r", file, ...CHECK_ALL, "-T", "fields", "-E", "occurrence=f", ...columns];
  const { status, stdout, stderr } = await new Program(spawn("tshark", args)).ends();
  if (status !== 0) throw new Error(`tshark cannot read ${file}: ${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(parseFrame);
}

function parseFrame(line: string): CapturedFrame {
  const [number = "", sender = "", stack = "", info = "", malformed = "", ip, icmp, udp, tcp] =
    line.split("\t");
  const protocols = stack.split(":");
  const verdicts = { ip, icmp, udp, tcp };
  const carried = protocols.slice(0, protocols.indexOf("ip") + 2);
  const faults = Object.entries(verdicts)
    .filter(([protocol, verdict]) => carried.includes(protocol) && verdict !== GOOD)
    .map(([protocol]) => protocol);
  if (malformed !== "") faults.push("malformed");
  return { number: Number(number), sender, protocols, info, faults };
}

/** The frames that tshark complains of, each as one line to read. */
export function faultyFrames(frames: readonly CapturedFrame[]): string[] {
  return frames
    .filter(({ faults }) => faults.length > 0)
    .map(({ number, info, faults }) => `${number} ${faults.join(", ")}: ${info}`);
}
