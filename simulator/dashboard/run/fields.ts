import { NetworkError } from "../../../src/error/index.js";

/** Something that JSON.parse gave. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Reads the fields of an object that came from outside. Each read says in one line what it wants instead. */
export class Fields {
  readonly #fields: Readonly<Record<string, Json>>;
  readonly #what: string;

  /** @param what names the object in errors: "the file", "action 3". @throws NetworkError EINVAL if it is no object */
  constructor(value: unknown, what: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new NetworkError("EINVAL", "read", what, "it is no object");
    this.#fields = value as Readonly<Record<string, Json>>;
    this.#what = what;
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== "string" || value === "") throw this.wrong(name, "a text");
    return value;
  }

  /** @throws NetworkError EINVAL if it is there and no text */
  optionalText(name: string): string | undefined {
    return this.#fields[name] === undefined ? undefined : this.text(name);
  }

  number(name: string, minimum: number, maximum: number): number {
    const value = this.#fields[name];
    if (typeof value !== "number" || !(value >= minimum && value <= maximum))
      throw this.wrong(name, `a number from ${minimum} to ${maximum}`);
    return value;
  }

  optionalNumber(name: string, minimum: number, maximum: number): number | undefined {
    return this.#fields[name] === undefined ? undefined : this.number(name, minimum, maximum);
  }

  boolean(name: string): boolean {
    const value = this.#fields[name];
    if (typeof value !== "boolean") throw this.wrong(name, "true or false");
    return value;
  }

  list(name: string): readonly Json[] {
    const value = this.#fields[name];
    if (!Array.isArray(value)) throw this.wrong(name, "a list");
    return value as readonly Json[];
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.#fields[name];
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.wrong(name, `one of ${choices.join(", ")}`);
    return found;
  }

  /** The field as it is; undefined if it is not there. */
  any(name: string): Json | undefined {
    return this.#fields[name];
  }

  /** All of them, as they are. */
  get all(): Readonly<Record<string, Json>> {
    return this.#fields;
  }

  wrong(name: string, wanted: string): NetworkError {
    const value = JSON.stringify(this.#fields[name]) as string | undefined;
    const found = value === undefined ? "it is missing" : `not ${value.slice(0, 60)}`;
    return new NetworkError("EINVAL", "read", this.#what, `"${name}" is to be ${wanted}; ${found}`);
  }
}
