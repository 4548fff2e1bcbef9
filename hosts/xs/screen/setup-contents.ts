/** What a person in front of a device in set-up mode has to know. */
export interface SetupContents {
  /** The name of the device's access point. */
  readonly ssid: string;
  /** Absent: it is open. */
  readonly password: string | undefined;
  /** Of the page to choose a network, which is on port 80. */
  readonly address: string;
  /** Whether somebody has joined, so that the page comes next. */
  readonly hasVisitor: boolean;
}

/** What the characters that separate the fields have before them. */
const ESCAPED = Object.freeze(["\\", ";", ",", ":", '"']);

/**
 * What a phone joins a Wi-Fi network by when it is in a QR code: ZXing's format, which the cameras of Android and iOS know.
 *
 * @param password undefined for an open network
 */
export function joiningText(ssid: string, password: string | undefined): string {
  const key = password === undefined ? "" : `P:${escape(password)};`;
  return `WIFI:T:${password === undefined ? "nopass" : "WPA"};S:${escape(ssid)};${key};`;
}

function escape(text: string): string {
  let escaped = "";
  for (const character of text) escaped += ESCAPED.includes(character) ? `\\${character}` : character;
  return escaped;
}
