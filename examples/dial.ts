import { NetworkError } from "wirelet/error";
import type { AddressLike, TcpSocket } from "wirelet/socket";
import type { Context } from "./context.js";
import { pause } from "./pause.js";

const ATTEMPTS = 8;
/** Of one attempt, in ms. */
const TIME_LIMIT = 15_000;
/** Between two attempts, in ms. */
const REST = 1_000;

/**
 * Connects, and tries again if nobody answers: on a bad network the first packets of all may be lost, and ARP or TCP gives
 * up. A refusal is an answer.
 *
 * @throws NetworkError why the last attempt failed
 */
export async function dial(
  socket: TcpSocket,
  address: AddressLike,
  { sockets, signal, print }: Pick<Context, "sockets" | "signal" | "print">,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await socket.connect(address, { signal, timeout: TIME_LIMIT });
      return;
    } catch (error) {
      const isSilence =
        error instanceof NetworkError && (error.code === "EHOSTUNREACH" || error.code === "ETIMEDOUT");
      if (!isSilence || attempt === ATTEMPTS) throw error;
      print(`${error.message}: once more`);
      await pause(sockets.timers, REST);
    }
  }
}
