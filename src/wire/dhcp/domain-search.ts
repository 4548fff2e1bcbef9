import { appendDomainName, readDomainName } from "../domain-name.js";
import type { DhcpCodec } from "./codecs.js";

/** With compression, each name costs two bytes and may be 253 characters long; resolvers take few: glibc took six. */
const MAX_SEARCH_DOMAINS = 32;

/** Pointers count from the option's beginning, all its parts joined (RFC 3397 §2). */
export const DOMAIN_SEARCH: DhcpCodec<readonly string[]> = Object.freeze({
  read: (bytes) => {
    const domains: string[] = [];
    for (let at = 0; at < bytes.length;) {
      const name = readDomainName(bytes, at);
      // To look in the root is to look for the name itself, which takes no option.
      if (name === undefined || name.text === "" || domains.length === MAX_SEARCH_DOMAINS) return undefined;
      domains.push(name.text);
      at = name.end;
    }
    return domains.length > 0 ? domains : undefined;
  },
  write: (domains) => {
    const bytes: number[] = [];
    const suffixes = new Map<string, number>();
    for (const domain of domains) appendDomainName(bytes, domain, suffixes);
    return Uint8Array.from(bytes);
  },
} satisfies DhcpCodec<readonly string[]>);
