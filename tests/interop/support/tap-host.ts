import { execFileSync } from "node:child_process";
import { StackDriver, nodeIo, nodeRandom, openTap, type TapDevice } from "../../../hosts/node/index.js";
import {
  Cable,
  RealTime,
  SimulatedHost,
  Simulation,
  type FaultRule,
  type SimulatedRandom,
  type Transit,
} from "../../../simulator/index.js";
import { Ipv4Address } from "../../../src/address/index.js";
import type { Io } from "../../../src/host/index.js";
import { Stack, type StackInterface, type StackOptions } from "../../../src/stack/index.js";

export const TAP = "tap0";
const PREFIX_LENGTH = 24;

/** One of the two ends of a TAP device: this project's stack, or the kernel's. */
export interface Side {
  readonly io: Io;
  readonly address: string;
  /** Whatever is done to the sockets, except by their callbacks, is done in here. */
  act<T>(action: () => T): T;
}

/** A stack and the kernel, joined by a TAP device of this process's own namespace. */
export interface TapHost {
  readonly stack: Stack;
  readonly ours: Side;
  readonly kernel: Side;
  /** How many frames a fault has met. */
  readonly hits: number;
  close(): void;
}

export interface TapHostOptions extends Omit<StackOptions, "random" | "log"> {
  readonly offload?: boolean;
  /** What happens to frames between the TAP device and the stack, each way; absent: nothing, and no detour. */
  readonly faults?: readonly FaultRule[];
  /** What decides whom the faults hit. */
  readonly seed?: number;
}

let opened = 0;

/** Each host has a network of its own, so that what the kernel remembers of one does not meet the next. */
export async function openTapHost(options: TapHostOptions = {}): Promise<TapHost> {
  const subnet = `10.80.${++opened}`;
  const tap = await openTap({ interface: TAP, offload: options.offload === true });
  execFileSync("ip", ["address", "add", `${subnet}.1/${PREFIX_LENGTH}`, "dev", TAP]);
  execFileSync("ip", ["link", "set", TAP, "up"]);
  const address = `${subnet}.2`;
  const configure = (network: StackInterface): void =>
    network.configure({ address: Ipv4Address.parse(address), prefixLength: PREFIX_LENGTH, dns: [] });
  const { stack, act, hits, stop } =
    options.faults === undefined ? onRealLink(tap, options, configure) : onCable(tap, options, configure);
  return {
    stack,
    ours: { io: stack.io, address, act },
    kernel: { io: nodeIo, address: `${subnet}.1`, act: (action) => action() },
    get hits() {
      return hits();
    },
    close() {
      stop();
      tap.close();
    },
  };
}

interface Running {
  readonly stack: Stack;
  readonly act: <T>(action: () => T) => T;
  readonly hits: () => number;
  readonly stop: () => void;
}

function onRealLink(
  tap: TapDevice,
  { profile, tcp, privilegedPorts = "allowed" }: TapHostOptions,
  configure: (network: StackInterface) => void,
): Running {
  const tuning = { ...(profile && { profile }), ...(tcp && { tcp }), privilegedPorts };
  const stack = new Stack({ random: nodeRandom, ...tuning });
  configure(stack.attach(tap, { name: TAP }));
  const driver = new StackDriver(stack);
  return { stack, act: (action) => action(), hits: () => 0, stop: () => driver.stop() };
}

/** The stack on a simulated cable, whose other end is the TAP device; virtual time passes as real time does. */
function onCable(
  tap: TapDevice,
  { profile, tcp, faults = [], seed = 1 }: TapHostOptions,
  configure: (network: StackInterface) => void,
): Running {
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, { name: TAP });
  const tuning = { ...(profile && { profile }), ...(tcp && { tcp }) };
  const { stack, network } = new SimulatedHost(simulation, { name: "stack", cable, stack: tuning });
  const end = cable.plug({ name: "kernel" });
  let hits = 0;
  for (const { name, apply } of faults) {
    const counting = (transit: Transit, random: SimulatedRandom): void => {
      const { fate, delay } = transit;
      apply(transit, random);
      if (transit.fate !== fate || transit.delay !== delay) hits++;
    };
    cable.impair({ name, apply: counting });
  }
  const pace = new RealTime(simulation);
  end.onFrame = (frame) => tap.transmit(frame.bytes, frame.length);
  tap.onReceive = (frame, length) => pace.now(() => end.transmit(frame, length));
  configure(network);
  return {
    stack,
    act<T>(action: () => T): T {
      let result!: T;
      pace.now(() => (result = action()));
      return result;
    },
    hits: () => hits,
    stop: () => pace.stop(),
  };
}
