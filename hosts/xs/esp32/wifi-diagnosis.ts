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
 * Why a station did not get into a network, from how the network looks: docs/decisions/wifi-diagnosis.md says how sure that is.
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
  const isOpen = security === "none";
  if (isOpen && hasPassword) return "the network is open, but a password is set";
  if (security === "wpa2_enterprise") return "the network asks for a user name, which is not supported";
  if (security === "unknown") return "the network has a kind of security that is not known here";
  if (!isOpen && !hasPassword) return "the network asks for a password";
  // ESP-IDF takes nothing weaker than WPA2 with a password, unless a threshold is set, and the SDK sets none.
  if (security === "wep" || security === "wpa_psk")
    return "the network has WEP or WPA only; the radio wants WPA2";
  const isProven = isOpen || hasConnected;
  if (RSSI < WEAK_SIGNAL && isProven) return `the signal is weak (${RSSI} dBm)`;
  if (RSSI < WEAK_SIGNAL) return `the signal is weak (${RSSI} dBm), or the password is wrong`;
  if (isOpen) return "the access point refuses the connection";
  return hasConnected
    ? "the access point refuses the connection, or its password was changed"
    : "wrong password, or the access point refuses the connection";
}
