import { readFileSync } from "node:fs";
import type { Io } from "../../../../src/host/index.js";
import { attemptFile } from "../../files.js";
import { localNames, makeCertificate, secureIo, type Identity } from "../../tls/index.js";
import type { TlsFiles } from "./options.js";

/**
 * The same provider, whose listeners speak TLS. Whom TLS could not be agreed with is told of on standard error.
 *
 * @param address the server's, for a certificate that is made for it
 * @throws NetworkError (as a rejection) if a file cannot be read, or is none of TLS's
 */
export async function securedIo(io: Io, files: TlsFiles, address: string): Promise<Io> {
  return secureIo(io, {
    ...(await identityOf(files, address)),
    alpn: ["http/1.1"],
    onHandshakeFailure: (error) => process.stderr.write(`${error.message}\n`),
  });
}

async function identityOf({ key, cert }: TlsFiles, address: string): Promise<Identity> {
  if (key !== undefined && cert !== undefined) return { key: read(key), cert: read(cert) };
  const local = localNames();
  const names = local.includes(address) ? local : [address];
  return makeCertificate({ names });
}

function read(path: string): string {
  return attemptFile("read", path, () => readFileSync(path, "utf8"));
}
