/** Two digits a byte, in lower case. */
export function encodeHex(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (const byte of bytes) pieces.push(byte.toString(16).padStart(2, "0"));
  return pieces.join("");
}
