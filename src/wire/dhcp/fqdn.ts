import { appendDomainName, readDomainName } from "../domain-name.js";
import type { DhcpCodec } from "./codecs.js";
import { readDhcpText, writeDhcpText } from "./text.js";

/** The client's name, and who tells the DNS of it (RFC 4702 §2). A flag that is not set is absent. */
export interface DhcpFqdn {
  /**
   * With a dot at its end if it is complete ("pump.example.org."), without one if the server is to complete it ("pump");
   * "" asks for a name.
   */
  readonly name: string;
  /** S: the server updates the name's address record. */
  readonly serverUpdates?: boolean;
  /** O: from a server, that it did not do with S as the client wanted. */
  readonly overridden?: boolean;
  /** N: the server updates nothing; S is then not set. */
  readonly noUpdates?: boolean;
  /** E is not set: the name is text, as clients before RFC 4702 sent it. A server answers in kind (§2.1). */
  readonly ascii?: boolean;
  /** A server sends it: the two result codes that nobody reads any more are 255, not 0 (§2.2). */
  readonly fromServer?: boolean;
}

const FLAG_SERVER_UPDATES = 0x01;
const FLAG_OVERRIDDEN = 0x02;
const FLAG_ENCODED = 0x04;
const FLAG_NO_UPDATES = 0x08;

const FLAGS = 0;
const RESULT = 1;
const NAME = 3;
const RESULT_FROM_SERVER = 255;

export const FQDN: DhcpCodec<DhcpFqdn> = Object.freeze({
  read: (bytes) => {
    if (bytes.length < NAME) return undefined;
    const flags = bytes[FLAGS]!;
    const ascii = (flags & FLAG_ENCODED) === 0;
    const name = ascii ? readDhcpText(bytes, NAME, bytes.length) : readName(bytes.subarray(NAME));
    if (name === undefined) return undefined;
    const fqdn: { -readonly [F in keyof DhcpFqdn]: DhcpFqdn[F] } = { name };
    if ((flags & FLAG_SERVER_UPDATES) !== 0) fqdn.serverUpdates = true;
    if ((flags & FLAG_OVERRIDDEN) !== 0) fqdn.overridden = true;
    if ((flags & FLAG_NO_UPDATES) !== 0) fqdn.noUpdates = true;
    if (ascii) fqdn.ascii = true;
    if (bytes[RESULT] === RESULT_FROM_SERVER) fqdn.fromServer = true;
    return fqdn;
  },
  write: ({ name, serverUpdates, overridden, noUpdates, ascii, fromServer }) => {
    const encoded = ascii ? writeDhcpText(name) : writeName(name);
    const bytes = new Uint8Array(NAME + encoded.length);
    bytes[FLAGS] =
      (serverUpdates ? FLAG_SERVER_UPDATES : 0) |
      (overridden ? FLAG_OVERRIDDEN : 0) |
      (ascii ? 0 : FLAG_ENCODED) |
      (noUpdates ? FLAG_NO_UPDATES : 0);
    if (fromServer) bytes.fill(RESULT_FROM_SERVER, RESULT, NAME);
    bytes.set(encoded, NAME);
    return bytes;
  },
} satisfies DhcpCodec<DhcpFqdn>);

/** An incomplete name lacks the root (§2.3.1). Pointers are refused: there is nothing before the name. */
function readName(bytes: Uint8Array): string | undefined {
  const rooted = new Uint8Array(bytes.length + 1);
  rooted.set(bytes);
  const name = readDomainName(rooted, 0);
  if (name === undefined) return undefined;
  if (name.end === rooted.length) return name.text;
  return name.end === bytes.length ? `${name.text}.` : undefined;
}

function writeName(name: string): Uint8Array {
  const complete = name.endsWith(".");
  const bytes: number[] = [];
  appendDomainName(bytes, complete ? name.slice(0, -1) : name);
  if (!complete) bytes.pop();
  return Uint8Array.from(bytes);
}
