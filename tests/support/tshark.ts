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
  "_ws.expert.severity",
  "_ws.expert.message",
  "ip.checksum.status",
  "icmp.checksum.status",
  "udp.checksum.status",
  "tcp.checksum.status",
] as const;

/** Between the values of one field: ASCII's unit separator, which no text has in it. */
const SEPARATOR = "\u001f";

/** tshark's verdict on a checksum. */
const GOOD = "1";

/** The severity of an expert's warning; errors are above it. */
const WARNING = 0x600000;

/**
 * Protocols whose expert looks at the message alone. Others judge what happens: TCP's warns of a reset, ARP's of an address
 * that two use, which a test may have wanted.
 */
const JUDGED = ["dhcp"];

/** A frame as tshark understands it. */
export interface CapturedFrame {
  readonly number: number;
  /** The sender's MAC, in lower case. */
  readonly sender: string;
  /** From the outside in: ["eth", "ethertype", "ip", "udp", "dhcp"]. */
  readonly protocols: readonly string[];
  /** tshark's summary: "DHCP Release - Transaction ID 0x…". */
  readonly info: string;
  /** What tshark complains of: "malformed", "ip", "tcp", an expert's words; empty if all is as it should be. */
  readonly faults: readonly string[];
  /** Other fields that were asked for, by their names in tshark's display filters; those that it does not have are left out. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads a capture with tshark, with every checksum checked.
 * @param more names of further fields: "dhcp.id"
 * @param preferences its own, as "tcp.relative_sequence_numbers:FALSE"
 * @throws with tshark's words if it cannot read it all
 */
export async function readCapture(
  file: string,
  more: readonly string[] = [],
  preferences: readonly string[] = [],
): Promise<CapturedFrame[]> {
  const columns = [...FIELDS, ...more].flatMap((field) => ["-e", field]);
  const format = ["-T", "fields", "-E", "occurrence=a", "-E", `aggregator=${SEPARATOR}`];
  const chosen = preferences.flatMap((preference) => ["-o", preference]);
  const args = ["-n", "-r", file, ...CHECK_ALL, ...chosen, ...format, ...columns];
  const { status, stdout, stderr } = await new Program(spawn("tshark", args)).ends();
  if (status !== 0) throw new Error(`tshark cannot read ${file}: ${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseFrame(line, more));
}

function parseFrame(line: string, more: readonly string[]): CapturedFrame {
  const cells = line.split("\t");
  // The first occurrence is the outermost: ICMP errors have other packets' headers in them.
  const firsts = cells.map((cell) => cell.split(SEPARATOR)[0]);
  const [number, sender = "", stack = "", info = "", malformed, , , ip, icmp, udp, tcp] = firsts;
  const protocols = stack.split(":");
  const verdicts = { ip, icmp, udp, tcp };
  const carried = protocols.slice(0, protocols.indexOf("ip") + 2);
  const faults = Object.entries(verdicts)
    .filter(([protocol, verdict]) => carried.includes(protocol) && verdict !== GOOD)
    .map(([protocol]) => protocol);
  if (malformed !== "") faults.push("malformed");
  if (JUDGED.includes(protocols.at(-1)!)) faults.push(...warnings(cells[5]!, cells[6]!));
  const fields = Object.fromEntries(
    more.flatMap((name, index) => {
      const cell = cells[FIELDS.length + index] ?? "";
      return cell === "" ? [] : [[name, cell.split(SEPARATOR)]];
    }),
  );
  return { number: Number(number), sender, protocols, info, faults, fields };
}

function warnings(severities: string, messages: string): string[] {
  const levels = severities.split(SEPARATOR).map(Number);
  return messages.split(SEPARATOR).filter((_, index) => levels[index]! >= WARNING);
}

/** The frames that tshark complains of, each as one line to read. */
export function faultyFrames(frames: readonly CapturedFrame[]): string[] {
  return frames
    .filter(({ faults }) => faults.length > 0)
    .map(({ number, info, faults }) => `${number} ${faults.join(", ")}: ${info}`);
}
