/** A Wi-Fi network that a search has found. */
export interface FoundNetwork {
  readonly ssid: string;
  /** Received strength in dBm: -30 is beside the access point, -90 is hardly heard. */
  readonly rssi: number;
  /** Whether it asks for a password. */
  readonly secured: boolean;
}

/** Networks shown at most: each is a row of a page that is made in memory. */
export const MAX_SHOWN_NETWORKS = 20;

/**
 * What of a search's results can be chosen: each name once, as its strongest access point is heard, the strongest first.
 * Left out are hidden networks, which have no name, and names with control characters.
 */
export function choosable(found: readonly FoundNetwork[]): FoundNetwork[] {
  const strongest = new Map<string, FoundNetwork>();
  for (const network of found) {
    const { ssid, rssi } = network;
    if (ssid === "" || hasControls(ssid)) continue;
    const other = strongest.get(ssid);
    if (other === undefined || rssi > other.rssi) strongest.set(ssid, network);
  }
  return [...strongest.values()].sort((one, other) => other.rssi - one.rssi).slice(0, MAX_SHOWN_NETWORKS);
}

/** How well it is heard: 1 to 4, about the bars that a phone shows. */
export function bars(rssi: number): number {
  return rssi >= -55 ? 4 : rssi >= -67 ? 3 : rssi >= -78 ? 2 : 1;
}

/** What a form does not bring back as it was, and no person has meant. */
function hasControls(text: string): boolean {
  for (const character of text) if (character < " " || character === "\x7f") return true;
  return false;
}
