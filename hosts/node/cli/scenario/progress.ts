import type { Lan } from "../../../../simulator/index.js";

/** Of virtual time, in ms: between two looks at whether the terminal wants to be told. */
const LOOK = 1_000;
/** Of the bar, in characters. */
const WIDTH = 30;
/** Of this machine's time, in ms. */
const INTERVAL = 200;

/** Shows a person at the terminal how far a run is; what goes to a file or a log stays as it is. @returns what ends it */
export function showProgress(lan: Lan, duration: number): () => void {
  const { stderr, env } = process;
  if (!stderr.isTTY || env["CI"] !== undefined || duration === 0) return () => undefined;
  let drawn = performance.now();
  const look = (): void => {
    timer = lan.simulation.schedule(LOOK, look);
    if (performance.now() - drawn < INTERVAL) return;
    drawn = performance.now();
    const share = Math.min(1, lan.simulation.now() / duration);
    const full = Math.round(share * WIDTH);
    stderr.write(
      `\r\x1b[K[${"#".repeat(full)}${" ".repeat(WIDTH - full)}] ${Math.floor(100 * share)} %, ${Math.round(lan.simulation.now() / 1000)} s`,
    );
  };
  let timer = lan.simulation.schedule(LOOK, look);
  return () => {
    lan.simulation.cancel(timer);
    stderr.write("\r\x1b[K");
  };
}
