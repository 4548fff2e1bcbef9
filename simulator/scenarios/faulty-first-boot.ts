import { HttpClient } from "../../src/http/index.js";
import { dhcpServer, firmware } from "../apps/index.js";
import type { Duration } from "../duration.js";
import type { Lan, LanHost, ScheduleSource } from "../lan/index.js";

const ROUTER = "192.168.1.1";

/** For faults to come and go, and for what waits longest to try again: a DHCP client, a minute, and a renewal on time. */
const TROUBLE: Duration = "10m";

/** After that, everything must work at once, retries of a request included. */
const RECOVERY: Duration = "2m";

/**
 * A home network where things go wrong while a device boots. When they are over and some time has passed, the device has a
 * lease, and answers a GET. A scenario for `explore`: faults must begin and end within ten minutes.
 */
export async function faultyFirstBoot(lan: Lan, schedule: ScheduleSource): Promise<void> {
  lan.host("router", { address: `${ROUTER}/24`, app: dhcpServer() });
  const laptop = lan.host("laptop", { address: "192.168.1.10/24", gateway: ROUTER });
  const device = lan.host("device", { stack: "device", app: firmware() });
  lan.schedule(schedule);
  await lan.runFor(TROUBLE);
  if (device.network.ipv4 === undefined) throw new Error("the device has no address after all");
  const status = await lan.finish(statusOf(device as LanHost, laptop as LanHost, device.app.httpPort), {
    within: RECOVERY,
  });
  if (status.ip !== device.address.toString()) throw new Error(`the device says that it is ${status.ip}`);
}

async function statusOf(device: LanHost, laptop: LanHost, port: number): Promise<{ readonly ip: string }> {
  const { stack, timers, clock } = laptop.machine;
  const client = new HttpClient({ io: stack.io, clock, timers });
  try {
    const response = await client.request(`http://${device.address}:${port}/api/status`);
    return JSON.parse(await response.text()) as { ip: string };
  } finally {
    client.close();
  }
}

export default faultyFirstBoot;
