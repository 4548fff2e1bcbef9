import { Ipv4Address } from "../../src/address/index.js";
import {
  ARP_LENGTH,
  ARP_REPLY,
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_ARP,
  emitArp,
  emitEthernet,
} from "../../src/wire/index.js";
import { milliseconds, type Duration } from "../duration.js";
import type { App } from "../lan/lan-host.js";

/** How often the lie is told: faster than caches age. */
const DEFAULT_INTERVAL: Duration = "1s";

export interface ArpSpooferOptions {
  /** The host that it lies to, by its name. The owner of the address does not hear it, and cannot defend it. */
  readonly victim: string;
  /** Whose address it says is its own. */
  readonly as: string;
  /** Absent: a second. */
  readonly interval?: Duration;
}

/**
 * Tells a host, again and again, that another one's address is at its own MAC, so that what is meant for that one comes here,
 * and is lost.
 *
 * @returns how often it has told so
 */
export function arpSpoofer({
  victim,
  as,
  interval = DEFAULT_INTERVAL,
}: ArpSpooferOptions): App<{ told: number }> {
  const [senderIp, pause] = [Ipv4Address.parse(as), milliseconds(interval)];
  return ({ link, mac, timers }, { lan }) => {
    const frame = new Uint8Array(ETHERNET_HEADER_LENGTH + ARP_LENGTH);
    const app = { told: 0 };
    const tell = (): void => {
      const { mac: targetMac, network } = lan.find(victim);
      const targetIp = network.ipv4?.address ?? Ipv4Address.unspecified;
      emitEthernet(frame, targetMac, mac, ETHER_TYPE_ARP);
      emitArp(frame, ETHERNET_HEADER_LENGTH, {
        operation: ARP_REPLY,
        senderMac: mac,
        senderIp,
        targetMac,
        targetIp,
      });
      link.transmit(frame, frame.length);
      app.told++;
      timers.set(tell, pause);
    };
    timers.set(tell, 0);
    return app;
  };
}
