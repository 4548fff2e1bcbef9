import type { Socket } from "../kernel/socket.js";
import type { LivePacket, LiveTcp } from "../packet/live-packet.js";
import { ACK, RST, SYN, add32, type Ports, type TcpPacket } from "../packet/packet.js";
import { payload } from "../packet/payload.js";
import type { TcpOption } from "../packet/tcp-options.js";

/** A number as the script has it, and as it was on the wire. */
interface Pair {
  readonly script: number;
  readonly live: number;
}

/**
 * One connection between the script and the stack. The script's numbers are not those on the wire: the stack draws its
 * initial sequence number and its timestamps, and ports are given out here. As in a trace, sequence numbers are relative
 * to the initial one, but absolute in a segment with SYN.
 */
export class Flow {
  /** The socket, once the script holds it. */
  socket: Socket | undefined;
  /** The peer's initial sequence number, which the script chooses. */
  #remoteIsn: number | undefined;
  /** That of the last SYN injected: the peer's, if the stack believes it. */
  #offeredIsn: number | undefined;
  #localIsn: Pair | undefined;
  /** A handshake has been seen that both sides agree on. */
  #isSynchronized = false;
  /** The next SYN may begin anew: the connection was reset. */
  #mayRestart = false;
  #firstTimestamp: Pair | undefined;
  /** Timestamps that the stack has sent, by the script's numbers. */
  readonly #timestamps = new Map<number, number>();

  constructor(
    readonly localPort: number,
    readonly remotePort: number,
    /** The ports that the script names itself. */
    readonly scriptPorts?: Ports,
  ) {}

  /** True if this packet of the stack belongs here. */
  owns({ transport }: LivePacket): boolean {
    return (
      transport.protocol !== "icmp" &&
      transport.sourcePort === this.localPort &&
      transport.destinationPort === this.remotePort
    );
  }

  /** The initial sequence number of the stack, as it stands on the wire; 0 while it is not known. */
  get localIsn(): number {
    return this.#localIsn?.live ?? 0;
  }

  /** Turns a packet of the script into one that the stack understands. @throws RangeError for an unknown timestamp */
  toLive(packet: TcpPacket, settings: { readonly scaleTimestampEchoes: boolean }): LiveTcp {
    const { flags, sequence, acknowledgment } = packet;
    const isSyn = (flags & SYN) !== 0;
    const toLocal = isSyn ? this.localIsn - (this.#localIsn?.script ?? 0) : this.localIsn;
    const live = {
      sequence: isSyn ? sequence : add32(sequence, this.#remoteIsn ?? 0),
      acknowledgment: (flags & ACK) === 0 ? acknowledgment : add32(acknowledgment, toLocal),
    };
    if (isSyn)
      this.#offer(live.sequence, (flags & ACK) !== 0 && live.acknowledgment === add32(this.localIsn, 1));
    if ((flags & RST) !== 0) this.#mayRestart = true;
    const options = packet.options ?? [];
    return {
      protocol: "tcp",
      sourcePort: this.remotePort,
      destinationPort: this.localPort,
      ...live,
      flags,
      window: packet.window ?? 0,
      urgent: packet.urgent,
      options: options.map((option) => this.#optionToLive(option, toLocal, (flags & ACK) !== 0, settings)),
      payload: payload(offsetOf(live.sequence, isSyn, this.#remoteIsn ?? 0), packet.length),
    };
  }

  /** Learns from a packet of the stack what the script calls its numbers. */
  learn({ sequence, acknowledgment, flags, options }: LiveTcp, expected: TcpPacket): void {
    const offered = this.#offeredIsn;
    const takesUp = (flags & ACK) !== 0 && offered !== undefined && acknowledgment === add32(offered, 1);
    if ((flags & SYN) !== 0 && (expected.flags & SYN) !== 0) {
      const isNew = this.#mayRestart || (takesUp && offered !== this.#remoteIsn);
      if (this.#localIsn === undefined || isNew) this.#begin(sequence, expected.sequence);
      if (takesUp) this.#isSynchronized = true;
    }
    if (takesUp && (flags & (SYN | RST)) !== 0) this.#remoteIsn = offered;
    if ((flags & RST) !== 0) this.#mayRestart = true;
    const sent = timestampOf(options);
    const named = timestampOf(expected.options ?? []);
    if (sent === undefined || named === undefined) return;
    this.#timestamps.set(named, sent);
    this.#firstTimestamp ??= { script: named, live: sent };
  }

  /** A packet of the stack in the script's numbers. */
  toScript({ tos, ttl }: LivePacket, segment: LiveTcp, ports: Ports | undefined): TcpPacket {
    const { flags, sequence, acknowledgment, window, urgent } = segment;
    const isSyn = (flags & SYN) !== 0;
    // A SYN that the script has not named yet is shown as it mostly is in scripts: 0.
    const isn = this.#localIsn ?? { live: isSyn ? sequence : 0, script: 0 };
    const toLocal = isSyn ? isn.live - isn.script : isn.live;
    const toRemote = isSyn ? 0 : (this.#remoteIsn ?? 0);
    return {
      protocol: "tcp",
      direction: "outbound",
      marks: { tos, ttl },
      ports,
      flags,
      sequence: add32(sequence, -toLocal),
      length: segment.payload.length,
      acknowledgment: (flags & ACK) === 0 ? acknowledgment : add32(acknowledgment, -toRemote),
      window,
      urgent,
      options: segment.options.map((option) => this.#optionToScript(option, toRemote)),
    };
  }

  /** Where the first byte of the stack's segment stands in its stream. */
  offsetOfOutbound({ sequence, flags }: LiveTcp): number {
    return offsetOf(sequence, (flags & SYN) !== 0, this.localIsn);
  }

  /** A SYN is injected. Until the two sides agree it says the peer's number; later only if the stack takes it up. */
  #offer(isn: number, isAcceptable: boolean): void {
    this.#offeredIsn = isn;
    if (!this.#isSynchronized) this.#remoteIsn = isn;
    if (isAcceptable) this.#isSynchronized = true;
  }

  #begin(live: number, script: number): void {
    this.#localIsn = { live, script };
    this.#mayRestart = false;
    this.#firstTimestamp = undefined;
    this.#timestamps.clear();
  }

  #optionToLive(
    option: TcpOption,
    toLocal: number,
    hasAck: boolean,
    { scaleTimestampEchoes }: { readonly scaleTimestampEchoes: boolean },
  ): TcpOption {
    if (option.kind === "sack") return shiftBlocks(option, toLocal);
    if (option.kind !== "TS" || !hasAck) return option;
    const known = this.#timestamps.get(option.echo);
    if (known !== undefined) return { ...option, echo: known };
    // Nothing is echoed.
    if (option.echo === 0) return option;
    const first = this.#firstTimestamp;
    if (!scaleTimestampEchoes || first === undefined) {
      throw new RangeError(`the stack has sent no TS val ${option.echo} that could be echoed`);
    }
    return { ...option, echo: add32(first.live, option.echo - first.script) };
  }

  #optionToScript(option: TcpOption, toRemote: number): TcpOption {
    if (option.kind === "sack") return shiftBlocks(option, -toRemote);
    const first = this.#firstTimestamp;
    if (option.kind !== "TS" || first === undefined) return option;
    return { ...option, value: add32(first.script, option.value - first.live) };
  }
}

/** Where in its stream the data of a segment begins: the SYN takes a number of its own. */
function offsetOf(sequence: number, isSyn: boolean, isn: number): number {
  return isSyn ? 0 : add32(sequence, -isn - 1);
}

function shiftBlocks(option: TcpOption & { kind: "sack" }, distance: number): TcpOption {
  const blocks = option.blocks.map(({ left, right }) => ({
    left: add32(left, distance),
    right: add32(right, distance),
  }));
  return { kind: "sack", blocks };
}

function timestampOf(options: readonly TcpOption[]): number | undefined {
  return options.find((option) => option.kind === "TS")?.value;
}
