/** In ms: npm passes Ctrl-C on to a process that the terminal has told already, and that second one must not kill it. */
const SAME_KEYPRESS = 1_000;

/** Resolves when the user wants the program to end: Ctrl-C, or a polite kill. Asked again later, it ends at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (): void => {
      first ??= performance.now();
      if (performance.now() - first > SAME_KEYPRESS) process.exit(130);
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  });
}
