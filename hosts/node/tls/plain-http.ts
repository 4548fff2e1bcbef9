/** A method and a space (RFC 9112 §3): what somebody sends who has typed http:// for a port of https://. */
const METHOD = /^[A-Z]{3,16} /;

/** Whether a connection's first bytes are a request of HTTP without TLS. */
export function isPlainHttp(first: Uint8Array): boolean {
  return METHOD.test(Buffer.from(first.subarray(0, 17)).toString("latin1"));
}

const BODY = "This port speaks HTTPS: the address begins with https://\n";

/** What a person sees then in a browser, instead of a connection that is closed. */
export const PLAIN_HTTP_ANSWER = `HTTP/1.1 400 Bad Request\r
Content-Type: text/plain; charset=utf-8\r
Content-Length: ${BODY.length}\r
Connection: close\r
\r
${BODY}`;
