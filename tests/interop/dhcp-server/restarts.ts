import { expect, it } from "@jest/globals";
import { Dhclient, Dhcpcd, Udhcpc, type ClientHost } from "../support/dhcp-programs.js";
import { SERVER, onServedLan, type ServedLan } from "../support/dhcp-served-lan.js";
import { once } from "../support/dhcp-talk.js";

/** Room for three, and one more. */
const POOL = "10.77.0.100-10.77.0.103";
const OTHER_POOL = "10.77.0.200-10.77.0.203";

/** The server may be away for long on a busy machine. dhclient, which cannot be told to hurry, extends it all the same. */
const LEASE = ["--lease", "3m"];
const SOON = ["supersede dhcp-renewal-time 15;"];

/** Puts a client of each kind on a LAN. @returns them and their addresses */
async function leaseAll(lan: ServedLan): Promise<[clients: ClientHost[], addresses: string[]]> {
  const [udhcpc, dhclient, dhcpcd] = [lan.join(Udhcpc), lan.join(Dhclient), lan.join(Dhcpcd)];
  const clients = [udhcpc, dhclient, dhcpcd];
  dhclient.start({ more: SOON });
  for (const client of [udhcpc, dhcpcd]) client.start();
  const entries = await Promise.all(clients.map((client) => client.bound()));
  const addresses = entries.map(({ address }) => address);
  expect(new Set(addresses).size).toBe(clients.length);
  return [clients, addresses];
}

export function restartTests(): void {
  it.concurrent(
    "all: keep their addresses when the server was killed and has its leases from the file",
    onServedLan(async (lan) => {
      const service = await lan.serve(POOL, ...LEASE);
      const [clients, addresses] = await leaseAll(lan);
      await service.crash();
      await lan.serve(POOL, ...LEASE);
      const newcomer = lan.join(Udhcpc);
      newcomer.start({ wants: addresses[0]! });
      const { address } = await newcomer.bound();
      expect([...addresses, address].sort()).toEqual([100, 101, 102, 103].map((host) => `10.77.0.${host}`));
      const renewed = clients.map(async (client) => {
        await client.hurry();
        return client.renewed();
      });
      expect((await Promise.all(renewed)).map((entry) => entry.address)).toEqual(addresses);
    }),
  );

  it.concurrent(
    "all: are refused their addresses when the pool has changed, and take others of the new one",
    onServedLan(async (lan) => {
      const service = await lan.serve(POOL, ...LEASE);
      const [clients, addresses] = await leaseAll(lan);
      await service.crash();
      await lan.serve(OTHER_POOL, ...LEASE);
      const moved = clients.map(async (client) => {
        await client.hurry();
        await client.refused();
        return client.bound();
      });
      const entries = await Promise.all(moved);
      for (const [index, client] of clients.entries()) {
        const { address } = entries[index]!;
        expect(address).toMatch(/^10\.77\.0\.20\d$/);
        expect(client.addresses).toEqual([`${address}/24`]);
        expect(address).not.toBe(addresses[index]);
        const talk = once(await lan.talk(client));
        expect(talk).toContain(`NAK of ${SERVER}`);
        expect(talk.at(-1)).toBe(`ACK of ${SERVER} gives ${address}`);
      }
    }),
  );
}
