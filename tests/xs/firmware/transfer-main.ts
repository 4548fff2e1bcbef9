import { TickClock } from "../../../hosts/xs/clock.js";
import { createIo } from "../../../hosts/xs/io/index.js";
import { XsTimers } from "../../../hosts/xs/timers.js";
import { HttpServer } from "../../../src/http/server/index.js";

declare global {
  /** The SDK's modules, by their names: the double has them here. */
  var moddable: Readonly<Record<string, never>>;
}

/** Bytes of a page that is larger than what an ESP32 has left, and of an upload of that size. */
const LARGE = 100 * 1024;

/** An app in the firmware's place: it gives a large page piece by piece, and takes an upload as it comes. */
const timers = new XsTimers(moddable.timer!);
const time: { readonly ticks: number } = moddable.time!;
const native = {
  TCP: moddable["embedded:io/socket/tcp"]!,
  Listener: moddable["embedded:io/socket/listener"]!,
  UDP: moddable["embedded:io/socket/udp"]!,
};
const clock = new TickClock(() => time.ticks, timers);
const server = new HttpServer({ io: createIo(native, timers, "esp32"), clock, timers, port: 80 });
server.get("/large", (_, response) => {
  let position = 0;
  response.sendFrom({
    length: LARGE,
    read(buffer) {
      const count = Math.min(buffer.length, LARGE - position);
      buffer.fill(0x2e, 0, count);
      position += count;
      return count;
    },
  });
});
server.post(
  "/upload",
  (request, response) => {
    let length = 0;
    request.readBody({
      onData: (bytes) => (length += bytes.length),
      onEnd: () => response.json({ length }),
    });
  },
  { body: "stream", maxBody: LARGE },
);
server.start();
