import { expect } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTap, type TapDevice } from "../../../hosts/node/index.js";
import { MacAddress } from "../../../src/address/index.js";
import { NetworkNamespace } from "../../support/namespace.js";
import { PATIENCE, Program, until } from "../../support/program.js";
import { requireTap, requireTool } from "../../support/requirements.js";
import { faultyFrames, readCapture, type CapturedFrame } from "../../support/tshark.js";
import { DHCP_FIELDS, dhcpTalk } from "./dhcp-talk.js";
import { DhcpDevice, type DhcpDeviceOptions } from "./dhcp-device.js";

/** For a test on a LAN, in ms: some wait for several timers of the protocol, one after another. */
export const TIME_LIMIT = 3 * PATIENCE;

/** What a LAN needs of the machine, and its servers. */
export const REQUIREMENTS = [
  requireTap(),
  requireTool("dnsmasq", "dnsmasq-base"),
  requireTool("busybox"),
  requireTool("dumpcap", "wireshark-common"),
  requireTool("tshark"),
  requireTool("arping", "iputils-arping"),
];

/** The kernel's end of a LAN's TAP device. */
export const TAP = "tap0";

/** The device's: the same on each LAN, as servers choose addresses by it. */
export const MAC = "02:00:00:00:00:01";

/** The kernel's. */
const SERVER = "10.77.0.1/24";

/** A network behind the kernel: the interface there, and the address of a server on it. */
export const FAR = "far0";
export const FAR_SERVER = "10.99.0.2";
const FAR_ROUTER = "10.99.0.1";

/** The frame that ends a capture, from nobody, of an EtherType for experiments: 0x88b5. */
const END_MARK = Buffer.from(`${"ff".repeat(6)}0200000000ff88b5${"656e6421".repeat(12)}`, "hex");

export interface DhcpLanOptions {
  /** Bytes of the largest packet that the device takes; absent: 1500. */
  readonly mtu?: number;
}

/**
 * A LAN of a test's own, in a network namespace: at the kernel's end of a TAP device a real DHCP server, at the other end
 * this project's stack and DHCP client, in this process. So there may be several side by side.
 */
export class DhcpLan {
  readonly namespace = new NetworkNamespace();
  /** For the server's files. */
  readonly folder = mkdtempSync(join(tmpdir(), "wirelet-dhcp-"));
  readonly #captureFile = join(this.folder, "tap.pcapng");
  #link: TapDevice | undefined;
  #dumpcap: Program | undefined;
  #frames: Promise<CapturedFrame[]> | undefined;
  #far: NetworkNamespace | undefined;
  readonly #devices: DhcpDevice[] = [];

  /** Makes the interface, and begins the capture. */
  async setUp({ mtu = 1500 }: DhcpLanOptions = {}): Promise<void> {
    // This process can only open it in its own namespace, from which it goes where it belongs.
    const name = `wl-${randomBytes(4).toString("hex")}`;
    this.#link = await openTap({ interface: name, mac: MacAddress.parse(MAC), mtu });
    execFileSync("ip", ["link", "set", name, "netns", this.namespace.name, "name", TAP]);
    this.ip("address", "add", SERVER, "dev", TAP);
    this.ip("link", "set", TAP, "up");
    this.#dumpcap = this.start("dumpcap", "-q", "-i", TAP, "-w", this.#captureFile);
    await this.#dumpcap.says(/File: /);
  }

  /** Puts a device on the LAN, instead of the one before. */
  boot(options: DhcpDeviceOptions = {}): DhcpDevice {
    this.#devices.at(-1)?.powerOff();
    const device = new DhcpDevice(this.#link!, options);
    this.#devices.push(device);
    return device;
  }

  /** Runs `ip` where the server is. */
  ip(...args: string[]): string {
    return this.namespace.run("ip", ...args);
  }

  /** Has another host use an address: the kernel answers for those of its other interfaces too. */
  occupy(address: string): void {
    this.ip("address", "add", `${address}/32`, "dev", "lo");
  }

  /** Gives the kernel another address. @param address with the length of its prefix */
  readdress(address: string): void {
    this.ip("address", "flush", "dev", TAP);
    this.ip("address", "add", address, "dev", TAP);
  }

  /** Makes the kernel a router, with a network behind it. @returns the namespace of the server there */
  makeFarNetwork(): NetworkNamespace {
    const far = (this.#far ??= new NetworkNamespace());
    this.ip("link", "add", FAR, "type", "veth", "peer", "name", FAR, "netns", far.name);
    this.ip("address", "add", `${FAR_ROUTER}/24`, "dev", FAR);
    this.ip("link", "set", FAR, "up");
    far.run("ip", "address", "add", `${FAR_SERVER}/24`, "dev", FAR);
    far.run("ip", "link", "set", FAR, "up");
    far.run("ip", "route", "add", "default", "via", FAR_ROUTER);
    this.namespace.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
    return far;
  }

  /** Starts a program where the server is. */
  start(program: string, ...args: string[]): Program {
    return new Program(this.namespace.start(program, ...args));
  }

  /**
   * Ends the capture.
   * @returns what was captured, with the fields of `DHCP_FIELDS`; tshark has found no fault in what is ours
   */
  frames(): Promise<CapturedFrame[]> {
    return (this.#frames ??= this.#readFrames());
  }

  /** Ends the capture. @returns what client and server have said, as `dhcpTalk` writes it */
  async talk(): Promise<string[]> {
    return dhcpTalk(await this.frames());
  }

  async #readFrames(): Promise<CapturedFrame[]> {
    const dumpcap = this.#dumpcap!;
    this.#link!.transmit(END_MARK, END_MARK.length);
    await until("end of the capture", () => readFileSync(this.#captureFile).includes(END_MARK) || undefined);
    dumpcap.kill("SIGINT");
    expect((await dumpcap.ends()).stderr).toMatch(/dropped on interface 'tap0': \d+\/0 /);
    const frames = await readCapture(this.#captureFile, DHCP_FIELDS);
    // The kernel may leave its own checksums to a network card that there is not.
    const ours = frames.filter((frame) => frame.sender === MAC);
    expect(faultyFrames(ours)).toEqual([]);
    expect(ours.some(({ protocols }) => protocols.includes("dhcp"))).toBe(true);
    return frames;
  }

  async remove(): Promise<void> {
    for (const device of this.#devices) device.powerOff();
    this.#link?.close();
    await this.#far?.remove();
    await this.namespace.remove();
    rmSync(this.folder, { recursive: true });
  }
}

/** A test on a LAN of its own, whose capture is read in any case. */
export function onLan(test: (lan: DhcpLan) => Promise<void>, options?: DhcpLanOptions): () => Promise<void> {
  return async () => {
    const lan = new DhcpLan();
    try {
      await lan.setUp(options);
      await test(lan);
      await lan.frames();
    } finally {
      await lan.remove();
    }
  };
}
