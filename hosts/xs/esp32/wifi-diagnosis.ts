/** What a scan tells of an access point. */
export interface FoundNetwork {
  readonly SSID: string;
  /** dBm. */
  readonly RSSI: number;
  /** "none", "wep", "wpa2_psk", "wpa2_enterprise", …; the SDK's typings do not know it, its C does. */
  readonly security?: string;
}

/** Below this the handshake often fails although all is right, in dBm. */
export const WEAK_SIGNAL = -85;

/**
 * Why a station did not get into a network, from how the network looks.
 *
 * @param found the network's strongest access point; undefined if a scan found none
 * @param hasPassword whether the station has a password
 * @param hasConnected whether the same password was accepted before
 */
export function diagnose(
  found: FoundNetwork | undefined,
  hasPassword: boolean,
  hasConnected: boolean,
): string {
  if (found === undefined) return "no such network in range (or hidden, or on 5 GHz)";
  const { security = "unknown", RSSI } = found;
  if (security === "none" && hasPassword) return "the network is open, but a password is set";
  if (security === "wpa2_enterprise") return "the network asks for a user name, which is not supported";
  if (security !== "none" && !hasPassword) return "the network asks for a password";
  if (RSSI < WEAK_SIGNAL) return `the signal is weak (${RSSI} dBm)`;
  if (hasConnected || security === "none") return "the access point refuses the connection";
  return "wrong password, or the access point refuses the connection";
}
