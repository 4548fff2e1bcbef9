import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetworkNamespace } from "../../support/namespace.js";
import { Program, until, type Ending } from "../../support/program.js";
import { DNSMASQ_OPTIONS, DNSMASQ_SERVES } from "./dnsmasq.js";

/** What dnsmasq is told to give. */
export const SERVER = "10.77.0.1";
export const DNS = ["10.77.0.53", "10.77.0.54"] as const;
export const LEASE_SECONDS = 3600;
const POOL = "10.77.0.100,10.77.0.199,255.255.255.0";

/** DHCP option 53 with the value RELEASE (RFC 2132 §9.6), as a capture has it. */
const RELEASE_OPTION = Buffer.from([53, 1, 7]);

/** A line of dnsmasq's lease file. */
export interface LeaseEntry {
  readonly mac: string;
  readonly ip: string;
  readonly hostName: string;
  readonly clientId: string;
}

/** A network of the real kernel's, in a namespace of its own: a TAP interface with dnsmasq as its DHCP server. */
export class TapLan {
  readonly namespace = new NetworkNamespace();
  readonly captureFile: string;
  /** Where a device can keep its state. */
  readonly stateFile: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "wirelet-interop-"));
  readonly #leaseFile = join(this.#folder, "leases");
  #dnsmasq: Program | undefined;
  #dumpcap: Program | undefined;

  /** @param tap the kernel's interface, which the device is on */
  constructor(readonly tap: string) {
    this.captureFile = join(this.#folder, "tap.pcapng");
    this.stateFile = join(this.#folder, "state.json");
  }

  /** Makes a TAP interface that stays when the device ends. */
  makeTap(): void {
    this.namespace.run("ip", "tuntap", "add", "dev", this.tap, "mode", "tap");
  }

  /** Gives the kernel's end its address. */
  bringUp(): void {
    this.namespace.run("ip", "address", "add", `${SERVER}/24`, "dev", this.tap);
    this.namespace.run("ip", "link", "set", this.tap, "up");
  }

  async startDhcpServer(): Promise<void> {
    this.#dnsmasq = this.start(
      "dnsmasq",
      ...DNSMASQ_OPTIONS,
      `--interface=${this.tap}`,
      `--dhcp-leasefile=${this.#leaseFile}`,
      `--dhcp-range=${POOL},${LEASE_SECONDS}`,
      `--dhcp-option=option:dns-server,${DNS.join(",")}`,
    );
    await this.#dnsmasq.says(DNSMASQ_SERVES);
  }

  /** Records what crosses the interface from now on. */
  async startCapture(): Promise<void> {
    this.#dumpcap = this.start("dumpcap", "-q", "-i", this.tap, "-w", this.captureFile);
    await this.#dumpcap.says(/File: /);
  }

  /** Waits until a RELEASE was captured, as the last thing that a device says, and ends the capture. */
  async finishCapture(): Promise<Ending> {
    const isWhole = (): true | undefined =>
      readFileSync(this.captureFile).includes(RELEASE_OPTION) || undefined;
    await until("RELEASE in the capture", isWhole);
    this.#dumpcap!.kill("SIGINT");
    return this.#dumpcap!.ends();
  }

  /** Starts `wirelet tap` as a person would. */
  startDevice(...options: string[]): Program {
    return this.start(process.execPath, "scripts/wirelet.mjs", "tap", "--interface", this.tap, ...options);
  }

  start(program: string, ...args: string[]): Program {
    return new Program(this.namespace.start(program, ...args));
  }

  /** Runs a program in the namespace to its end. */
  run(program: string, ...args: string[]): Promise<Ending> {
    return this.start(program, ...args).ends();
  }

  /** Sends bytes over TCP and reads until the device closes. @param bytes in the notation of `printf` */
  async converse(ip: string, port: number, bytes: string): Promise<string> {
    const script = `exec 3<>/dev/tcp/${ip}/${port} && printf '${bytes}' >&3 && cat <&3`;
    return (await this.run("bash", "-c", script)).stdout;
  }

  /** What dnsmasq has said of DHCP. */
  get dhcpLog(): string {
    return this.#dnsmasq?.stderr ?? "";
  }

  /** Waits for dnsmasq to log something. */
  dhcpLogs(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#dnsmasq!.says(pattern);
  }

  /** What dnsmasq has leased. */
  get leases(): LeaseEntry[] {
    const lines = readFileSync(this.#leaseFile, "utf8").split("\n");
    return lines
      .filter((line) => line !== "")
      .map((line) => {
        const [, mac = "", ip = "", hostName = "", clientId = ""] = line.split(" ");
        return { mac, ip, hostName, clientId };
      });
  }

  async remove(): Promise<void> {
    await this.namespace.remove();
    rmSync(this.#folder, { recursive: true });
  }
}
