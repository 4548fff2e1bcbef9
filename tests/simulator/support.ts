import { MacAddress } from "../../src/address/index.js";
import type { CableEnd, Simulation } from "../../simulator/index.js";

export const A = MacAddress.parse("02:00:00:00:00:0A");
export const B = MacAddress.parse("02:00:00:00:00:0B");
export const C = MacAddress.parse("02:00:00:00:00:0C");

/** A frame of the local experimental EtherType 1 (IEEE 802), with `payload` behind the header. */
export function makeFrame(to: MacAddress, from: MacAddress, payload: readonly number[] = []): Uint8Array {
  const frame = new Uint8Array(14 + payload.length);
  to.write(frame, 0);
  from.write(frame, 6);
  frame.set([0x88, 0xb5], 12);
  frame.set(payload, 14);
  return frame;
}

export function transmit(end: CableEnd, frame: Uint8Array): void {
  end.transmit(frame, frame.length);
}

/** Keeps what arrives at an end, as "time payload". */
export function listen(end: CableEnd): string[] {
  const arrivals: string[] = [];
  end.onReceive = (frame, length, now) => {
    const payload = Array.from(frame.subarray(14, length));
    arrivals.push(`${now} ${payload.join(",")}`);
  };
  return arrivals;
}

/** Transmits frames with the payloads 0, 1, 2, … at intervals of `interval` ms, from now on. */
export function transmitSeries(simulation: Simulation, end: CableEnd, count: number, interval: number): void {
  for (let index = 0; index < count; index++) {
    simulation.schedule(index * interval, () => transmit(end, makeFrame(B, A, [index & 0xff])));
  }
}
