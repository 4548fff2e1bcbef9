import type { Ipv4Address, MacAddress } from "../../address/index.js";
import type { DhcpRawOption } from "../../wire/index.js";
import { identifierKey, type ClientIdentity } from "./client-identity.js";

/** A reservation as the server uses it. */
export interface Reservation {
  readonly address: Ipv4Address;
  readonly mac?: MacAddress;
  readonly clientIdentifier?: Uint8Array;
  readonly leaseSeconds?: number;
  readonly options: readonly DhcpRawOption[];
}

/** The reserved addresses of a subnet, found by client and by address. */
export class Reservations {
  readonly #byAddress = new Map<number, Reservation>();
  readonly #byMac = new Map<number, Reservation>();
  readonly #byIdentifier = new Map<string, Reservation>();

  /** @returns false if the address or the client has one already */
  add(reservation: Reservation): boolean {
    const { address, mac, clientIdentifier } = reservation;
    const identifier = clientIdentifier && identifierKey(clientIdentifier);
    if (this.#byAddress.has(address.value)) return false;
    if (mac !== undefined && this.#byMac.has(mac.value)) return false;
    if (identifier !== undefined && this.#byIdentifier.has(identifier)) return false;
    this.#byAddress.set(address.value, reservation);
    if (mac !== undefined) this.#byMac.set(mac.value, reservation);
    if (identifier !== undefined) this.#byIdentifier.set(identifier, reservation);
    return true;
  }

  at(address: Ipv4Address): Reservation | undefined {
    return this.#byAddress.get(address.value);
  }

  of({ mac, clientIdentifier }: ClientIdentity): Reservation | undefined {
    const byIdentifier = clientIdentifier && this.#byIdentifier.get(identifierKey(clientIdentifier));
    return byIdentifier ?? this.#byMac.get(mac.value);
  }
}
