/** Starts the chip anew, at once. What is not in flash yet is lost, and so is what was not sent. */
export function restart(this: unknown): void {
  // With `this` the compiler makes a function in C of it; without, a wrapper of one.
  native("xs_wirelet_restart").call(this as object);
}
