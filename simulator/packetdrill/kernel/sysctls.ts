import { TCP_PROFILES, type TcpTuning } from "../../../src/stack/index.js";
import { NotOffered } from "./errno.js";

/** A sysctl of Linux: an option of the stack's that it sets, or why it may be passed over. */
export type Sysctl = TuningSysctl | { readonly ignored: string };

interface TuningSysctl {
  /** The option of `TcpTuning`. While the stack has no such option, only the values `builtIn` can be set. */
  readonly option: string;
  readonly convert: (value: string) => unknown;
  /** Another option that the same sysctl sets. */
  readonly also?: TuningSysctl;
  /** The values that say what the stack does anyway. */
  readonly builtIn?: readonly string[];
}

const toNumber = (value: string): number => {
  if (!/^(0x[0-9a-fA-F]+|\d+)$/.test(value)) throw new NotOffered(`"${value}" as a number`);
  return Number(value);
};
const toFlag = (value: string): boolean => toNumber(value) !== 0;
const toSeconds = (value: string): number => toNumber(value) * 1000;
/** "min default max" */
const toInitial = (value: string): number => toNumber(value.split(/\s+/)[1] ?? value);
const toLargest = (value: string): number => toNumber(value.split(/\s+/)[2] ?? value);

/** By Linux's names. @throws NotOffered for one that the stack has not got */
export function toCongestionControl(name: string): TcpTuning["congestionControl"] {
  if (name === "cubic") return "cubic";
  if (name === "reno") return "newreno";
  throw new NotOffered(`the congestion control ${name}`);
}

const toMtuProbing = (value: string): TcpTuning["mtuProbing"] =>
  (["off", "black-hole"] as const)[toNumber(value)] ?? "always";
const toSynCookies = (value: string): TcpTuning["synCookies"] =>
  (["never", "when-full"] as const)[toNumber(value)] ?? "always";
const toEcn = (value: string): TcpTuning["ecn"] => {
  const mode = (["off", "active", "passive"] as const)[toNumber(value)];
  if (mode === undefined) throw new NotOffered("AccECN");
  return mode;
};

/** Linux's first retransmission time-out and its bounds, in ms: what it counts retries with. */
const INITIAL_RTO = 1000;
const MINIMUM_RTO = 200;
const MAXIMUM_RTO = 120_000;

/** When Linux gives up after `retries` retransmissions that doubled their distance, in ms. */
function timeFor(retries: number, first: number): number {
  let total = 0;
  for (let index = 0; index <= retries; index++) total += Math.min(first * 2 ** index, MAXIMUM_RTO);
  return total;
}

const NO_OFFLOAD = "the stack leaves no segmentation to the link";
const NO_PACING = "the stack does not pace";

/** By name, without "net.ipv4."; docs/packetdrill.md explains them. */
export const SYSCTLS: Readonly<Record<string, Sysctl>> = Object.freeze({
  tcp_rmem: {
    option: "receiveBuffer",
    convert: toInitial,
    also: { option: "maxReceiveBuffer", convert: toLargest },
  },
  tcp_wmem: {
    option: "sendBuffer",
    convert: toInitial,
    also: { option: "maxSendBuffer", convert: toLargest },
  },
  tcp_rto_min_us: { option: "minimumRto", convert: (value: string) => toNumber(value) / 1000 },
  tcp_syn_retries: {
    option: "connectTimeout",
    convert: (value: string) => timeFor(toNumber(value), INITIAL_RTO),
  },
  tcp_retries2: { option: "userTimeout", convert: (value: string) => timeFor(toNumber(value), MINIMUM_RTO) },
  tcp_max_orphans: { option: "maxOrphans", convert: toNumber },
  tcp_max_tw_buckets: { option: "maxTimeWait", convert: toNumber },
  tcp_synack_retries: {
    option: "synAckRetries",
    convert: toNumber,
  },
  tcp_timestamps: { option: "timestamps", convert: toFlag },
  tcp_window_scaling: { option: "windowScaling", convert: toFlag },
  tcp_sack: { option: "sack", convert: toFlag },
  tcp_dsack: { option: "dsack", convert: toFlag },
  tcp_recovery: { option: "rack", convert: toFlag, builtIn: ["1"] },
  // Below 3 it was about early retransmit, which Linux no longer has.
  tcp_early_retrans: { option: "tailLossProbe", convert: (value: string) => toNumber(value) >= 3 },
  tcp_frto: { option: "frto", convert: toFlag },
  tcp_reordering: { option: "reordering", convert: toNumber, builtIn: ["3"] },
  tcp_congestion_control: { option: "congestionControl", convert: toCongestionControl },
  tcp_slow_start_after_idle: { option: "slowStartAfterIdle", convert: toFlag },
  tcp_ecn: { option: "ecn", convert: toEcn },
  tcp_syncookies: { option: "synCookies", convert: toSynCookies },
  tcp_max_syn_backlog: { option: "maxSynBacklog", convert: toNumber },
  tcp_fin_timeout: { option: "finTimeout", convert: toSeconds },
  tcp_keepalive_time: { option: "keepAliveTime", convert: toSeconds },
  tcp_keepalive_intvl: { option: "keepAliveInterval", convert: toSeconds },
  tcp_keepalive_probes: { option: "keepAliveProbes", convert: toNumber },
  tcp_mtu_probing: { option: "mtuProbing", convert: toMtuProbing },
  tcp_challenge_ack_limit: { option: "challengeAckLimit", convert: toNumber },
  tcp_abort_on_overflow: { option: "abortOnOverflow", convert: toFlag },
  tcp_autocorking: { option: "autoCorking", convert: toFlag, builtIn: ["0"] },
  tcp_fastopen: { option: "fastOpen", convert: toNumber, builtIn: ["0"] },
  tcp_notsent_lowat: { option: "notSentLowWater", convert: toNumber, builtIn: ["4294967295"] },
  tcp_fastopen_key: { ignored: "it only matters to Fast Open" },
  tcp_ecn_option: { ignored: "it only matters to AccECN" },
  tcp_fack: { ignored: "Linux itself has no FACK any more" },
  tcp_no_metrics_save: { ignored: "each script has a stack of its own" },
  tcp_tso_win_divisor: { ignored: NO_OFFLOAD },
  tcp_min_tso_segs: { ignored: NO_OFFLOAD },
  tcp_limit_output_bytes: { ignored: NO_OFFLOAD },
  tcp_pacing_ss_ratio: { ignored: NO_PACING },
  tcp_pacing_ca_ratio: { ignored: NO_PACING },
});

/** What the `defaults.sh` beside packetdrill's scripts sets; what the stack has no option for is left out. */
export const DEFAULTS: Readonly<Record<string, string>> = Object.freeze({
  tcp_rmem: "4096 540000 15728640",
  tcp_wmem: "4096 262144 4194304",
  tcp_timestamps: "1",
  tcp_syn_retries: "5",
  tcp_synack_retries: "5",
  tcp_frto: "2",
  tcp_sack: "1",
  tcp_dsack: "1",
  tcp_reordering: "3",
  tcp_congestion_control: "cubic",
  tcp_slow_start_after_idle: "0",
  tcp_early_retrans: "4",
  tcp_recovery: "1",
  tcp_ecn: "0",
  // Not in that file, but Linux's own default, which its scripts count on.
  tcp_mtu_probing: "0",
  tcp_syncookies: "1",
});

/**
 * @param name with "net.ipv4."
 * @returns the options to set
 * @throws NotOffered if there is no such sysctl here, or the stack cannot do what it asks for
 */
export function applySysctl(name: string, value: string): Partial<TcpTuning> {
  const key = name.replace(/^net\.ipv4\./, "");
  const sysctl = key !== name && Object.hasOwn(SYSCTLS, key) ? SYSCTLS[key] : undefined;
  if (sysctl === undefined) throw new NotOffered(`the sysctl ${name}`);
  if ("ignored" in sysctl) return {};
  if (isOffered(sysctl)) {
    const { option, convert, also } = sysctl;
    return { [option]: convert(value), ...(also && { [also.option]: also.convert(value) }) };
  }
  if (sysctl.builtIn?.includes(value) === true) return {};
  const instead =
    sysctl.builtIn === undefined ? "" : `; it always behaves as with ${sysctl.builtIn.join(" or ")}`;
  throw new NotOffered(`the sysctl ${name}=${value} (the stack has no such option${instead})`);
}

/** Segments that Linux acknowledges at once when a connection begins: its scripts expect that, though no sysctl sets it. */
const LINUX_QUICK_ACKS = 16;

/** The options of `DEFAULTS` that the stack has, and what Linux does unasked. */
export function defaultTuning(): Partial<TcpTuning> {
  let tuning: Partial<TcpTuning> = { quickAcks: LINUX_QUICK_ACKS };
  for (const [key, value] of Object.entries(DEFAULTS)) {
    const sysctl = SYSCTLS[key]!;
    if (!("ignored" in sysctl) && isOffered(sysctl))
      tuning = { ...tuning, ...applySysctl(`net.ipv4.${key}`, value) };
  }
  return tuning;
}

function isOffered({ option }: TuningSysctl): boolean {
  return Object.hasOwn(TCP_PROFILES.host, option);
}
