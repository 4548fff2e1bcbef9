import { readFileSync } from "node:fs";
import { HttpUrl, type Credentials } from "../../../../src/http/index.js";
import { type NetworkError } from "../../../../src/error/index.js";
import { UsageError, numberOption, textOption, type OptionValue } from "../options.js";
import { PLACE_OPTIONS } from "../places/options.js";

/** In seconds: a day. */
const MAX_TIME = 86_400;

/** What a form is sent as, which is what most have in mind who send data by hand; -H says otherwise. */
const FORM = "application/x-www-form-urlencoded";

/** For `parseCall`. */
export const FETCH_OPTIONS = Object.freeze({
  ...PLACE_OPTIONS,
  request: { type: "string", short: "X" },
  header: { type: "string", short: "H", multiple: true },
  data: { type: "string", short: "d" },
  "upload-file": { type: "string", short: "T" },
  output: { type: "string", short: "o" },
  include: { type: "boolean", short: "i" },
  head: { type: "boolean", short: "I" },
  location: { type: "boolean", short: "L" },
  fail: { type: "boolean", short: "f" },
  user: { type: "string", short: "u" },
  bearer: { type: "string" },
  proxy: { type: "string", short: "x" },
  "max-time": { type: "string", short: "m" },
  cacert: { type: "string" },
  insecure: { type: "boolean", short: "k" },
  verbose: { type: "boolean", short: "v" },
} as const);

/** What `wirelet fetch` is to do. */
export interface FetchTask {
  readonly url: HttpUrl;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Bytes to send; "-": what comes on standard input. */
  readonly data: Uint8Array | "-" | undefined;
  /** The file to send. */
  readonly upload: string | undefined;
  /** Where the body goes; undefined: standard output. */
  readonly output: string | undefined;
  readonly include: boolean;
  readonly follow: boolean;
  readonly fail: boolean;
  readonly auth: Credentials | undefined;
  readonly proxy: string | undefined;
  /** In ms. */
  readonly timeout: number;
  /** PEM of the authorities to trust. */
  readonly ca: string | undefined;
  readonly insecure: boolean;
}

type Values = Readonly<Record<string, OptionValue>>;

/** @throws UsageError */
export function readFetchTask(values: Values, positionals: readonly string[]): FetchTask {
  const [address, ...others] = positionals;
  if (address === undefined || others.length > 0) throw new UsageError("Name one URL.");
  const upload = textOption("upload-file", values["upload-file"]);
  const head = values.head === true;
  const data = readData(values.data);
  if (data !== undefined && upload !== undefined)
    throw new UsageError("--data and --upload-file both are the body: choose one.");
  if (head && (data ?? upload) !== undefined) throw new UsageError("--head sends no body.");
  const usual = head ? "HEAD" : data !== undefined ? "POST" : upload !== undefined ? "PUT" : "GET";
  const seconds = numberOption("max-time", values["max-time"], { minimum: 0.001, maximum: MAX_TIME });
  const cacert = textOption("cacert", values.cacert);
  return {
    url: readUrl(address),
    method: textOption("request", values.request) ?? usual,
    headers: readHeaders(values.header, data !== undefined),
    data,
    upload,
    output: textOption("output", values.output),
    include: values.include === true || head,
    follow: values.location === true,
    fail: values.fail === true,
    auth: readCredentials(values),
    proxy: readProxy(textOption("proxy", values.proxy)),
    timeout: seconds === undefined ? Infinity : seconds * 1000,
    ca: cacert === undefined ? undefined : readFile(cacert).toString("utf8"),
    insecure: values.insecure === true,
  };
}

/** "device.local/page" is enough: http:// is meant. @throws UsageError */
function readUrl(text: string): HttpUrl {
  try {
    return HttpUrl.parse(text.includes("://") ? text : `http://${text}`);
  } catch (error) {
    throw new UsageError(`${(error as NetworkError).message}.`);
  }
}

/** @throws UsageError */
function readProxy(text: string | undefined): string | undefined {
  return text === undefined ? undefined : readUrl(text).toString();
}

/** @throws UsageError */
function readHeaders(value: OptionValue, isForm: boolean): [string, string][] {
  const headers = (Array.isArray(value) ? value : []).map((line: string): [string, string] => {
    const colon = line.indexOf(":");
    if (colon < 1) throw new UsageError(`--header takes "Name: value", not "${line}".`);
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  return isForm && !hasType ? [...headers, ["Content-Type", FORM]] : headers;
}

/** @throws UsageError */
function readData(value: OptionValue): Uint8Array | "-" | undefined {
  if (typeof value !== "string") return undefined;
  if (value === "@-") return "-";
  return value.startsWith("@") ? readFile(value.slice(1)) : Buffer.from(value);
}

/** @throws UsageError */
function readCredentials(values: Values): Credentials | undefined {
  const login = textOption("user", values.user);
  const bearer = textOption("bearer", values.bearer);
  if (login !== undefined && bearer !== undefined)
    throw new UsageError("--user and --bearer both say who asks: choose one.");
  if (bearer !== undefined) return { bearer };
  if (login === undefined) return undefined;
  const colon = login.indexOf(":");
  if (colon < 0) throw new UsageError("--user takes NAME:PASSWORD.");
  return { user: login.slice(0, colon), password: login.slice(colon + 1) };
}

/** @throws UsageError */
function readFile(name: string): Buffer {
  try {
    return readFileSync(name);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}.`);
  }
}
