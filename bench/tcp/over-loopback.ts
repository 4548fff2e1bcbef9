import { once } from "node:events";
import type { LoopbackServer } from "../support/loopback.js";
import { Pattern, WRITE_SIZE } from "../support/pattern.js";

const pattern = new Pattern();

/**
 * Bulk data to a server that discards it, from the first write until the server has read the last byte.
 * @returns Gbit/s
 */
export async function transferOverLoopback(server: LoopbackServer, duration: number): Promise<number> {
  const socket = await server.connect();
  const start = performance.now();
  let sent = 0;
  const write = (): void => {
    let room = true;
    while (room && performance.now() - start < duration) {
      room = socket.write(pattern.piece(sent));
      sent += WRITE_SIZE;
    }
    if (room) socket.end();
  };
  socket.on("drain", write);
  write();
  // The answer comes when the server has read all there was.
  const [answer] = (await once(socket, "data")) as [Buffer];
  const elapsed = performance.now() - start;
  checkCount(answer.readDoubleBE(), sent);
  return gigabits(sent, elapsed);
}

/** @throws Error if bytes were lost */
export function checkCount(received: number, sent: number): void {
  if (received !== sent) throw new Error(`${sent} bytes were sent and ${received} received`);
}

/** Gbit/s. @param elapsed ms */
export function gigabits(bytes: number, elapsed: number): number {
  return (bytes * 8) / elapsed / 1e6;
}
