import config from "mc/config";
import Net from "net";
import Time from "time";
import Timer from "timer";
import { SocketAddress } from "wirelet/address/index";
import { MODDABLE_ESP32, MODDABLE_SIMULATOR } from "../../../tests/conformance/sockets/moddable.js";
import { runSuite } from "../../../tests/conformance/sockets/suite/run.js";
import { TickClock } from "../clock.js";
import { createIo } from "../io/index.js";
import { nativeSockets } from "../native-io.js";
import { XsTimers } from "../timers.js";
import { printObservations } from "./observations.js";
import { report } from "./report.js";
import { connectPeer, makeWorld, realLacks } from "./world.js";

async function main(): Promise<void> {
  const timers = new XsTimers(Timer);
  const clock = new TickClock(() => Time.ticks, timers);
  const platform = config.platform === "esp32" ? "esp32" : "desktop";
  const native = nativeSockets();
  const provider = { io: createIo(native, timers, platform), timers };
  const lacks = realLacks(platform === "esp32" ? MODDABLE_ESP32 : MODDABLE_SIMULATOR);
  const { address } = SocketAddress.parse(String(config.peer));
  const peerAddress = address.toString();
  const ends = { address: address.isLoopback ? peerAddress : Net.get("IP"), peerAddress };
  const peer = await connectPeer(provider, String(config.peer));
  const open = () => Promise.resolve(makeWorld(provider, clock, peer, ends));
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void timers.set(resolve, ms));
  await report(provider, String(config.report), async (print) => {
    await printObservations({ ...ends, platform, native, peer, wait }, print);
    await runSuite({ lacks, open, print });
  });
}

main().catch((error: unknown) => trace(`${String(error)}\n`));
