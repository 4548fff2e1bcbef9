import { NetworkError } from "../../../src/error/index.js";
import { networkError } from "../io/errors.js";

const UNKNOWN_CA = "its certificate is signed by an authority that is not trusted here";

/** Why a certificate is refused, by OpenSSL's names (X509_verify_cert_error_string) and Node's own. */
const REFUSALS: Readonly<Record<string, string>> = Object.freeze({
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed, and not one that is trusted here",
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate was revoked",
  INVALID_PURPOSE: "its certificate is not one for servers",
});

/** What else ends a handshake, by OpenSSL's names. An alert is the peer's. */
const PROTOCOL: Readonly<Record<string, string>> = Object.freeze({
  ERR_SSL_WRONG_VERSION_NUMBER: "the peer does not speak TLS: is this a port for plain connections?",
  ERR_SSL_HTTP_REQUEST: "the peer speaks plain HTTP",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "no version of TLS in common",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "no version of TLS in common",
  ERR_SSL_NO_SHARED_CIPHER: "no cipher in common",
  ERR_SSL_NO_APPLICATION_PROTOCOL: "no application protocol in common",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "no application protocol in common",
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: "the peer found no common ground",
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "the peer does not trust the authority of the certificate here",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: "the peer refuses the certificate here",
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: "the peer refuses the certificate here",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: "the peer refuses the certificate here, which has expired",
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: "the peer does not know the name that it was called by",
});

/** Names of a certificate that a message tells at most: there may be hundreds. */
const MAX_NAMES = 8;

/** What Node and OpenSSL add to an error. */
interface TlsError extends NodeJS.ErrnoException {
  /** OpenSSL's words, without numbers and files. */
  readonly reason?: string;
  /** With a certificate for other names: the name it should be for, and what it says. */
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string };
}

/** The NetworkError for what ended a connection with TLS. @param subject the address it was about */
export function secureError(error: TlsError, operation: string, subject: string): NetworkError {
  if (error instanceof NetworkError) return error;
  const { code = "" } = error;
  const refusal = code === "ERR_TLS_CERT_ALTNAME_INVALID" ? wrongName(error) : REFUSALS[code];
  if (refusal !== undefined) return new NetworkError("EACCES", operation, subject, refusal);
  if (code === "ECONNRESET")
    return new NetworkError("ECONNRESET", operation, subject, "the peer left in the TLS handshake");
  if (code.startsWith("ERR_SSL_") || code === "EPROTO")
    return new NetworkError("EPROTO", operation, subject, PROTOCOL[code] ?? reasonOf(error));
  return networkError(error, operation, subject);
}

function wrongName(error: TlsError): string {
  const names = error.cert?.subjectaltname?.replace(/\b(DNS|IP Address):/g, "").split(", ") ?? [];
  if (names.length === 0) return `its certificate is not for that name: ${reasonOf(error)}`;
  const rest = names.length > MAX_NAMES ? ", …" : "";
  return `its certificate is for ${names.slice(0, MAX_NAMES).join(", ")}${rest}, not for ${error.host ?? "that name"}`;
}

function reasonOf({ reason, message }: TlsError): string {
  return reason ?? message;
}
