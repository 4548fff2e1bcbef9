// Makes the certificates beside, all again: node -r ts-node/register tests/support/certificates/make.ts
// They are kept because to find primes takes a second for each, and valid for a hundred years because tests should be too.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { KeyObject, webcrypto } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificate, type CertificateOptions } from "../../../hosts/node/tls/index.js";

const CENTURY = 36_500;
const notBefore = new Date("2020-01-01");
const LOCAL = ["localhost", "127.0.0.1", "::1", "10.0.0.1", "10.0.0.2", "192.168.1.11", "device.local"];

const CERTIFICATES: Readonly<Record<string, CertificateOptions>> = {
  local: { names: LOCAL, days: CENTURY, notBefore },
  // Of another authority.
  stranger: { names: LOCAL, days: CENTURY, notBefore },
  example: { names: ["example.org", "*.example.org"], days: CENTURY, notBefore },
  expired: { names: LOCAL, days: 30, notBefore },
  "not-yet-valid": { names: LOCAL, days: CENTURY, notBefore: new Date("2100-01-01") },
};

function save(name: string, parts: { key: string; cert: string; ca: string }): void {
  for (const [part, pem] of Object.entries(parts)) {
    writeFileSync(join(__dirname, `${name}.${part}.pem`), pem, "latin1");
  }
}

async function makeSelfSigned(): Promise<void> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: ["localhost"] }],
      notBefore,
      notAfter: new Date("2120-01-01"),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.SubjectAlternativeNameExtension(LOCAL.slice(0, 1).map((value) => ({ type: "dns", value }))),
      ],
    },
    webcrypto,
  );
  const cert = `${certificate.toString("pem")}\n`;
  const key = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }) as string;
  save("self-signed", { key, cert, ca: cert });
}

async function main(): Promise<void> {
  for (const [name, options] of Object.entries(CERTIFICATES)) save(name, await makeCertificate(options));
  await makeSelfSigned();
}

void main();
