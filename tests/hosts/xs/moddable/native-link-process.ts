import { type LwipLink, type LwipLinkOptions } from "../../../../hosts/xs/esp32/lwip-link.js";
import type { SimulatedHost } from "../../../../simulator/index.js";
import { Ipv4Address } from "../../../../src/address/index.js";
import { NativeProgram, type Answer } from "../../esp32/support/program.js";
import { textsOf, type LwipLinkUnderTest } from "./lwip-link.js";

const ETHER_TYPE_AT = 12;
const ETHER_TYPE_ARP = 0x0806;
const ARP_SENDER_AT = 28;

/** native-link.c itself, compiled for this machine, between the radio of a simulated host and its stack. */
export class NativeLinkProcess implements LwipLink, LwipLinkUnderTest {
  watched: readonly string[] = [];
  dnsServers: readonly string[] = [];
  readonly #program = NativeProgram.start();
  readonly #input: NonNullable<SimulatedHost["link"]["onReceive"]>;
  #hasInterface = true;

  constructor(
    private readonly host: SimulatedHost,
    private readonly options: LwipLinkOptions,
  ) {
    const { link } = host;
    this.#input = link.onReceive!;
    link.onReceive = (frame, length) => this.#run("receive", frame.slice(0, length));
    this.hasInterface = true;
    this.#run("open", options.mac, 1);
  }

  get hasInterface(): boolean {
    return this.#hasInterface;
  }

  set hasInterface(value: boolean) {
    this.#hasInterface = value;
    // Without the radio lwIP has others: an access point's, or the loopback interface.
    this.#run("interface", value ? this.options.mac : new Uint8Array(6), 1);
  }

  set isPortTaken(value: boolean) {
    this.#run("taken", value ? 68 : 0);
  }

  bind(port: number): boolean {
    return this.#run("bind", port) === "1";
  }

  unbind(): void {
    this.#run("unbind");
  }

  send(message: Uint8Array, destination: Uint8Array, port: number, source: Uint8Array): boolean {
    return this.#run("send", message, destination, port, source) === "1";
  }

  transmit(frame: Uint8Array): boolean {
    return this.#run("transmit", frame) === "1";
  }

  watch(addresses: Uint8Array): boolean {
    this.watched = textsOf(addresses);
    return this.#run("watch", addresses) === "1";
  }

  read(): ArrayBuffer | undefined {
    const value = this.#run("read");
    return value === "0" ? undefined : new Uint8Array(Buffer.from(value, "hex")).buffer;
  }

  setDnsServers(addresses: Uint8Array): void {
    this.dnsServers = [];
    this.#run("dns", addresses);
  }

  /** @returns what its sanitizers found */
  end(): Promise<string> {
    this.host.link.onReceive = undefined;
    return this.#program.end();
  }

  #run(name: string, ...values: readonly (string | number | Uint8Array)[]): string {
    const answer: Answer = this.#program.run(name, ...values);
    let head: Buffer | undefined;
    for (const event of answer.told) {
      const [what, digits = ""] = event.split(" ");
      const bytes = Buffer.from(digits, "hex");
      if (what === "datagram-head") head = bytes;
      else this.#happened(what!, bytes, head);
    }
    return answer.value;
  }

  #happened(what: string, bytes: Buffer, head: Buffer | undefined): void {
    const { link, network, timers } = this.host;
    if (what === "posted") timers.set(() => this.#run("service"), 0);
    else if (what === "readable") this.options.onReadable();
    else if (what === "frame") link.transmit(bytes, bytes.length);
    else if (what === "lwip") this.#toStack(bytes);
    else if (what === "dns") this.dnsServers = [...this.dnsServers, ...textsOf(bytes)];
    else if (what === "datagram") {
      const [source, destination] = [Ipv4Address.read(head!, 4), Ipv4Address.read(head!, 8)];
      const to = { address: destination, port: head!.readUInt16BE(2) };
      network.dhcp!.send(bytes, to, source, head!.readUInt16BE(0));
    }
  }

  #toStack(frame: Buffer): void {
    const isArp = frame.readUInt16BE(ETHER_TYPE_AT) === ETHER_TYPE_ARP;
    // lwIP does not defend its address; the stack would.
    if (isArp && this.watched.includes(Ipv4Address.read(frame, ARP_SENDER_AT).toString())) return;
    this.#input(frame, frame.length, this.host.clock.now());
  }
}
