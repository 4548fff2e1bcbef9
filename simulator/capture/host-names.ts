import { ETHERNET_HEADER_LENGTH, ethernetDestination } from "../../src/wire/index.js";
import type { Lan, LanHost } from "../lan/index.js";
import type { Sighting } from "../sighting.js";
import type { NamedAddress } from "./pcapng.js";

/** Which hosts of a LAN a frame is from and to, and which addresses they have. */
export class HostNames {
  readonly #lan: Lan;
  /** By MAC; two hosts may have the same. */
  readonly #owners = new Map<number, string[]>();
  /** How many hosts are in it: a LAN's hosts are never fewer than they were. */
  #known = 0;

  constructor(lan: Lan) {
    this.#lan = lan;
  }

  /** Who sent the frame, and whoever's MAC it is for. */
  of({ port, bytes, length }: Pick<Sighting, "port" | "bytes" | "length">): string[] {
    if (length < ETHERNET_HEADER_LENGTH) return [port];
    this.#learn();
    const to = this.#owners.get(ethernetDestination(bytes).value) ?? [];
    return [port, ...to.filter((name) => name !== port)];
  }

  /** All that hosts have at this moment. */
  get addresses(): NamedAddress[] {
    return this.#lan.hosts.flatMap(addressesOf);
  }

  /** Those of the host that has this port. */
  addressesOf(port: string): NamedAddress[] {
    return this.#lan.has(port) ? addressesOf(this.#lan.find(port)) : [];
  }

  #learn(): void {
    if (this.#known === this.#lan.size) return;
    const { hosts } = this.#lan;
    for (const { name, machine } of hosts.slice(this.#known)) {
      for (const { mac } of machine.links) {
        const owners = this.#owners.get(mac.value);
        if (owners === undefined) this.#owners.set(mac.value, [name]);
        else if (!owners.includes(name)) owners.push(name);
      }
    }
    this.#known = hosts.length;
  }
}

function addressesOf({ name, machine }: LanHost): NamedAddress[] {
  return machine.networks.flatMap(({ ipv4 }) =>
    ipv4 === undefined ? [] : [{ address: ipv4.address, name }],
  );
}
