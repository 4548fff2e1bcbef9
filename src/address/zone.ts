/** Characters of a zone: an interface's name, for which IFNAMSIZ of Linux and the BSDs leaves 15 beside its NUL. */
export const MAX_ZONE_LENGTH = 15;

/** What keeps `zone` from being a zone identifier: RFC 4007 §11.2, and no delimiter of addresses in it. */
export function zoneFault(zone: string): string | undefined {
  if (zone === "") return "zone is empty";
  if (zone.length > MAX_ZONE_LENGTH) return `zone has more than ${MAX_ZONE_LENGTH} characters`;
  for (let at = 0; at < zone.length; at++) {
    const code = zone.charCodeAt(at);
    const visible = code > 0x20 && code < 0x7f;
    if (!visible || "%/:[]".includes(zone.charAt(at)))
      return "zone has a character that no interface name has";
  }
  return undefined;
}
