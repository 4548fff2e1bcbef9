import { TcpState, type TcpConnection } from "../../../src/stack/index.js";
import { IPV4_HEADER_LENGTH, TCP_TIMESTAMPS_LENGTH } from "../../../src/wire/index.js";

/** The states by Linux's numbers, which `tcpi_state` has. */
export const TCP_STATES = Object.freeze({
  TCP_ESTABLISHED: 1,
  TCP_SYN_SENT: 2,
  TCP_SYN_RECV: 3,
  TCP_FIN_WAIT1: 4,
  TCP_FIN_WAIT2: 5,
  TCP_TIME_WAIT: 6,
  TCP_CLOSE: 7,
  TCP_CLOSE_WAIT: 8,
  TCP_LAST_ACK: 9,
  TCP_LISTEN: 10,
  TCP_CLOSING: 11,
});

/** The bits of `tcpi_options`. */
export const TCP_INFO_OPTIONS = Object.freeze({
  TCPI_OPT_TIMESTAMPS: 1,
  TCPI_OPT_SACK: 2,
  TCPI_OPT_WSCALE: 4,
  TCPI_OPT_ECN: 8,
  TCPI_OPT_ECN_SEEN: 16,
  TCPI_OPT_SYN_DATA: 32,
});

const STATE_NUMBERS: Readonly<Record<TcpState, number>> = Object.freeze({
  [TcpState.CLOSED]: TCP_STATES.TCP_CLOSE,
  [TcpState.SYN_SENT]: TCP_STATES.TCP_SYN_SENT,
  [TcpState.SYN_RECEIVED]: TCP_STATES.TCP_SYN_RECV,
  [TcpState.ESTABLISHED]: TCP_STATES.TCP_ESTABLISHED,
  [TcpState.FIN_WAIT_1]: TCP_STATES.TCP_FIN_WAIT1,
  [TcpState.FIN_WAIT_2]: TCP_STATES.TCP_FIN_WAIT2,
  [TcpState.CLOSE_WAIT]: TCP_STATES.TCP_CLOSE_WAIT,
  [TcpState.CLOSING]: TCP_STATES.TCP_CLOSING,
  [TcpState.LAST_ACK]: TCP_STATES.TCP_LAST_ACK,
  [TcpState.TIME_WAIT]: TCP_STATES.TCP_TIME_WAIT,
});

/** `tcpi_ca_state`, by Linux's numbers. */
const CONGESTION_STATES = Object.freeze({ open: 0, disorder: 1, reduced: 2, recovery: 3, loss: 4 });

/** What Linux says while there was no loss yet. */
const INFINITE_THRESHOLD = 0x7fffffff;

/**
 * `tcp_info` as far as the stack tells it, in Linux's units: times in µs, windows in segments. A field that is not
 * here makes a script fail that asks for it.
 */
export function tcpInfo(connection: TcpConnection): ReadonlyMap<string, number> {
  const { rtt, mss, congestion, recovery } = connection;
  const microseconds = (ms: number): number => Math.round(ms * 1000);
  const { TCPI_OPT_TIMESTAMPS, TCPI_OPT_SACK, TCPI_OPT_WSCALE, TCPI_OPT_ECN } = TCP_INFO_OPTIONS;
  const options =
    (connection.timestamps === undefined ? 0 : TCPI_OPT_TIMESTAMPS) |
    (connection.sackPermitted ? TCPI_OPT_SACK : 0) |
    (connection.windowScaling ? TCPI_OPT_WSCALE : 0) |
    (connection.ecn === undefined ? 0 : TCPI_OPT_ECN);
  return new Map([
    ["tcpi_state", STATE_NUMBERS[connection.state]],
    ["tcpi_ca_state", CONGESTION_STATES[recovery.state]],
    ["tcpi_options", options],
    ["tcpi_snd_wscale", connection.sndWindowScale],
    ["tcpi_rcv_wscale", connection.rcvWindowScale],
    ["tcpi_rto", microseconds(rtt.rto)],
    ["tcpi_rtt", microseconds(rtt.srtt ?? 0)],
    ["tcpi_rttvar", microseconds(rtt.rttvar)],
    ["tcpi_snd_mss", mss - (connection.timestamps === undefined ? 0 : TCP_TIMESTAMPS_LENGTH)],
    ["tcpi_advmss", connection.offeredMss],
    ["tcpi_snd_cwnd", congestion.window],
    ["tcpi_snd_ssthresh", Math.min(congestion.slowStartThreshold, INFINITE_THRESHOLD)],
    ["tcpi_unacked", recovery.sent.count],
    ["tcpi_sacked", recovery.sent.sacked],
    ["tcpi_lost", recovery.sent.lost],
    ["tcpi_retrans", recovery.sent.retransmissionsOut],
    ["tcpi_retransmits", connection.retries],
    ["tcpi_backoff", Math.max(connection.retries, connection.extras.persistBackoff)],
    ["tcpi_probes", connection.extras.persistBackoff],
    ["tcpi_pmtu", connection.path.maxPayload + IPV4_HEADER_LENGTH],
    ["tcpi_bytes_received", (connection.rcvNxt - connection.irs - 1) >>> 0],
    ["tcpi_snd_wnd", connection.sndWnd],
    ["tcpi_rcv_wnd", Math.max(0, (connection.rcvAdv - connection.rcvNxt) | 0)],
    ["tcpi_notsent_bytes", Math.max(0, (connection.sendRing?.length ?? 0) - connection.inFlight)],
  ]);
}
