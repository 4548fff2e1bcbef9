/** Starts the chip anew, at once. What is not in flash yet is lost, and so is what was not sent. */
export function restart(): void {
  native("xs_wirelet_restart").call(globalThis);
}
