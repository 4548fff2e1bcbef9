import type { HttpLimits } from "../../../../src/http/index.js";
import { HOST_HTTP_LIMITS } from "../../http-limits.js";
import { UsageError, durationOption, numberOption, parseCall, sizeOption, textOption } from "../options.js";
import { PLACE_OPTIONS, readPlace, type TapPlace } from "../places/options.js";

export const DEFAULT_PORT = 8080;
export const DEFAULT_TLS_PORT = 8443;

/** Bytes of the longest body that `--limit-body` can allow: 1 GiB. */
const LONGEST_BODY = 2 ** 30;

/** What is served. */
export type AppName = "device" | "echo" | "files";

/** How answers are told of. */
export type LogStyle = "text" | "json" | "none";

/** What `wirelet serve` is to do. */
export interface ServeTask {
  readonly app: AppName;
  /** What "files" serves; empty for the others. */
  readonly folder: string;
  readonly port: number;
  readonly place: { readonly on: "node" } | ({ readonly on: "tap" } & TapPlace);
  /** Absent: the server does not speak TLS. */
  readonly tls: TlsFiles | undefined;
  /** Whether TRACE is answered. */
  readonly trace: boolean;
  readonly limits: HttpLimits;
  readonly log: LogStyle;
}

/** In PEM; absent: a key and a certificate are made for this run. */
export interface TlsFiles {
  readonly key?: string;
  readonly cert?: string;
}

const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean" } as const;

const { on, interface: interfaceName, address, gateway, mac } = PLACE_OPTIONS;
const OPTIONS = Object.freeze({
  ...{ on, interface: interfaceName, address, gateway, mac },
  app: TEXT,
  port: TEXT,
  tls: FLAG,
  key: TEXT,
  cert: TEXT,
  trace: FLAG,
  "limit-body": TEXT,
  "limit-time": TEXT,
  quiet: FLAG,
  json: FLAG,
});

type Values = ReturnType<typeof parseCall>["values"];

/** @throws UsageError */
export function readServeTask(args: readonly string[]): ServeTask {
  const { values, positionals } = parseCall(args, OPTIONS);
  const app = textOption("app", values.app) ?? "device";
  if (!isApp(app)) throw new UsageError(`--app takes device, echo or files, not "${app}".`);
  const place = readPlace(values, "node");
  if (place.on === "sim") throw new UsageError('--on takes node or tap here; "wirelet sim" has a LAN.');
  if (place.on === "tap" && app === "device")
    throw new UsageError('"wirelet tap" puts the device on a TAP interface; --on tap is for echo and files.');
  const tls = readTls(values);
  const range = { minimum: 0, maximum: 65_535, integer: true };
  return {
    app,
    folder: readFolder(app, positionals),
    port: numberOption("port", values.port, range) ?? (tls === undefined ? DEFAULT_PORT : DEFAULT_TLS_PORT),
    place,
    tls,
    trace: values.trace === true,
    limits: readLimits(values),
    log: readLogStyle(values),
  };
}

function isApp(name: string): name is AppName {
  return name === "device" || name === "echo" || name === "files";
}

function readFolder(app: AppName, [folder, ...more]: readonly string[]): string {
  if (app !== "files" && folder !== undefined) throw new UsageError(`--app ${app} takes no "${folder}".`);
  if (app === "files" && folder === undefined) throw new UsageError("--app files needs a folder.");
  if (more.length > 0) throw new UsageError(`--app files takes one folder; "${more[0]}" is one too many.`);
  return folder ?? "";
}

function readLimits(values: Values): HttpLimits {
  const body = sizeOption("limit-body", values["limit-body"], LONGEST_BODY) ?? HOST_HTTP_LIMITS.body;
  const seconds = durationOption("limit-time", values["limit-time"]);
  const requestTime = seconds === undefined ? HOST_HTTP_LIMITS.requestTime : 1000 * seconds;
  const headTime = Math.min(HOST_HTTP_LIMITS.headTime, requestTime);
  return { ...HOST_HTTP_LIMITS, body, headTime, requestTime };
}

function readLogStyle({ quiet, json }: Values): LogStyle {
  if (quiet === true && json === true) throw new UsageError("--quiet or --json, not both.");
  if (quiet === true) return "none";
  return json === true ? "json" : "text";
}

function readTls(values: Values): TlsFiles | undefined {
  const [key, cert] = [textOption("key", values.key), textOption("cert", values.cert)];
  if (key !== undefined && cert !== undefined) return { key, cert };
  if (key !== undefined || cert !== undefined) throw new UsageError("--key and --cert go together.");
  return values.tls === true ? {} : undefined;
}

/** Where a site can be reached. */
export function urlOf({ tls }: ServeTask, address: string, port: number): string {
  return `${tls === undefined ? "http" : "https"}://${address}:${port}/`;
}
