import { expect } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetworkNamespace } from "../../support/namespace.js";
import { requireTap, requireTool } from "../../support/requirements.js";
import { faultyFrames, readCapture, type CapturedFrame } from "../../support/tshark.js";
import type { ClientHost } from "./dhcp-programs.js";
import { DhcpService } from "./dhcp-service.js";
import { DHCP_FIELDS, dhcpTalk } from "./dhcp-talk.js";

/** What a LAN needs of the machine, and its clients. */
export const REQUIREMENTS = [
  requireTap(),
  requireTool("busybox"),
  requireTool("dhclient", "isc-dhcp-client"),
  requireTool("dhcpcd", "dhcpcd-base"),
  requireTool("tshark"),
  requireTool("arping", "iputils-arping"),
];

/** The server's interface, and the switch that joins it with the clients'. */
const TAP = "tap0";
const SWITCH = "lan0";

export const SERVER = "10.77.0.2";
const SERVER_MAC = "02:00:00:00:00:02";
/** What clients are told. */
export const ROUTER = "10.77.0.1";
export const DNS = ["10.77.0.53", "10.77.0.54"] as const;
export const DOMAIN = "lan.example";

const CLIENT_FIELD = "dhcp.hw.mac_addr";

/**
 * A LAN of a test's own: a TAP interface with `wirelet dhcp-server` on it, and hosts with real clients, all joined by
 * the kernel's bridge. It stays up for them when the server ends.
 */
export class ServedLan {
  readonly #namespace = new NetworkNamespace();
  readonly #folder = mkdtempSync(join(tmpdir(), "wirelet-dhcp-server-"));
  readonly #hosts: ClientHost[] = [];
  readonly #captures: string[] = [];
  readonly #strangers: NetworkNamespace[] = [];
  #service: DhcpService | undefined;
  #cables = 0;
  #frames: Promise<CapturedFrame[]> | undefined;

  constructor() {
    this.#ip("link", "add", SWITCH, "type", "bridge");
    this.#ip("address", "add", `${ROUTER}/24`, "dev", SWITCH);
    this.#ip("link", "set", SWITCH, "up");
    this.#ip("tuntap", "add", "dev", TAP, "mode", "tap");
    this.#ip("link", "set", TAP, "master", SWITCH, "up");
  }

  /** Starts the server, with the leases of the one before. @param options more of its command line */
  async serve(pool: string, ...options: string[]): Promise<DhcpService> {
    const capture = join(this.#folder, `${this.#captures.length}.pcapng`);
    this.#captures.push(capture);
    this.#service = new DhcpService(this.#namespace, [
      ...["--interface", TAP, "--address", `${SERVER}/24`, "--mac", SERVER_MAC],
      ...["--pool", pool, "--leases", this.leaseFile],
      ...["--gateway", ROUTER, "--dns", DNS.join(), "--domain", DOMAIN],
      ...["--capture", capture],
      ...options,
    ]);
    await this.#service.next({ type: "serving" });
    return this.#service;
  }

  get leaseFile(): string {
    return join(this.#folder, "leases");
  }

  /** Puts a host on the LAN. */
  join<Host extends ClientHost>(Client: new (mac: string, folder: string) => Host): Host {
    const number = this.#hosts.length + 1;
    const host = new Client(`02:00:00:00:01:0${number}`, join(this.#folder, `host${number}`));
    this.#hosts.push(host);
    host.plug(this.#lay(host.namespace));
    return host;
  }

  /** Has a host use an address that it was not given. */
  occupy(address: string): void {
    this.#ip("address", "add", `${address}/32`, "dev", "lo");
  }

  /** Has a host use an address that keeps it from the server: where the server has asked for it, it hears nothing. */
  occupyUnseen(address: string): void {
    const stranger = new NetworkNamespace();
    this.#strangers.push(stranger);
    const cable = this.#lay(stranger);
    stranger.run("sysctl", "-q", "-w", `net.ipv4.conf.${cable}.rp_filter=1`);
    stranger.run("ip", "address", "add", `${address}/24`, "dev", cable);
    stranger.run("ip", "link", "set", cable, "up");
    stranger.run("ip", "route", "add", "blackhole", SERVER);
  }

  /** Ends the server. @returns what it and a client have said, as `dhcpTalk` writes it */
  async talk({ mac }: ClientHost): Promise<string[]> {
    const frames = await this.frames();
    return dhcpTalk(frames.filter(({ fields }) => fields[CLIENT_FIELD]?.[0] === mac));
  }

  /** Ends the server. @returns what it has captured; tshark has found no fault in what is ours */
  frames(): Promise<CapturedFrame[]> {
    return (this.#frames ??= this.#readFrames());
  }

  async #readFrames(): Promise<CapturedFrame[]> {
    await this.#service!.stop();
    const fields = [...DHCP_FIELDS, CLIENT_FIELD];
    const captures = await Promise.all(this.#captures.map((file) => readCapture(file, fields)));
    const frames = captures.flat();
    // The kernel may leave its own checksums to a network card that there is not.
    const ours = frames.filter((frame) => frame.sender === SERVER_MAC);
    expect(faultyFrames(ours)).toEqual([]);
    expect(ours.some(({ protocols }) => protocols.includes("dhcp"))).toBe(true);
    return frames;
  }

  /** Lays a cable from the switch. @returns its other end, in `namespace` */
  #lay(namespace: NetworkNamespace): string {
    const name = `port${++this.#cables}`;
    this.#ip("link", "add", name, "type", "veth", "peer", "name", name, "netns", namespace.name);
    this.#ip("link", "set", name, "master", SWITCH, "up");
    return name;
  }

  #ip(...args: string[]): void {
    this.#namespace.run("ip", ...args);
  }

  async remove(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.stop()));
    for (const { namespace } of this.#hosts) await namespace.remove();
    for (const stranger of this.#strangers) await stranger.remove();
    await this.#namespace.remove();
    rmSync(this.#folder, { recursive: true });
  }
}

/** A test on a LAN of its own, whose capture is read in any case. */
export function onServedLan(test: (lan: ServedLan) => Promise<void>): () => Promise<void> {
  return async () => {
    const lan = new ServedLan();
    try {
      await test(lan);
      await lan.frames();
    } finally {
      await lan.remove();
    }
  };
}
