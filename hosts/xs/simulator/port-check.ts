import type { Io, Timers } from "wirelet/host/index";

/** How long a port that somebody has is left alone before it is looked at again, in ms. */
export const PORT_RETRY_DELAY = 5_000;

/**
 * Calls `onFree` once nobody listens on `port`, and `onTaken` each time somebody does. Whether a port is free can't be
 * left to the listener here: one that fails to bind soon ends the simulator with a segmentation fault (measured on Linux).
 */
export function waitForPort(
  { io, timers }: { readonly io: Io; readonly timers: Timers },
  port: number,
  onFree: () => void,
  onTaken: () => void,
): void {
  const look = (): void => {
    new io.TCP({
      address: "127.0.0.1",
      port,
      onWritable() {
        this.close();
        timers.set(look, PORT_RETRY_DELAY);
        onTaken();
      },
      onError() {
        this.close();
        onFree();
      },
    });
  };
  look();
}
