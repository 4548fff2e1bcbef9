import type { FaultRule, SimulatedHost, Simulation } from "../../../simulator/index.js";
import { IPV4, ethernet, icmp } from "./build.js";

const ROUTER_MAC = "02:00:00:00:00:fe";
const [UNREACHABLE, FRAGMENTATION_NEEDED] = [3, 4];

/**
 * A router somewhere on the way whose next link carries packets of `mtu` bytes. Larger ones are lost.
 * @param tells the host on whose side the router stands: it hears of that (RFC 1191 §4); absent: a black hole
 */
export function narrowPath(simulation: Simulation, mtu: number, tells?: SimulatedHost): FaultRule {
  return {
    name: `MTU ${mtu}`,
    apply(transit) {
      const packet = Buffer.from(transit.bytes.subarray(14, transit.length));
      if (transit.length <= 14 + mtu) return;
      transit.drop();
      if (tells === undefined) return;
      const destination = packet.subarray(12, 16).join(".");
      const quoted = packet.subarray(0, 28);
      const error = icmp(
        { source: "10.0.0.254", destination },
        UNREACHABLE,
        FRAGMENTATION_NEEDED,
        mtu,
        quoted,
      );
      const frame = ethernet(tells.mac.toString(), ROUTER_MAC, IPV4, error);
      simulation.schedule(5, () => tells.link.onReceive?.(frame, frame.length, simulation.now()));
    },
  };
}
