import { NetworkError } from "../error/index.js";
import type { TcpCallbacks } from "./io.js";

/**
 * A `format` as an option or a property names it.
 * @throws NetworkError EINVAL if it is none of `formats`
 */
export function checkFormat<Format extends string>(format: unknown, ...formats: readonly Format[]): Format {
  const known = formats.find((each) => each === format);
  if (known !== undefined) return known;
  throw new NetworkError("EINVAL", "set format", String(format), `not ${formats.join(" or ")}`);
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

/** Those of a TCP. @throws NetworkError EINVAL for one that is not a function */
export function tcpCallbacksOf(options: TcpCallbacks): Callbacks<TcpCallbacks, keyof TcpCallbacks> {
  return callbacksOf(options, "onReadable", "onWritable", "onError", "onEnd", "onUrgent");
}
