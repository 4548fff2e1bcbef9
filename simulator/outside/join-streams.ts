import type { Socket } from "node:net";
import type { Tcp, TcpCallbacks } from "../../src/host/index.js";
import type { RealTime } from "../real-time.js";

/**
 * Joins a connection of this machine with one in the simulation: bytes, ends and resets, with backpressure both ways.
 *
 * @param outside with `allowHalfOpen`; it may still be on its way to be connected
 * @param open makes the one inside with these callbacks; if it throws, the one outside is reset
 */
export function joinStreams(
  outside: Socket,
  pace: Pick<RealTime, "now">,
  open: (callbacks: TcpCallbacks) => Tcp,
): void {
  /** Bytes from outside that the simulated socket has no room for yet. */
  let waiting = new Uint8Array(0);
  let room = 0;
  /** Bytes have come, and virtual time is brought up to date before they are taken. */
  let isTaking = false;
  let outsideEnded = false;
  let isOpen = true;

  let inside: Tcp;
  try {
    inside = open({
      onWritable(bytes) {
        room = bytes;
        push();
      },
      onReadable: pull,
      onEnd: () => outside.end(),
      onError: () => {
        isOpen = false;
        // Node leaks a socket that is reset while its end is on its way out, and never finishes its own exit then.
        if (outside.writableEnded && !outside.writableFinished) outside.destroy();
        else outside.resetAndDestroy();
      },
    });
  } catch {
    outside.resetAndDestroy();
    return;
  }

  outside.on("data", (bytes) => {
    outside.pause();
    isTaking = true;
    pace.now(() => {
      isTaking = false;
      waiting = new Uint8Array(bytes);
      push();
    });
  });
  outside.on("drain", () => pace.now(pull));
  outside.on("end", () => {
    outsideEnded = true;
    pace.now(push);
  });
  outside.on("error", () => undefined);
  outside.on("close", () => {
    pace.now(() => {
      if (isOpen) inside.close();
      isOpen = false;
    });
  });

  function push(): void {
    if (!isOpen || room === 0 || isTaking) return;
    const part = waiting.subarray(0, room);
    if (part.length > 0) room = inside.write(part);
    waiting = waiting.subarray(part.length);
    if (waiting.length > 0) return;
    if (outsideEnded) inside.shutdown?.();
    else outside.resume();
  }

  function pull(): void {
    if (!isOpen || outside.writableNeedDrain) return;
    const bytes = inside.read();
    if (bytes instanceof ArrayBuffer) outside.write(new Uint8Array(bytes));
  }
}
