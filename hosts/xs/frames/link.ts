import type { MacAddress } from "../../../src/address/index.js";
import type { LinkDevice } from "../../../src/host/index.js";
import { RecordKind, type MessageWriter } from "./messages.js";

/** The link device of a machine whose frames travel in messages. */
export class FramesLink implements LinkDevice {
  up = true;
  onReceive?: (frame: Uint8Array, length: number, now: number) => void;
  onLinkChange?: () => void;
  readonly #writer: MessageWriter;

  constructor(
    readonly mac: MacAddress,
    readonly mtu: number,
    writer: MessageWriter,
  ) {
    this.#writer = writer;
  }

  transmit(frame: Uint8Array, length: number): void {
    if (this.up) this.#writer.append(RecordKind.frame, frame, length);
  }

  /** Tells the stack that the cable is in or out. */
  setUp(up: boolean): void {
    if (up === this.up) return;
    this.up = up;
    this.onLinkChange?.();
  }
}
