import { Cidr, Ipv4Address, MacAddress } from "../../../../src/address/index.js";
import { parseFilter, type FrameTest } from "../../../../simulator/index.js";
import { UsageError, numberOption, parseCall, textOption } from "../options.js";

const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean" } as const;

/** The network of an address that says none: a home's. */
export const USUAL_PREFIX_LENGTH = 24;

/** Of --speed. */
const SLOWEST = 0.001;
const FASTEST = 1_000_000;

/** Whose part the simulated device plays. */
export interface Part {
  /** As the user said it. */
  readonly text: string;
  /** Either of these. */
  readonly mac: MacAddress | undefined;
  readonly address: Ipv4Address | undefined;
  readonly prefixLength: number;
}

/** What `wirelet replay` is to do. */
export interface Task {
  readonly file: string;
  readonly isList: boolean;
  readonly isJson: boolean;
  readonly filter: FrameTest;
  readonly part: Part | undefined;
  /** Undefined: as fast as it goes. */
  readonly speed: number | undefined;
  readonly pcap: string | undefined;
  readonly seed: number | undefined;
}

/** @throws UsageError, FilterError */
export function readTask(args: readonly string[]): Task {
  const { values, positionals } = parseCall(args, {
    ...{ list: FLAG, json: FLAG, filter: TEXT, to: TEXT, speed: TEXT, pcap: TEXT, seed: TEXT },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError("Name one capture file.");
  const isList = values.list === true;
  const misplaced = ["to", "speed", "pcap", "seed"].find((name) => values[name] !== undefined);
  if (isList && misplaced !== undefined)
    throw new UsageError(`--list sends nothing, so --${misplaced} is for nothing.`);
  return {
    file,
    isList,
    isJson: values.json === true,
    filter: parseFilter(textOption("filter", values.filter) ?? ""),
    part: readPart(textOption("to", values.to)),
    speed: numberOption("speed", values.speed, { minimum: SLOWEST, maximum: FASTEST }),
    pcap: textOption("pcap", values.pcap),
    seed: numberOption("seed", values.seed, { minimum: 0, maximum: 2 ** 32 - 1, integer: true }),
  };
}

function readPart(text: string | undefined): Part | undefined {
  if (text === undefined) return undefined;
  const cidr = Cidr.tryParse(text);
  const address = cidr === undefined ? Ipv4Address.tryParse(text) : cidr.address;
  const mac = MacAddress.tryParse(text);
  if (address?.family === 6 || (address === undefined && mac === undefined)) {
    const examples = "192.168.1.7, 192.168.1.7/24 or 02:00:00:12:34:56";
    throw new UsageError(
      `--to takes an IPv4 address or a MAC of the capture, such as ${examples}, not "${text}".`,
    );
  }
  return { text, mac, address, prefixLength: cidr?.prefixLength ?? USUAL_PREFIX_LENGTH };
}
