import { NetworkError } from "../src/error/index.js";
import type { Tcp, Timers } from "../src/host/index.js";
import type { SimulatedHost } from "./host.js";

/** How long one attempt may take, in virtual ms. */
const ATTEMPT_TIMEOUT = 120_000;
/** Attempts before the failure is the caller's: on a bad link ARP or the handshake may give up. */
const ATTEMPTS = 10;
/** Virtual ms between attempts. */
const RETRY_DELAY = 1_000;
/** No page of a device is longer: whatever is has gone wrong. */
const MAX_RESPONSE = 1024 * 1024;

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * GETs a page the way a small script would: one connection, read to its end, tried again if the connection fails.
 *
 * @param done called once, with the response or why there is none (ETIMEDOUT, ECONNREFUSED, …)
 */
export function httpGet(
  host: SimulatedHost,
  address: string,
  port: number,
  path: string,
  done: (result: HttpResponse | NetworkError) => void,
): void {
  attempt(1);

  function attempt(number: number): void {
    getOnce(host, address, port, path, (result) => {
      if (result instanceof NetworkError && number < ATTEMPTS) {
        host.timers.set(() => attempt(number + 1), RETRY_DELAY);
      } else {
        done(result);
      }
    });
  }
}

function getOnce(
  host: SimulatedHost,
  address: string,
  port: number,
  path: string,
  done: (result: HttpResponse | NetworkError) => void,
): void {
  const { timers }: { timers: Timers } = host;
  const parts: Uint8Array[] = [];
  let length = 0;
  const give = new NetworkError("ETIMEDOUT", "GET", `http://${address}:${port}${path}`);
  const timeout = timers.set(() => finish(give), ATTEMPT_TIMEOUT);
  let socket: Tcp | undefined;
  try {
    socket = new host.stack.io.TCP({
      address,
      port,
      onWritable() {
        if (parts.length > 0 || this.target === "asked") return;
        this.target = "asked";
        const request = `GET ${path} HTTP/1.1\r\nHost: ${address}\r\nUser-Agent: wirelet-simulator\r\nConnection: close\r\n\r\n`;
        this.write(new TextEncoder().encode(request));
      },
      onReadable() {
        const bytes = this.read();
        if (!(bytes instanceof ArrayBuffer)) return;
        length += bytes.byteLength;
        if (length > MAX_RESPONSE) finish(new NetworkError("EMSGSIZE", "GET", path));
        else parts.push(new Uint8Array(bytes));
      },
      onEnd: () =>
        finish(parseResponse(Buffer.concat(parts)) ?? new NetworkError("ECONNABORTED", "GET", path)),
      onError: (error) => finish(error instanceof NetworkError ? error : give),
    });
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    timers.set(() => finish(error), 0);
  }

  function finish(result: HttpResponse | NetworkError): void {
    timers.clear(timeout);
    socket?.close();
    done(result);
  }
}

/** A whole response, read to the end of its connection; undefined if it is cut short or no HTTP. */
function parseResponse(bytes: Buffer): HttpResponse | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = bytes.subarray(0, Math.max(0, end)).toString("latin1").split("\r\n");
  const status = /^HTTP\/1\.[01] ([1-5][0-9][0-9])( |$)/.exec(statusLine)?.[1];
  if (end < 0 || status === undefined) return undefined;
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = bytes.subarray(end + 4);
  const promised = headers.get("content-length");
  if (promised !== undefined && Number(promised) !== body.length) return undefined;
  return { status: Number(status), headers, body: body.toString("utf8") };
}
