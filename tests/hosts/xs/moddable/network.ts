import type { NativeIo, Platform } from "../../../../hosts/xs/io/native.js";
import { Cable, SimulatedHost, Simulation } from "../../../../simulator/index.js";
import {
  createDesktopIo,
  createLwipIo,
  LWIP_MTU,
  LWIP_TUNING,
  Machine,
} from "../../../../simulator/moddable/platform/index.js";
import { Ipv4Address } from "../../../../src/address/index.js";

export const DEVICE_ADDRESS = "192.0.2.1";
export const PEER_ADDRESS = "192.0.2.2";

/** Bytes of a host's buffers, both ways: they do not grow, so that what is held up is so soon. */
export const BUFFER = 64 * 1024;

export interface Network {
  readonly platform: Platform;
  readonly simulation: Simulation;
  readonly cable: Cable;
  /** What Moddable runs on. */
  readonly device: SimulatedHost;
  readonly machine: Machine;
  readonly native: NativeIo;
  /** A host that can do everything. */
  readonly peer: SimulatedHost;
}

/** A machine with Moddable, and another host, on one cable without a gateway. */
export function makeNetwork(platform: Platform, seed = 1): Network {
  const simulation = new Simulation({ seed });
  const isLwip = platform === "esp32";
  const cable = new Cable(simulation, { name: "cable", latency: 1, ...(isLwip && { mtu: LWIP_MTU }) });
  const fixed = { tcp: { sendBuffer: BUFFER, receiveBuffer: BUFFER } };
  const stack = isLwip ? ({ profile: "device", tcp: LWIP_TUNING } as const) : fixed;
  const device = new SimulatedHost(simulation, { name: platform, cable, stack });
  const peer = new SimulatedHost(simulation, { name: "peer", cable, stack: fixed });
  configure(device, DEVICE_ADDRESS);
  configure(peer, PEER_ADDRESS);
  const machine = new Machine(device.stack, simulation.timers);
  const native = isLwip ? createLwipIo(machine) : createDesktopIo(machine);
  return { platform, simulation, cable, device, machine, native, peer };
}

function configure(host: SimulatedHost, address: string): void {
  host.network.configure({ address: Ipv4Address.parse(address), prefixLength: 24, dns: [] });
}
