import { expect, it } from "@jest/globals";
import { Dhclient, Dhcpcd, Udhcpc, type ClientHost } from "../support/dhcp-programs.js";
import { SERVER, onServedLan } from "../support/dhcp-served-lan.js";

/** A pool of this address alone is used first. */
const TAKEN = "10.77.0.105";
const POOLS = [TAKEN, "--pool", "10.77.0.200-10.77.0.209"] as const;
const OTHER = /^10\.77\.0\.20\d$/;

/** A client that finds out that a host uses its address, which the server could not. */
function declining(Client: new (mac: string, folder: string) => ClientHost): () => Promise<void> {
  return onServedLan(async (lan) => {
    lan.occupyUnseen(TAKEN);
    const service = await lan.serve(...POOLS);
    const client = lan.join(Client);
    client.start({ probes: true });
    await service.next({ type: "ended", client: client.mac, address: TAKEN, reason: "declined" });
    const { address } = await client.bound();
    expect(address).toMatch(OTHER);
    const talk = await lan.talk(client);
    expect(talk).toContain(`DECLINE to all wants ${TAKEN} of ${SERVER}`);
    expect(talk.at(-1)).toBe(`ACK of ${SERVER} gives ${address}`);
  });
}

export function conflictTests(): void {
  it.concurrent(
    "udhcpc: is not offered an address that a host uses already",
    onServedLan(async (lan) => {
      lan.occupy(TAKEN);
      const service = await lan.serve(...POOLS);
      const client = lan.join(Udhcpc);
      client.start();
      await service.next({ type: "conflict", client: client.mac, address: TAKEN });
      const { address } = await client.bound();
      expect(address).toMatch(OTHER);
      expect(await lan.talk(client)).not.toContain(`OFFER of ${SERVER} gives ${TAKEN}`);
    }),
  );

  for (const [name, Client] of Object.entries({ udhcpc: Udhcpc, dhclient: Dhclient, dhcpcd: Dhcpcd }))
    it.concurrent(`${name}: declines an address that a host uses, and gets another one`, declining(Client));
}
