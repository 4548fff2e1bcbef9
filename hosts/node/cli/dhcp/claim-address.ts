import { NetworkError } from "../../../../src/error/index.js";
import type { StackInterface } from "../../../../src/stack/index.js";
import type { HostAddress } from "../address-options.js";

/** An address that was claimed. */
export interface Claim {
  /** Never resolved; rejected if another host takes the address. */
  readonly lost: Promise<never>;
}

/**
 * Gives the interface an address that nobody else on its link has (RFC 5227): in 4 to 7 s, once the interface is up.
 * @throws NetworkError EADDRINUSE if somebody has the address
 */
export async function claimAddress(network: StackInterface, own: HostAddress): Promise<Claim> {
  const { address } = own;
  await new Promise<void>((resolve, reject) => {
    network.dhcp.probe(address, (result) => {
      if (result.free) resolve();
      else reject(inUse(own, `${result.owner} has it; choose another one with --address`));
    });
  });
  network.configure({ ...own, dns: [] });
  const lost = new Promise<never>((_, reject) => {
    network.dhcp.announce(address, (owner) => reject(inUse(own, `${owner} has taken it`)));
  });
  // Whether somebody waits for it or not.
  lost.catch(() => undefined);
  return { lost };
}

function inUse({ address }: HostAddress, detail: string): NetworkError {
  return new NetworkError("EADDRINUSE", "use address", address.toString(), detail);
}
