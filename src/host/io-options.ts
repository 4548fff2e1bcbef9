import { MAX_PORT } from "../address/index.js";
import { NetworkError } from "../error/index.js";

/**
 * A `format` as an option or a property names it.
 * @throws NetworkError EINVAL if it is none of `formats`
 */
export function checkFormat<Format extends string>(format: unknown, ...formats: readonly Format[]): Format {
  const known = formats.find((each) => each === format);
  if (known !== undefined) return known;
  throw new NetworkError("EINVAL", "set format", String(format), `not ${formats.join(" or ")}`);
}

/** @throws NetworkError EINVAL unless `port` is one, from `least` on */
export function checkPort(port: number | undefined, least: 0 | 1, operation: string): number {
  if (port !== undefined && Number.isInteger(port) && port >= least && port <= MAX_PORT) return port;
  throw new NetworkError("EINVAL", operation, undefined, `${String(port)} is no port`);
}

/** @throws NetworkError EINVAL unless `value` is absent or an integer from `min` to `max` */
export function checkOption<Value extends number | undefined>(
  name: string,
  value: Value,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): Value {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value;
  throw new NetworkError("EINVAL", `set ${name}`, String(value), `not an integer from ${min} to ${max}`);
}

/** Some functions of an options object, none of which is null. */
export type Callbacks<Options, Name extends keyof Options> = {
  readonly [Key in Name]?: NonNullable<Options[Key]>;
};

/**
 * Takes the callbacks out of an options object, which belongs to the caller: it may be changed, or used again.
 * @throws NetworkError EINVAL for one that is not a function
 */
export function callbacksOf<Options extends object, Name extends keyof Options & string>(
  options: Options,
  ...names: readonly Name[]
): Callbacks<Options, Name> {
  const callbacks: { [Key in Name]?: NonNullable<Options[Key]> } = {};
  for (const name of names) {
    const callback = options[name];
    if (callback === undefined || callback === null) continue;
    if (typeof callback !== "function")
      throw new NetworkError("EINVAL", `set ${name}`, String(callback), "not a function");
    callbacks[name] = callback;
  }
  return callbacks;
}
