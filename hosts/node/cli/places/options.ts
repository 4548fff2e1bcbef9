import type { Ipv4Address, MacAddress } from "../../../../src/address/index.js";
import { hostAddressOption, ipv4Option, macOption, type HostAddress } from "../address-options.js";
import { UsageError, numberOption, textOption, type OptionValue } from "../options.js";

/** In ms: with more than that on each of two cables, an answer to ARP comes after whoever asked has given up. */
const MAX_LATENCY = 500;

export interface SimulatedPlace {
  readonly seed: number | undefined;
  readonly loss: number | undefined;
  readonly latency: number | undefined;
  /** The file to capture to. */
  readonly pcap: string | undefined;
}

export interface TapPlace {
  /** The kernel's interface. */
  readonly name: string;
  /** This end's; absent: made from the interface's name. */
  readonly mac: MacAddress | undefined;
  /** The address and its network; absent: a DHCP server gives one. */
  readonly address: HostAddress | undefined;
  readonly gateway: Ipv4Address | undefined;
}

/** Where a program runs: on a simulated LAN, on this computer's sockets, or on a stack of its own on a TAP interface. */
export type Place =
  ({ readonly on: "sim" } & SimulatedPlace) | { readonly on: "node" } | ({ readonly on: "tap" } & TapPlace);

const TEXT = { type: "string" } as const;

/** For `parseCall`, with those of the command. */
export const PLACE_OPTIONS = Object.freeze({
  on: TEXT,
  seed: TEXT,
  loss: TEXT,
  latency: TEXT,
  pcap: TEXT,
  interface: TEXT,
  address: TEXT,
  gateway: TEXT,
  mac: TEXT,
});

/** What only one place has. */
const ONLY: Readonly<Record<string, readonly string[]>> = Object.freeze({
  sim: ["seed", "loss", "latency", "pcap"],
  node: [],
  tap: ["interface", "address", "gateway", "mac"],
});

/** The part of a help text that is the same for all commands that run on real networks. */
export const REAL_PLACE_HELP = `  --on node          this computer, with its own sockets
  --on tap           a Linux TAP interface; "wirelet tap --help" tells how to make one
    --interface NAME   the interface (required)
    --address A/P      this host's address and network (default: what a DHCP server gives)
    --gateway A        the router of that network
    --mac MAC          this host's, not the interface's (default: made from the interface's name)
`;

/** The same for those that run on a simulated one, too. */
export const PLACE_HELP = `  --on sim           a simulated LAN
    --loss P         lose each frame with this probability, 0 to 0.9
    --latency MS     of each host's cable, each way, in ms, 0 to ${MAX_LATENCY} (default 1)
    --seed N         decides every random choice: the same seed gives the same run (default 1)
    --pcap FILE      write what crosses the LAN as pcapng, while it happens, for Wireshark or
                     tshark; FILE may be a named pipe
${REAL_PLACE_HELP}`;

type Values = Readonly<Record<string, OptionValue>>;

/** @param usual the place if none is named @throws UsageError */
export function readPlace(values: Values, usual: Place["on"]): Place {
  const on = textOption("on", values.on) ?? usual;
  if (!Object.hasOwn(ONLY, on)) throw new UsageError(`--on takes sim, node or tap, not "${on}".`);
  for (const [place, names] of Object.entries(ONLY)) {
    const misplaced = place === on ? undefined : names.find((name) => values[name] !== undefined);
    if (misplaced !== undefined) throw new UsageError(`--${misplaced} needs --on ${place}.`);
  }
  if (on === "sim") return { on, ...readSimulated(values) };
  if (on === "tap") return { on, ...readTap(values) };
  return { on: "node" };
}

function readSimulated(values: Values): SimulatedPlace {
  return {
    seed: numberOption("seed", values.seed, { minimum: 0, maximum: 2 ** 32 - 1, integer: true }),
    loss: numberOption("loss", values.loss, { minimum: 0, maximum: 0.9 }),
    latency: numberOption("latency", values.latency, { minimum: 0, maximum: MAX_LATENCY }),
    pcap: pcapOption(values.pcap),
  };
}

/** Standard output has what the program says. @throws UsageError */
function pcapOption(value: OptionValue): string | undefined {
  const pcap = textOption("pcap", value);
  if (pcap === "-") throw new UsageError("--pcap takes a file or a named pipe here, not standard output.");
  return pcap;
}

function readTap(values: Values): TapPlace {
  const name = textOption("interface", values.interface);
  if (name === undefined) throw new UsageError("--interface is missing: which TAP interface?");
  const gateway = ipv4Option("gateway", values.gateway);
  const address = hostAddressOption("address", values.address);
  if (gateway !== undefined && address === undefined)
    throw new UsageError("--gateway needs --address: a DHCP server tells its router itself.");
  return { name, mac: macOption("mac", values.mac), address, gateway };
}
