import { type Ipv4Address, MacAddress } from "wirelet/address";
import type {
  DhcpDestination,
  DhcpLink,
  DhcpReceiver,
  Ipv4Configuration,
  NetworkInterface,
  ProbeResult,
  Timers,
} from "wirelet/host";

/** What a message takes from one end to the other, in ms. */
const DELAY = 1;
/** How long nobody says that the address is theirs, in ms. */
const PROBE_TIME = 1_000;

/** An interface whose cable ends at another one of the same device: no frame leaves it. */
export class CableEnd implements DhcpLink, NetworkInterface {
  readonly mtu = 1500;
  readonly up = true;
  ipv4: Ipv4Configuration | undefined;
  peer: CableEnd | undefined;
  readonly name: string;
  readonly mac: MacAddress;
  readonly #timers: Timers;
  readonly #receivers = new Map<number, DhcpReceiver>();

  constructor(name: string, mac: string, timers: Timers) {
    this.name = name;
    this.mac = MacAddress.parse(mac);
    this.#timers = timers;
  }

  listen(port: number, receive: DhcpReceiver): () => void {
    this.#receivers.set(port, receive);
    return () => this.#receivers.delete(port);
  }

  send(message: Uint8Array, { port }: DhcpDestination, source: Ipv4Address, sourcePort: number): void {
    const copy = message.slice();
    this.#timers.set(() => this.peer?.receive(port, copy, source, sourcePort), DELAY);
  }

  receive(port: number, message: Uint8Array, source: Ipv4Address, sourcePort: number): void {
    this.#receivers.get(port)?.(message, source, sourcePort);
  }

  probe(_address: Ipv4Address, done: (result: ProbeResult) => void): () => void {
    const timer = this.#timers.set(() => done({ free: true }), PROBE_TIME);
    return () => this.#timers.clear(timer);
  }

  check(): undefined {
    return undefined;
  }

  announce(): boolean {
    return true;
  }

  configure(configuration: Ipv4Configuration | undefined): void {
    this.ipv4 = configuration;
  }

  watch(): () => void {
    return () => undefined;
  }
}

/** The two ends of a cable. */
export function cable(timers: Timers): [CableEnd, CableEnd] {
  const ends: [CableEnd, CableEnd] = [
    new CableEnd("eth0", "02:00:57:49:00:01", timers),
    new CableEnd("eth1", "02:00:57:49:00:02", timers),
  ];
  [ends[0].peer, ends[1].peer] = [ends[1], ends[0]];
  return ends;
}
