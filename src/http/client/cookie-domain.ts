import type { HttpUrl } from "./url.js";

/** Says whether anybody can have names below a domain: its names do not belong together. */
export type PublicSuffix = (domain: string) => boolean;

/** RFC 6265bis §5.1.3: the host is the domain, or below it. */
export function domainMatches({ host, isAddress }: HttpUrl, domain: string): boolean {
  return host === domain || (!isAddress && host.endsWith(`.${domain}`));
}

/** RFC 6265bis §5.2: the same scheme, and the same name below a public suffix. */
export function isSameSite(a: HttpUrl, b: HttpUrl, isPublicSuffix: PublicSuffix): boolean {
  return a.scheme === b.scheme && siteOf(a, isPublicSuffix) === siteOf(b, isPublicSuffix);
}

function siteOf({ host, isAddress }: HttpUrl, isPublicSuffix: PublicSuffix): string {
  if (isAddress) return host;
  const labels = host.split(".");
  let site = "";
  for (let label = labels.pop(); label !== undefined; label = labels.pop()) {
    site = site === "" ? label : `${label}.${site}`;
    if (!isPublicSuffix(site)) break;
  }
  return site;
}
