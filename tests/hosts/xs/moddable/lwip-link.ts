import { ARP, DATAGRAM, type LwipLink, type LwipLinkOptions } from "../../../../hosts/xs/esp32/lwip-link.js";
import type { SimulatedHost } from "../../../../simulator/index.js";
import { Ipv4Address } from "../../../../src/address/index.js";

/** Of native-link.c. */
const MAX_ITEMS = 8;

const ETHERNET_LENGTH = 14;
const ARP_LENGTH = 28;
const ETHER_TYPE_ARP = 0x0806;

/** What a test changes and looks at. */
export interface LwipLinkUnderTest {
  /** False until the radio is on. */
  hasInterface: boolean;
  /** Whether lwIP's own DHCP client runs. */
  isPortTaken: boolean;
  readonly watched: readonly string[];
  readonly dnsServers: readonly string[];
}

/** native-link.c on a host whose stack stands for lwIP, and whose link for the driver of the radio. */
export class LwipLinkDouble implements LwipLink, LwipLinkUnderTest {
  hasInterface = true;
  isPortTaken = false;
  watched: readonly string[] = [];
  dnsServers: readonly string[] = [];
  readonly #items: Buffer[] = [];
  #unbind: (() => void) | undefined;
  #isPosted = false;

  constructor(
    private readonly host: SimulatedHost,
    private readonly options: LwipLinkOptions,
  ) {
    const { link } = host;
    const input = link.onReceive!;
    link.onReceive = (frame, length, now) => {
      const bytes = Buffer.from(frame.slice(0, length));
      if (bytes.readUInt16BE(12) === ETHER_TYPE_ARP && this.#isClaim(bytes)) {
        this.#queue(Buffer.from([ARP, ...bytes.subarray(ETHERNET_LENGTH, ETHERNET_LENGTH + ARP_LENGTH)]));
        // lwIP does not defend its address; the stack would.
        return;
      }
      input(frame, length, now);
    };
  }

  bind(port: number): boolean {
    if (this.isPortTaken) return false;
    this.#unbind?.();
    this.#unbind = this.host.network.dhcp!.listen(port, (message, source, sourcePort) => {
      const head = Buffer.alloc(7);
      head[0] = DATAGRAM;
      source.write(head, 1);
      head.writeUInt16BE(sourcePort, 5);
      this.#queue(Buffer.concat([head, message]));
    });
    return true;
  }

  unbind(): void {
    this.#unbind?.();
    this.#unbind = undefined;
  }

  send(message: Uint8Array, destination: Uint8Array, port: number, source: Uint8Array): boolean {
    if (!this.hasInterface || this.#unbind === undefined) return false;
    const address = Ipv4Address.read(destination, 0);
    this.host.network.dhcp!.send(message, { address, port }, Ipv4Address.read(source, 0), 68);
    return true;
  }

  transmit(frame: Uint8Array): boolean {
    if (!this.hasInterface || !this.host.link.up) return false;
    this.host.link.transmit(frame, frame.length);
    return true;
  }

  watch(addresses: Uint8Array): boolean {
    this.watched = textsOf(addresses);
    return this.hasInterface;
  }

  read(): ArrayBuffer | undefined {
    const item = this.#items.shift();
    return item && new Uint8Array(item).buffer;
  }

  setDnsServers(addresses: Uint8Array): void {
    this.dnsServers = textsOf(addresses);
  }

  #isClaim(frame: Buffer): boolean {
    const arp = frame.subarray(ETHERNET_LENGTH);
    if (arp.subarray(8, 14).equals(this.options.mac)) return false;
    const sender = Ipv4Address.read(arp, 14).toString();
    const target = Ipv4Address.read(arp, 24).toString();
    return this.watched.includes(sender) || (sender === "0.0.0.0" && this.watched.includes(target));
  }

  #queue(item: Buffer): void {
    if (this.#items.length < MAX_ITEMS) this.#items.push(item);
    if (this.#isPosted) return;
    this.#isPosted = true;
    this.host.timers.set(() => {
      this.#isPosted = false;
      this.options.onReadable();
    }, 0);
  }
}

/** Of four bytes each. */
export function textsOf(addresses: Uint8Array): string[] {
  const count = addresses.length / 4;
  return Array.from({ length: count }, (_, index) => Ipv4Address.read(addresses, 4 * index).toString());
}
