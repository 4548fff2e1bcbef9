import { isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import { milliseconds, type Duration } from "../../duration.js";
import { nearest } from "../../filter/nearest.js";
import { reasonOf, type ScenarioError } from "../scenario-error.js";
import type { Source } from "./source.js";

/** What of a value is shown in errors. */
const SHOWN = 40;

/** A value in a file, with its name and place. Each read says in one line what it wants instead. */
export class Field {
  readonly #source: Source;
  readonly #node: Node | null;
  readonly #offset: number;
  /** How errors call it: "latency". */
  readonly name: string;

  /** @param offset where the value is missing, if it is */
  constructor(source: Source, node: Node | null, name: string, offset: number) {
    this.#source = source;
    this.#offset = node?.range?.[0] ?? offset;
    this.#node = source.resolve(node, this.#offset);
    this.name = name;
  }

  /** The whole of a file. */
  static ofFile(source: Source): Field {
    return new Field(source, source.root, "the file", 0);
  }

  /** Which line of its file. */
  get line(): number {
    return this.error("").line;
  }

  /** Whether nothing stands there. */
  get isEmpty(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  error(reason: string): ScenarioError {
    return this.#source.error(reason, this.#offset);
  }

  /** A text, a number or a boolean; undefined for a map, a list and nothing. */
  get scalar(): string | number | boolean | undefined {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? value
      : undefined;
  }

  /** @param wanted as in "a host's name" */
  text(wanted = "a text"): string {
    const value = this.scalar;
    if (typeof value === "string" && value !== "") return value;
    throw this.wrong(wanted);
  }

  number(minimum: number, maximum: number): number {
    const value = this.scalar;
    if (typeof value === "number" && value >= minimum && value <= maximum) return value;
    throw this.wrong(`a number from ${minimum} to ${maximum}`);
  }

  whole(minimum: number, maximum: number): number {
    const value = this.scalar;
    if (Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum)
      return value as number;
    throw this.wrong(`a whole number from ${minimum} to ${maximum}`);
  }

  boolean(): boolean {
    const value = this.scalar;
    if (typeof value === "boolean") return value;
    throw this.wrong("true or false");
  }

  /** @returns ms */
  duration(maximum = Number.MAX_SAFE_INTEGER): number {
    const value = this.scalar;
    try {
      const time = milliseconds(value as Duration);
      if (typeof value !== "boolean" && time <= maximum) return time;
    } catch {
      // As any other value that is no time.
    }
    throw this.wrong(`a time such as 250ms, 2s, 5m or 1h${maximum < 1e9 ? `, up to ${maximum} ms` : ""}`);
  }

  /** One of some names. @param kind what they are names of: "app" */
  choice<T extends string>(names: readonly T[], kind: string): T {
    const value = this.text(`one of ${names.join(", ")}`);
    const found = names.find((name) => name === value);
    if (found !== undefined) return found;
    throw this.error(`there is no ${kind} "${shorten(value)}"; ${suggest(value, names)}`);
  }

  /** What `parse` makes of the text. @throws ScenarioError with its reason */
  parsed<T>(parse: (text: string) => T, wanted: string): T {
    const value = this.text(wanted);
    try {
      return parse(value);
    } catch {
      throw this.wrong(wanted);
    }
  }

  /** What `make` gives. @throws ScenarioError here, with the reason of what it throws */
  at<T>(make: () => T): T {
    try {
      return make();
    } catch (error) {
      throw this.error(reasonOf(error));
    }
  }

  list(maximum: number): Field[] {
    if (!isSeq(this.#node)) throw this.wrong("a list");
    const { items } = this.#node;
    if (items.length > maximum) throw this.error(`"${this.name}" has more than ${maximum} entries`);
    return items.map((item) => new Field(this.#source, item as Node | null, this.name, this.#offset));
  }

  /** A list, or the one thing that would be in it. */
  oneOrMore(maximum: number): Field[] {
    return this.isList ? this.list(maximum) : [this];
  }

  /** A map in which nothing stands, in its place. */
  get none(): Fields {
    return new Fields(this, new Map());
  }

  /** @param keys which it may have; absent: any */
  map(keys?: readonly string[]): Fields {
    if (!isMap(this.#node)) throw this.wrong(keys === undefined ? "a map" : `a map of ${keys.join(", ")}`);
    const fields = new Map<string, Field>();
    for (const pair of this.#node.items) {
      const key = this.#keyOf(pair);
      const name = key.text("a name");
      if (keys !== undefined && !keys.includes(name))
        throw key.error(`"${this.name}" has no "${shorten(name)}"; ${suggest(name, keys)}`);
      if (fields.has(name)) throw key.error(`"${shorten(name)}" stands twice`);
      fields.set(name, new Field(this.#source, pair.value as Node | null, name, key.#offset));
    }
    return new Fields(this, fields);
  }

  wrong(wanted: string): ScenarioError {
    return this.error(`"${shorten(this.name)}" is to be ${wanted}, not ${this.#shown}`);
  }

  #keyOf(pair: Pair): Field {
    return new Field(this.#source, pair.key as Node | null, `a name in ${this.name}`, this.#offset);
  }

  get #shown(): string {
    if (this.isEmpty) return "nothing";
    if (this.isMap) return "a map";
    if (this.isList) return "a list";
    return shorten(isScalar(this.#node) ? (this.#node.source ?? String(this.#node.value)) : "that");
  }
}

/** A map's values by their names. */
export class Fields {
  readonly #owner: Field;
  readonly #fields: ReadonlyMap<string, Field>;

  constructor(owner: Field, fields: ReadonlyMap<string, Field>) {
    this.#owner = owner;
    this.#fields = fields;
  }

  get names(): readonly string[] {
    return [...this.#fields.keys()];
  }

  get entries(): readonly Field[] {
    return [...this.#fields.values()];
  }

  get(name: string): Field | undefined {
    return this.#fields.get(name);
  }

  /** @throws ScenarioError if it is not there */
  need(name: string): Field {
    const field = this.#fields.get(name);
    if (field !== undefined) return field;
    throw this.#owner.error(`"${shorten(this.#owner.name)}" lacks "${name}"`);
  }

  /** What `read` makes of a value, under its name, if it is there: to be spread. @param name in the file, if it is another */
  optional<const K extends string, T>(
    key: K,
    read: (field: Field) => T,
    name: string = key,
  ): Partial<Record<K, T>> {
    const field = this.#fields.get(name);
    return (field === undefined ? {} : { [key]: read(field) }) as Partial<Record<K, T>>;
  }
}

/** What `name` may have been meant to be. */
export function suggest(name: string, names: readonly string[]): string {
  const near = nearest(shorten(name), names);
  return near === undefined ? `there are ${names.join(", ") || "none"}` : `did you mean "${near}"?`;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}
