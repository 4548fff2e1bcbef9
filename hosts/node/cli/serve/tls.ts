import { readFileSync } from "node:fs";
import type { Io } from "../../../../src/host/index.js";
import { attemptFile } from "../../files.js";
import { secureIo } from "../../tls/index.js";
import type { TlsFiles } from "./options.js";

/**
 * The same provider, whose listeners speak TLS if the task wants it. Whom TLS could not be agreed with is told of on standard error.
 *
 * @throws NetworkError if a file cannot be read, or is none of TLS's
 */
export function securedIo(io: Io, files: TlsFiles | undefined): Io {
  if (files === undefined) return io;
  const [key, cert] = [files.key, files.cert].map((path) =>
    attemptFile("read", path!, () => readFileSync(path!, "utf8")),
  ) as [string, string];
  return secureIo(io, {
    key,
    cert,
    alpn: ["http/1.1"],
    onHandshakeFailure: (error) => process.stderr.write(`${error.message}\n`),
  });
}
