/** In ms: so long after the first signal a second one is the same keypress. */
const SAME_KEYPRESS = 1_000;

/**
 * Resolves when the user wants the program to end: Ctrl-C, or a polite kill. Asked again later, it ends at once.
 *
 * npm passes Ctrl-C on to a program that the terminal has told already. A second signal that comes while Node is on its
 * way out would kill it, so under npm that one is waited for.
 */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (): void => {
      const now = performance.now();
      if (first === undefined) {
        first = now;
        if (process.env.npm_lifecycle_event === undefined) resolve();
        else setTimeout(resolve, SAME_KEYPRESS);
        return;
      }
      if (now - first > SAME_KEYPRESS) process.exit(130);
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  });
}
