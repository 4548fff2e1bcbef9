import { KeyObject, randomBytes, webcrypto } from "node:crypto";
import type * as X509 from "@peculiar/x509";
import { NetworkError } from "../../../src/error/index.js";
import { checkOption } from "../../../src/host/index.js";
import { kindOfName, localNames } from "./names.js";
import type { Identity } from "./secure-io.js";

/** Days that a certificate is valid for: as long as the browsers' own authorities may give one. */
export const DEFAULT_CERTIFICATE_DAYS = 397;

/** RSA, which everybody knows: Moddable's TLS has no other. 2,048 bits are enough until 2030 (NIST SP 800-57 part 1, table 2). */
const ALGORITHM = Object.freeze({
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
});

const DAY = 86_400_000;

export interface CertificateOptions {
  /** DNS names and literal IP addresses; absent: `localNames`. */
  readonly names?: readonly string[];
  /** Absent: `DEFAULT_CERTIFICATE_DAYS`. With more than 825 Apple's systems refuse it, whoever has signed it. */
  readonly days?: number;
  /** When it begins to be valid; absent: a day ago, since a device's clock may be wrong. */
  readonly notBefore?: Date;
}

/** What a server needs, and what its clients are to trust. */
export interface DevelopmentCertificate extends Identity {
  /** The private key: PKCS #8 in PEM. */
  readonly key: string;
  /** The server's certificate and its authority's, in PEM. */
  readonly cert: string;
  /** The authority's certificate alone, in PEM: for `ca`, `curl --cacert`, or a browser's list of authorities. */
  readonly ca: string;
}

/**
 * Makes a certificate for development, signed by an authority made for it alone, whose key is forgotten at once: who trusts the
 * authority trusts nothing else. Needs the optional packages @peculiar/x509 and reflect-metadata.
 *
 * @throws NetworkError (as a rejection) EINVAL for a bad name or number of days, ENOTSUP without the packages
 */
export async function makeCertificate(options: CertificateOptions = {}): Promise<DevelopmentCertificate> {
  const { names = localNames(), days = DEFAULT_CERTIFICATE_DAYS } = options;
  const alternatives = names.map(alternativeName);
  const [first] = names;
  if (first === undefined) throw new NetworkError("EINVAL", "make certificate", undefined, "no name given");
  checkOption("days", days, 1);
  const x509 = await loadX509();
  const { subtle } = webcrypto;
  const notBefore = options.notBefore ?? new Date(Date.now() - DAY);
  const common = {
    notBefore,
    notAfter: new Date(notBefore.getTime() + days * DAY),
    signingAlgorithm: ALGORITHM,
  };

  const authorityKeys = await subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const authorityId = await x509.SubjectKeyIdentifierExtension.create(
    authorityKeys.publicKey,
    false,
    webcrypto,
  );
  const issuer = await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey, false, webcrypto);
  // Its name is its own: systems tell authorities apart by their names.
  const authorityName = [{ CN: [`Wirelet development CA ${randomBytes(8).toString("hex")}`] }];
  const authority = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...common,
      serialNumber: serialNumber(),
      name: authorityName,
      keys: authorityKeys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        authorityId,
        issuer,
      ],
    },
    webcrypto,
  );

  const keys = await subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...common,
      serialNumber: serialNumber(),
      subject: [{ CN: [first] }],
      issuer: authority.subject,
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(digitalSignature | keyEncipherment, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(alternatives),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        issuer,
      ],
    },
    webcrypto,
  );
  const ca = `${authority.toString("pem")}\n`;
  return {
    key: KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }) as string,
    cert: `${certificate.toString("pem")}\n${ca}`,
    ca,
  };
}

/** @throws NetworkError EINVAL */
function alternativeName(name: string): { type: "dns" | "ip"; value: string } {
  const type = kindOfName(name);
  if (type !== undefined) return { type, value: name };
  throw new NetworkError("EINVAL", "make certificate for", name, "neither a DNS name nor an IP address");
}

/** 127 bits: positive, and never given twice (RFC 5280 §4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString("hex");
}

/** @throws NetworkError ENOTSUP */
async function loadX509(): Promise<typeof X509> {
  try {
    // The library looks for it among the globals.
    await import("reflect-metadata");
    return await import("@peculiar/x509");
  } catch (error) {
    const detail = `it needs optional packages; run "npm install @peculiar/x509 reflect-metadata" (${(error as Error).message})`;
    throw new NetworkError("ENOTSUP", "make certificate", undefined, detail);
  }
}
