import { Branch } from "./branch.js";
import type { Field } from "./field.js";
import { protocol, field, type FieldTypes } from "./field-type.js";

/** What any protocol may have. */
export const COMMON_FIELDS = Object.freeze({
  "_ws.malformed": field("text", "Malformed"),
  data: protocol("Data"),
  "data.data": field("bytes", "Data"),
});

/** What a list of packets shows of a frame: the innermost protocol has the last word. */
export interface Columns {
  protocol: string;
  source: string;
  destination: string;
  summary: string;
}

/** How a piece of a frame is read. */
interface Circumstances {
  readonly bytes: Uint8Array;
  readonly columns: Columns;
  readonly faults: string[];
  /** Where its layers go. */
  readonly layers: Field[];
  /** The rest of it is elsewhere: in another fragment, or left out by who quotes it. */
  readonly isPartial: boolean;
}

/** The part of a frame that one protocol's dissector is given: from `at` up to `end`. */
export class Scope {
  readonly bytes: Uint8Array;
  readonly columns: Columns;
  readonly isPartial: boolean;
  readonly #circumstances: Circumstances;
  #layer: Branch | undefined;

  constructor(
    circumstances: Circumstances,
    readonly at: number,
    readonly end: number,
  ) {
    this.#circumstances = circumstances;
    this.bytes = circumstances.bytes;
    this.columns = circumstances.columns;
    this.isPartial = circumstances.isPartial;
  }

  get length(): number {
    return this.end - this.at;
  }

  /** Adds the protocol, whose header has this many bytes. */
  layer<T extends FieldTypes>(types: T, name: keyof T & string, length: number): Branch<keyof T & string> {
    const known = Math.min(length, this.length);
    const layer = new Branch<keyof T & string>(this.bytes, types, name, this.at, known, undefined);
    this.#circumstances.layers.push(layer);
    this.#layer = layer as Branch;
    return layer;
  }

  /** Whether that many bytes are there, from the scope's beginning; if not, the layer says so. */
  has(length: number): boolean {
    if (length <= this.length) return true;
    if (!this.isPartial) this.malformed(`${this.length} of ${length} bytes`);
    return false;
  }

  /** Notes in the layer and in the list that its bytes are not as they should be. */
  malformed(reason: string): void {
    const layer = this.#layer;
    if (layer !== undefined) {
      const { bytes } = this;
      layer.fields.push(new Branch(bytes, COMMON_FIELDS, "_ws.malformed", layer.at, layer.length, reason));
    }
    this.wrong(reason);
  }

  /** Notes what is wrong with bytes that can be read all the same. */
  wrong(reason: string): void {
    this.#circumstances.faults.push(`${this.#layer?.name ?? "frame"}: ${reason}`);
  }

  /** What the protocol carries. */
  inner(at: number, end: number, isPartial = this.isPartial): Scope {
    const last = Math.min(end, this.bytes.length);
    return new Scope({ ...this.#circumstances, isPartial }, Math.min(at, last), last);
  }

  /** A packet that this one quotes: it stands inside of the layer, and the list does not speak of it. */
  quoted(at: number): Scope {
    const columns: Columns = { protocol: "", source: "", destination: "", summary: "" };
    const layers = this.#layer?.fields ?? this.#circumstances.layers;
    return new Scope({ ...this.#circumstances, columns, layers, isPartial: true }, at, this.end);
  }

  /** Shows the rest, from `at` on, as bytes that nothing is known of. */
  data(at: number): void {
    if (at >= this.end) return;
    const rest = this.inner(at, this.end);
    const layer = rest.layer(COMMON_FIELDS, "data", rest.length);
    layer.text = `${rest.length} bytes`;
    layer.add("data.data", at, rest.length);
  }
}
