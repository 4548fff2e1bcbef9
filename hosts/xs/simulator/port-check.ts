import type { Io, Timers } from "wirelet/host/index";

/** How long a port that somebody has is left alone before it is looked at again, in ms. */
export const PORT_RETRY_DELAY = 5_000;

/**
 * Calls `onFree` once nobody listens on `port`, and before that `onTaken` if somebody does. Whether a port is free can't be
 * left to the listener here: one that fails to bind soon ends the simulator with a segmentation fault (measured on Linux).
 */
export function waitForPort(
  { io, timers }: { readonly io: Io; readonly timers: Timers },
  port: number,
  onFree: () => void,
  onTaken: () => void,
): void {
  let isTaken = false;
  const look = (): void => {
    new io.TCP({
      address: "127.0.0.1",
      port,
      onWritable() {
        this.close();
        timers.set(look, PORT_RETRY_DELAY);
        if (!isTaken) onTaken();
        isTaken = true;
      },
      onError() {
        this.close();
        onFree();
      },
    });
  };
  look();
}
