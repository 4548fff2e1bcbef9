import { Ipv4Address } from "../../src/address/index.js";
import type { Device } from "../../src/device/index.js";
import { NetworkError } from "../../src/error/index.js";
import { encodeUtf8 } from "../../src/host/index.js";
import { milliseconds, type Duration } from "../duration.js";
import type { App } from "../lan/lan-host.js";
import { COLLECTOR_PORT } from "./collector.js";
import { firmware } from "./firmware.js";

/** How often a sensor reports unless it is told otherwise. */
const DEFAULT_INTERVAL: Duration = "10s";

export interface SensorOptions {
  /** The host that the reports go to: its IPv4 address. */
  readonly to: string;
  /** Absent: COLLECTOR_PORT. */
  readonly port?: number;
  /** From one report to the next; absent: ten seconds. */
  readonly every?: Duration;
}

/**
 * The firmware, and a program beside it that reports: each a UDP datagram with the host's name, a number, and a temperature. The
 * first report is sent at a time drawn from the seed, so that not all sensors speak at once.
 *
 * @throws NetworkError EINVAL for an address or a duration that is none
 */
export function sensor({ to, port = COLLECTOR_PORT, every = DEFAULT_INTERVAL }: SensorOptions): App<Device> {
  const address = Ipv4Address.parse(to).toString();
  const interval = milliseconds(every);
  const run = firmware();
  return (machine, host) => {
    const device = run(machine, host);
    const { stack, timers, network } = machine;
    const random = machine.random.fork("sensor");
    const socket = new stack.io.UDP({});
    let number = 0;
    let temperature = 20;
    const report = (): void => {
      timers.set(report, interval);
      if (network.ipv4 === undefined) return;
      temperature += random.fraction() - 0.5;
      const text = `${host.name} ${++number} ${temperature.toFixed(1)}`;
      try {
        socket.write(encodeUtf8(text), address, port);
      } catch (error) {
        // A report that has no way is like one that is lost.
        if (!(error instanceof NetworkError)) throw error;
      }
    };
    timers.set(report, random.fraction() * interval);
    return device;
  };
}
