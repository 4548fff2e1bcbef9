// Runs as a process of its own: see loopback.ts. It sends its port over the channel, and ends when that is closed.
import { createServer, type AddressInfo, type Server } from "node:net";
import type { Service } from "./loopback.js";
import { WRITE_SIZE } from "./pattern.js";

const SERVERS: Readonly<Record<Service, () => Server>> = {
  /** Sends back what it receives. */
  echo: () => createServer({ noDelay: true }, (socket) => socket.pipe(socket)),

  /** Discards what it receives; when the client ends, it answers how many bytes that was, as a 64-bit float. */
  discard: () =>
    createServer({ allowHalfOpen: true }, (socket) => {
      let received = 0;
      socket.on("data", (piece) => (received += piece.length));
      socket.on("end", () => {
        const answer = Buffer.alloc(8);
        answer.writeDoubleBE(received);
        socket.end(answer);
      });
    }),

  /** Asked with a number of ms, as a 64-bit float, it sends for so long, then ends. */
  source: () =>
    createServer((socket) => {
      const piece = Buffer.alloc(WRITE_SIZE);
      socket.once("data", (request) => {
        const end = performance.now() + request.readDoubleBE();
        const write = (): void => {
          let room = true;
          while (room && performance.now() < end) room = socket.write(piece);
          if (room) socket.end();
        };
        socket.on("drain", write);
        write();
      });
    }),

  close: () =>
    createServer((socket) => {
      socket.resume();
      socket.end();
    }),
};

const server = SERVERS[process.argv[2] as Service]();
server.listen(0, () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
