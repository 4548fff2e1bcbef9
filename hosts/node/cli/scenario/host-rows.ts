import { Device } from "../../../../src/device/index.js";
import { formatSeconds, type Lan, type LanHost } from "../../../../simulator/index.js";
import type { Traffic } from "./traffic.js";

/** The columns of a table of hosts. */
export const HOST_COLUMNS: readonly string[] = Object.freeze([
  ...["host", "state", "address", "lease", "frames", "bytes"],
]);

/** What a table says of each host, in the order of the columns. */
export function hostRows(lan: Lan, traffic: Traffic): string[][] {
  return lan.hosts.map((host) => {
    const { frames, bytes } = traffic.of(host.name);
    return [host.name, stateOf(host), addressOf(host), leaseOf(host), String(frames), String(bytes)];
  });
}

function stateOf({ isOn, network }: LanHost): string {
  if (!isOn) return "off";
  return network.up ? "on" : "no link";
}

function addressOf({ isOn, network: { ipv4 } }: LanHost): string {
  return !isOn || ipv4 === undefined ? "-" : `${ipv4.address}/${ipv4.prefixLength}`;
}

function leaseOf(host: LanHost): string {
  const app: unknown = host.isOn ? host.app : undefined;
  const left = app instanceof Device ? app.status.dhcp.leaseSecondsLeft : null;
  return left === null ? "-" : formatSeconds(left);
}
