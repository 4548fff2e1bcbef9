import { dissectEthernet } from "./ethernet.js";
import type { Dissection, Field, FrameInfo } from "./field.js";
import { describeFrame } from "./frame.js";
import { Scope, type Columns } from "./scope.js";

/**
 * Reads an Ethernet frame, as far as it can be understood. It never throws, whatever the bytes are, and what it gives
 * points into them: they must stay as they are.
 *
 * @param bytes the frame from its destination on, without FCS
 * @param info what else is known of the frame, for its first layer
 * @example
 * const { protocol, summary } = dissect(frame); // "ARP", "Who has 192.168.1.1? Tell 192.168.1.7"
 */
export function dissect(bytes: Uint8Array, info: FrameInfo = {}): Dissection {
  const columns: Columns = { protocol: "Ethernet", source: "", destination: "", summary: "" };
  const faults: string[] = [];
  const upper: Field[] = [];
  const frame: Field[] = [];
  const common = { bytes, columns, faults, isPartial: false };
  dissectEthernet(new Scope({ ...common, layers: upper }, 0, bytes.length));
  describeFrame(new Scope({ ...common, layers: frame }, 0, bytes.length), info, namesOf(upper));
  return { bytes, layers: [...frame, ...upper], faults, ...columns };
}

/** The protocols of a frame, quoted ones too, from the outside in. */
function namesOf(layers: readonly Field[]): string[] {
  return layers.flatMap((layer) => [layer.name, ...namesOf(layer.fields.filter(isProtocol))]);
}

/** Protocols are named with one word: the names of what they have begin with it and a dot. */
function isProtocol({ name }: Field): boolean {
  return !name.includes(".");
}
