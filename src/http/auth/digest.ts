import { encodeLatin1, encodeUtf8, type DigestAlgorithm, type Hashes } from "../../host/index.js";
import { encodeHex } from "./hex.js";

/** What the client's answer to a Digest challenge is made of; texts as they stand in the field. */
export interface DigestAnswer {
  /** Of `digestSecret`. */
  readonly secret: string;
  readonly nonce: string;
  /** The number of this request with the nonce: 8 hexadecimal digits. */
  readonly nc: string;
  readonly cnonce: string;
  readonly qop: string;
  readonly method: string;
  readonly uri: string;
}

/** H(user:realm:password), in hexadecimal: as good as the password, but in this realm only (RFC 7616 §3.4.2). */
export function digestSecret(
  hashes: Hashes,
  algorithm: DigestAlgorithm,
  user: string,
  realm: string,
  password: string,
): string {
  return encodeHex(hashes.digest(algorithm, encodeUtf8(`${user}:${realm}:${password}`)));
}

/** What stands for a user's name where names shall not be read on the way, in hexadecimal (RFC 7616 §3.4.4). */
export function digestUserHash(
  hashes: Hashes,
  algorithm: DigestAlgorithm,
  user: string,
  realm: string,
): string {
  return encodeHex(hashes.digest(algorithm, encodeUtf8(`${user}:${realm}`)));
}

/** The parameter `response` for qop "auth", in hexadecimal (RFC 7616 §3.4.1). */
export function digestResponse(hashes: Hashes, algorithm: DigestAlgorithm, answer: DigestAnswer): string {
  const { secret, nonce, nc, cnonce, qop, method, uri } = answer;
  const hash = (text: string): string => encodeHex(hashes.digest(algorithm, encodeLatin1(text)));
  return hash(`${secret}:${nonce}:${nc}:${cnonce}:${qop}:${hash(`${method}:${uri}`)}`);
}
