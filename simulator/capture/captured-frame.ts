import { dissect, findFields, type Dissection, type FieldValue } from "../dissect/index.js";
import { CAPTURE_EPOCH } from "./capture.js";
import type { KeptFrame } from "./frame-ring.js";

/** A frame of a capture: a copy of its own, which is dissected when that is first asked for. */
export class CapturedFrame {
  /** Its place in the capture, counted from 1. */
  readonly number: number;
  /** Virtual milliseconds. */
  readonly time: number;
  /** The host that sent it. */
  readonly port: string;
  readonly bytes: Uint8Array;
  /** What became of it, if it was not simply delivered: "dropped: loss 20%". */
  readonly comment: string | undefined;
  /** The hosts that it is from and to, by their names; who sent it is the first. */
  readonly hosts: readonly string[];
  #dissection: Dissection | undefined;

  constructor({ number, time, port, bytes, length, comment }: KeptFrame, hosts: readonly string[]) {
    this.number = number;
    this.time = time;
    this.port = port;
    this.bytes = bytes.slice(0, length);
    this.comment = comment;
    this.hosts = hosts;
  }

  /** As a tree of protocols and fields. */
  get dissection(): Dissection {
    const { bytes, number, time, port, comment, hosts } = this;
    return (this.#dissection ??= dissect(bytes, {
      ...{ number, time, comment, hosts },
      epoch: CAPTURE_EPOCH,
      interface: port,
    }));
  }

  /** The innermost protocol that is understood: "DHCP". */
  get protocol(): string {
    return this.dissection.protocol;
  }

  /** The frame in one line: "Who has 192.168.1.1? Tell 192.168.1.7". */
  get summary(): string {
    return this.dissection.summary;
  }

  /** The value of its first field of that name, "ip.ttl"; undefined if it has none. */
  value(name: string): FieldValue | undefined {
    return findFields(this.dissection, name)[0]?.value;
  }

  /** The values of all its fields of that name: "ip.addr". */
  values(name: string): (FieldValue | undefined)[] {
    return findFields(this.dissection, name).map(({ value }) => value);
  }

  /** "0.003000 s  sensor  192.168.1.7 → 192.168.1.1  TCP  …", as failing tests print it. */
  toString(): string {
    const { source, destination, protocol, summary } = this.dissection;
    const fate = this.comment === undefined ? "" : `  (${this.comment})`;
    return `${(this.time / 1000).toFixed(6)} s  ${this.port}  ${source} → ${destination}  ${protocol}  ${summary}${fate}`;
  }
}
