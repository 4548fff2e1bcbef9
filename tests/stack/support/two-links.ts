import { Ipv4Address, MacAddress } from "../../../src/address/index.js";
import type { StackInterface } from "../../../src/stack/index.js";
import { ARP, arp, ethernet } from "./build.js";
import { Machine, ScriptedLink, type MachineOptions } from "./machine.js";
import { readFrame, type ReadFrame } from "./read.js";

export const WLAN_IP = "192.168.1.1";
export const WLAN_MAC = "02:00:00:00:00:02";
export const WLAN_PEER_IP = "192.168.1.77";
export const WLAN_PEER_MAC = "02:00:00:00:00:77";

/** A machine with a second interface, 192.168.1.1/24, beside 10.0.0.1/24. */
export interface TwoLinks {
  readonly machine: Machine;
  readonly wlan: StackInterface;
  readonly wlanLink: ScriptedLink;
  /** What was sent there; ARP requests for its one neighbor are answered and left out. */
  readonly wlanSent: ReadFrame[];
}

export function twoLinks(options: MachineOptions & { readonly wlanMtu?: number } = {}): TwoLinks {
  const { wlanMtu, ...machineOptions } = options;
  const machine = new Machine(machineOptions);
  const wlanLink = new ScriptedLink();
  wlanLink.mac = MacAddress.parse(WLAN_MAC);
  if (wlanMtu !== undefined) wlanLink.mtu = wlanMtu;
  const wlanSent: ReadFrame[] = [];
  const wlan = machine.stack.attach(wlanLink, { name: "wlan0" });
  wlanLink.onTransmit = (bytes) => {
    const frame = readFrame(bytes, machine.now);
    if (frame.arp?.targetIp === WLAN_PEER_IP && frame.arp.operation === 1) {
      const reply = arp({
        operation: 2,
        senderMac: WLAN_PEER_MAC,
        senderIp: WLAN_PEER_IP,
        targetMac: WLAN_MAC,
        targetIp: WLAN_IP,
      });
      // From inside `transmit`, which a link must not do: the stack keeps it for later.
      wlanLink.onReceive?.(ethernet(WLAN_MAC, WLAN_PEER_MAC, ARP, reply), 42, machine.now);
    } else wlanSent.push(frame);
  };
  wlan.configure({ address: Ipv4Address.parse(WLAN_IP), prefixLength: 24, dns: [] });
  machine.settle();
  return { machine, wlan, wlanLink, wlanSent };
}
