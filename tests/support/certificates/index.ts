import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DevelopmentCertificate } from "../../../hosts/node/tls/index.js";

/**
 * "local" is for localhost, device.local, 127.0.0.1, ::1, 10.0.0.1, 10.0.0.2 and 192.168.1.11, "stranger" too, by another authority;
 * "example" is for example.org and *.example.org; the others are for what "local" is for.
 */
export type CertificateName = "local" | "stranger" | "example" | "expired" | "not-yet-valid" | "self-signed";

/** Where a part of a certificate is, for programs that are given files. */
export function certificateFile(name: CertificateName, part: "key" | "cert" | "ca"): string {
  return join(__dirname, `${name}.${part}.pem`);
}

/** A certificate for tests, made by `make.ts`. */
export function certificate(name: CertificateName): DevelopmentCertificate {
  const read = (part: "key" | "cert" | "ca"): string => readFileSync(certificateFile(name, part), "latin1");
  return { key: read("key"), cert: read("cert"), ca: read("ca") };
}
