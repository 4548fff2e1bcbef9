import { expect, it } from "@jest/globals";
import { secureError } from "../../../hosts/node/tls/errors.js";
import { NetworkError } from "../../../src/error/index.js";

/** An error as Node and OpenSSL make them. */
function failure(code: string, more: object = {}): Error {
  return Object.assign(new Error("words of OpenSSL's, with numbers"), { code, ...more });
}

it.each([
  ["CERT_HAS_EXPIRED", {}, "EACCES", "its certificate has expired"],
  ["CERT_REVOKED", {}, "EACCES", "its certificate was revoked"],
  [
    "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
    {},
    "EPROTO",
    "the peer does not trust the authority of the certificate here",
  ],
  ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", { reason: "bad record mac" }, "EPROTO", "bad record mac"],
  ["ECONNRESET", {}, "ECONNRESET", "the peer left in the TLS handshake"],
  ["EPIPE", {}, "EPIPE", "peer no longer accepts data"],
  ["EUNHEARD", {}, "ECONNABORTED", "words of OpenSSL's, with numbers"],
  [
    "ERR_TLS_CERT_ALTNAME_INVALID",
    { reason: "no names" },
    "EACCES",
    "its certificate is not for that name: no names",
  ],
])("%s %j is %s", (code, more, expected, detail) => {
  const error = secureError(failure(code, more), "connect", "10.0.0.1:443");
  expect(error).toMatchObject({ code: expected, operation: "connect", subject: "10.0.0.1:443" });
  expect(error.message).toBe(`connect 10.0.0.1:443: ${detail} (${expected})`);
});

it("tells some of many names", () => {
  const subjectaltname = Array.from({ length: 300 }, (_, index) => `DNS:n${index}.org`).join(", ");
  const error = secureError(
    failure("ERR_TLS_CERT_ALTNAME_INVALID", { host: "a.org", cert: { subjectaltname } }),
    "connect",
    "10.0.0.1:443",
  );
  expect(error.message).toMatch(
    /: its certificate is for n0\.org, n1\.org, .*, n7\.org, …, not for a\.org \(EACCES\)$/,
  );
});

it("leaves a NetworkError as it is", () => {
  const error = new NetworkError("ETIMEDOUT", "connect");
  expect(secureError(error, "TLS handshake with", "x")).toBe(error);
});
