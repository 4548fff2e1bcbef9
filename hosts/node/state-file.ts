import { readFileSync } from "node:fs";
import {
  checkStorageKey,
  checkStorageValue,
  isSameValue,
  type Log,
  type Storage,
} from "../../src/host/index.js";
import { attemptFile, replaceFile } from "./files.js";

/** Whoever knows a lease can take it away from its owner. */
const MODE = 0o600;

/** No file of so few values is longer; what is, is another's. */
const MAX_LENGTH = 1024 * 1024;

/**
 * Storage in a file: JSON, with each value in base64. Each change puts a new file in place of the old one, so that a power
 * failure leaves one of the two.
 *
 * @example
 * const storage = new StateFile("/var/lib/wirelet/tap0.json", stderrLog());
 */
export class StateFile implements Storage {
  readonly #path: string;
  #values: ReadonlyMap<string, Uint8Array>;

  /**
   * A file that is not there is made by the first change. One that cannot be understood is reported, and replaced then.
   * @throws NetworkError EACCES if it may not be read, EINVAL if there can be no such file
   */
  constructor(path: string, log: Log) {
    this.#path = path;
    this.#values = load(path, log);
  }

  get(key: string): Uint8Array | undefined {
    return this.#values.get(checkStorageKey(key))?.slice();
  }

  set(key: string, value: Uint8Array): void {
    checkStorageValue(key, value);
    if (isSameValue(this.get(key), value)) return;
    this.#replace(new Map(this.#values).set(key, value.slice()));
  }

  delete(key: string): void {
    if (!this.#values.has(checkStorageKey(key))) return;
    const values = new Map(this.#values);
    values.delete(key);
    this.#replace(values);
  }

  /** What could not be written is not there either. */
  #replace(values: ReadonlyMap<string, Uint8Array>): void {
    const entries = [...values].map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
    const text = `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
    attemptFile("write state", this.#path, () => replaceFile(this.#path, Buffer.from(text), MODE));
    this.#values = values;
  }
}

function load(path: string, log: Log): ReadonlyMap<string, Uint8Array> {
  const bytes = attemptFile("read state", path, () => {
    try {
      return readFileSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  });
  if (bytes === undefined) return new Map();
  const values = bytes.length > MAX_LENGTH ? undefined : parse(bytes.toString());
  if (values === undefined)
    log("warn", `${path} is no state of a device; it is not used, and will be replaced`);
  return values ?? new Map();
}

function parse(text: string): ReadonlyMap<string, Uint8Array> | undefined {
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof state !== "object" || state === null || Array.isArray(state)) return undefined;
  const entries = Object.entries(state).map(([key, value]): [string, Uint8Array] | undefined =>
    typeof value === "string" && isBase64(value)
      ? [key, new Uint8Array(Buffer.from(value, "base64"))]
      : undefined,
  );
  return entries.includes(undefined) ? undefined : new Map(entries.filter((entry) => entry !== undefined));
}

/** Node's decoder skips what it does not know. */
function isBase64(text: string): boolean {
  return Buffer.from(text, "base64").toString("base64") === text;
}
