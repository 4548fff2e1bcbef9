import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until, type Program } from "../../support/program.js";
import { TAP, type DhcpLan } from "./dhcp-lan.js";
import { DNSMASQ_OPTIONS, DNSMASQ_SERVES } from "./dnsmasq.js";

/** In seconds; dnsmasq has no shorter ones. */
const LEASE = 120;

export interface PoolOptions {
  /** Absent: ten addresses from 10.77.0.100. */
  readonly first?: string;
  readonly last?: string;
  /** Seconds; dnsmasq knows "infinite" too. */
  readonly lease?: number | "infinite";
}

const FIRST = "10.77.0.100";
const LAST = "10.77.0.109";

/**
 * Starts dnsmasq on a LAN. It remembers the leases of the one before.
 * @param options more of its command line: "--dhcp-option=option:T1,5"
 */
export async function startDnsmasq(
  lan: DhcpLan,
  { first = FIRST, last = LAST, lease = LEASE }: PoolOptions = {},
  ...options: string[]
): Promise<Program> {
  const dnsmasq = lan.start(
    "dnsmasq",
    ...DNSMASQ_OPTIONS,
    `--interface=${TAP}`,
    "--dhcp-sequential-ip",
    `--dhcp-leasefile=${dnsmasqLeaseFile(lan)}`,
    `--dhcp-range=${first},${last},255.255.255.0,${lease}`,
    ...options,
  );
  await dnsmasq.says(DNSMASQ_SERVES);
  return dnsmasq;
}

/** Ends a server without a word. */
export async function crash(server: Program): Promise<void> {
  server.kill("SIGKILL");
  await server.ends();
}

function dnsmasqLeaseFile(lan: DhcpLan): string {
  return join(lan.folder, "dnsmasq.leases");
}

/** What dnsmasq has leased: an address, a host name and a client identifier each. */
export function dnsmasqLeases(lan: DhcpLan): string[] {
  const lines = readFileSync(dnsmasqLeaseFile(lan), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => line.split(" ").slice(2).join(" "));
}

/** The port of a DHCP server, as the kernel lists it. */
const BOUND_PORT = /:0043 /;

/**
 * Starts busybox's udhcpd on a LAN. It remembers the leases of the one before, if that was ended by SIGTERM.
 * @param options more lines of its configuration: "option router 10.77.0.1"
 */
export async function startUdhcpd(
  lan: DhcpLan,
  { first = FIRST, last = LAST, lease = LEASE }: PoolOptions = {},
  ...options: string[]
): Promise<Program> {
  const file = join(lan.folder, "udhcpd.conf");
  const lines = [
    `start ${first}`,
    `end ${last}`,
    "max_leases 10",
    `interface ${TAP}`,
    `lease_file ${join(lan.folder, "udhcpd.leases")}`,
    `pidfile ${join(lan.folder, "udhcpd.pid")}`,
    "min_lease 1",
    `option lease ${lease}`,
    "option subnet 255.255.255.0",
    ...options,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  // It asks the LAN about an address before it offers it, for as long as -a says.
  const udhcpd = lan.start("busybox", "udhcpd", "-f", "-a", "100", file);
  const isBound = (): true | undefined =>
    BOUND_PORT.test(lan.namespace.run("cat", "/proc/net/udp")) || undefined;
  await until("udhcpd's port", isBound);
  return udhcpd;
}

/** What udhcpd has leased, as its own program shows it: a MAC, an address, a host name, and the time left. */
export function udhcpdLeases(lan: DhcpLan, udhcpd: Program): string[] {
  // It writes its file when it is told to.
  udhcpd.kill("SIGUSR1");
  const list = lan.namespace.run("busybox", "dumpleases", "-f", join(lan.folder, "udhcpd.leases"));
  const [, ...lines] = list.trimEnd().split("\n");
  return lines.map((line) => line.replaceAll(/ +/g, " "));
}
