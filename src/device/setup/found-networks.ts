import { decodeUtf8 } from "../../host/index.js";

/** A Wi-Fi network that a search has found. */
export interface FoundNetwork {
  /** Its name, or if that can't be chosen, what comes near to it. */
  readonly ssid: string;
  /** Received strength in dBm: -30 is beside the access point, -90 is hardly heard. */
  readonly rssi: number;
  /** Whether it asks for a password. */
  readonly secured: boolean;
  /** Why it can't be chosen; absent: it can. */
  readonly problem?: string;
}

/** Networks shown at most: each is a row of a page that is made in memory. */
export const MAX_SHOWN_NETWORKS = 20;

/** Control characters have pictures in the same order from here on, and one for DEL. */
const PICTURES = 0x2400;
const PICTURE_OF_DEL = "\u2421";

/**
 * A network as a radio hears it.
 *
 * @param name any bytes: by the standard a network's name need not be text (IEEE 802.11-2020 §9.4.2.2)
 */
export function foundNetwork(name: Uint8Array, rssi: number, secured: boolean): FoundNetwork {
  const text = decodeUtf8(name, "lossy");
  const ssid = withPictures(text);
  // What a form does not bring back as it was, and no person has meant.
  if (ssid !== text) return { ssid, rssi, secured, problem: "the name has control characters" };
  if (!isUtf8(name)) return { ssid, rssi, secured, problem: "the name is not UTF-8" };
  return { ssid, rssi, secured };
}

/**
 * A search's results for a person: each name once, as its strongest access point is heard, the strongest first, and behind
 * them those that can't be chosen. Hidden networks are left out: they have no name.
 */
export function networksToShow(found: readonly FoundNetwork[]): FoundNetwork[] {
  const named = found.filter(({ ssid }) => ssid !== "");
  return [
    ...strongestFirst(named.filter(({ problem }) => problem === undefined)),
    ...strongestFirst(named.filter(({ problem }) => problem !== undefined)),
  ].slice(0, MAX_SHOWN_NETWORKS);
}

function strongestFirst(found: readonly FoundNetwork[]): FoundNetwork[] {
  const strongest = new Map<string, FoundNetwork>();
  for (const network of found) {
    const other = strongest.get(network.ssid);
    if (other === undefined || network.rssi > other.rssi) strongest.set(network.ssid, network);
  }
  return [...strongest.values()].sort((one, other) => other.rssi - one.rssi);
}

/** How well it is heard: 1 to 4, about the bars that a phone shows. */
export function bars(rssi: number): number {
  return rssi >= -55 ? 4 : rssi >= -67 ? 3 : rssi >= -78 ? 2 : 1;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decodeUtf8(bytes);
    return true;
  } catch {
    return false;
  }
}

function withPictures(text: string): string {
  let shown = "";
  for (const character of text) {
    if (character === "\x7f") shown += PICTURE_OF_DEL;
    else if (character < " ") shown += String.fromCharCode(PICTURES + character.charCodeAt(0));
    else shown += character;
  }
  return shown;
}
