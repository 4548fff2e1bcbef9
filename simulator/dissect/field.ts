/** What a field says, in its own type: addresses as text ("192.168.1.7", "02:00:00:00:00:07"), times in seconds. */
export type FieldValue = number | boolean | string | Uint8Array;

/**
 * One thing that a frame says, and the bytes that say it. Plain data, to be shown as a tree: a protocol is a field whose
 * `fields` are what its header says.
 */
export interface Field {
  /** As Wireshark names it where it has it: "ip.ttl"; of a protocol "ip", "tcp". */
  readonly name: string;
  /** What a person calls it: "Time to Live". */
  readonly label: string;
  /** Its value, for a person: "64", "Set", "0x1a2b [correct]". "" where the label says it all. */
  readonly text: string;
  /** Undefined for a protocol, and for what only groups others. */
  readonly value: FieldValue | undefined;
  /** Where its bytes begin in the frame. */
  readonly at: number;
  /** How many bytes; 0 if it follows from others. All of them are in the frame. */
  readonly length: number;
  readonly fields: readonly Field[];
}

/** What the list of packets and the tree beside it show of a frame. */
export interface Dissection {
  /** The frame itself, not a copy. */
  readonly bytes: Uint8Array;
  /** A field for each protocol, from the outside in; the first is "frame", about the frame as a whole. */
  readonly layers: readonly Field[];
  /** The innermost protocol that is understood, as a list of packets names it: "DHCP", "TCP". */
  readonly protocol: string;
  /** The sender's IP address, or its MAC where there is none. */
  readonly source: string;
  readonly destination: string;
  /** The frame in one line: "Who has 192.168.1.1? Tell 192.168.1.7". */
  readonly summary: string;
  /** What is wrong with its bytes, each with its protocol: "ip: 12 of 20 bytes"; empty if nothing. */
  readonly faults: readonly string[];
}

/** What is known of a frame beside its bytes; all of it may be left out. */
export interface FrameInfo {
  /** Its place in the capture, counted from 1. */
  readonly number?: number | undefined;
  /** When it was seen, in ms: virtual, or since the first frame of a file. */
  readonly time?: number | undefined;
  /** What `time` counts from, in seconds since 1970. */
  readonly epoch?: number | undefined;
  /** How long it was on the wire, if the capture has cut it short. */
  readonly originalLength?: number | undefined;
  /** The port or interface where it was seen. */
  readonly interface?: string | undefined;
  /** What became of it: "dropped: loss 20%". */
  readonly comment?: string | undefined;
  /** The names of the hosts that it is from and to. */
  readonly hosts?: readonly string[] | undefined;
}
