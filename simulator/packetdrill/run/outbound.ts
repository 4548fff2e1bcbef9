import { decodePacket, type Malformed } from "../packet/decode.js";
import type { LivePacket } from "../packet/live-packet.js";

/** A packet that the stack has sent. */
export interface SentPacket {
  /** µs since the script's begin. */
  readonly time: number;
  readonly packet: LivePacket;
}

/** The packets of the stack that the script has not asked for yet, oldest first. */
export class OutboundQueue {
  readonly #waiting: SentPacket[] = [];
  /** The first packet that is none. */
  #malformed: Malformed | undefined;

  /** @returns the packet, undefined if it is malformed */
  add(bytes: Uint8Array, time: number): SentPacket | undefined {
    const packet = decodePacket(bytes);
    if ("fault" in packet) {
      this.#malformed ??= packet;
      return undefined;
    }
    const sent = { time, packet };
    this.#waiting.push(sent);
    return sent;
  }

  get malformed(): Malformed | undefined {
    return this.#malformed;
  }

  get waiting(): readonly SentPacket[] {
    return this.#waiting;
  }

  /** The oldest that `belongs`, without taking it. */
  first(belongs: (packet: LivePacket) => boolean): SentPacket | undefined {
    return this.#waiting.find(({ packet }) => belongs(packet));
  }

  take(sent: SentPacket): void {
    this.#waiting.splice(this.#waiting.indexOf(sent), 1);
  }
}
