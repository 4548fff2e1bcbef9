import { expect, it } from "@jest/globals";
import { Dhclient, Dhcpcd, Udhcpc, type ClientHost } from "../support/dhcp-programs.js";
import { DNS, DOMAIN, ROUTER, SERVER, onServedLan, type ServedLan } from "../support/dhcp-served-lan.js";
import { extending, leased, released } from "../support/dhcp-talk.js";

const POOL = "10.77.0.100-10.77.0.199";

/** In seconds: clients extend it after 10. */
const LEASE = 20;
const GIVEN = {
  mask: "255.255.255.0",
  router: ROUTER,
  dns: DNS.join(" "),
  domain: DOMAIN,
  lease: `${LEASE}`,
};

/** Lets a client lease, extend when its time has come, and more, and give its address back. @returns the address */
async function live(lan: ServedLan, client: ClientHost, more?: () => Promise<void>): Promise<string> {
  const service = await lan.serve(POOL, "--lease", `${LEASE}s`);
  client.start();
  const bound = await client.bound();
  const { address } = bound;
  expect(bound).toMatchObject(GIVEN);
  expect(client.addresses).toEqual([`${address}/24`]);
  const renewed = await client.renewed();
  expect(renewed).toMatchObject({ ...GIVEN, address });
  await more?.();
  await client.release();
  await service.next({ type: "ended", client: client.mac, address, reason: "released" });
  return address;
}

export function leaseTests(): void {
  it.concurrent(
    "udhcpc: leases an address with options, extends it by itself and when told to, and gives it back",
    onServedLan(async (lan) => {
      const client = lan.join(Udhcpc);
      const address = await live(lan, client, async () => {
        await client.hurry();
        expect(await client.renewed()).toMatchObject(GIVEN);
      });
      const renewal = [extending(address, SERVER), `ACK of ${SERVER} gives ${address}`];
      expect(await lan.talk(client)).toEqual([
        ...leased(address, SERVER),
        ...renewal,
        ...renewal,
        released(address, SERVER),
      ]);
    }),
  );

  it.concurrent(
    "dhclient: leases an address with options, extends it and gives it back",
    onServedLan(async (lan) => {
      const client = lan.join(Dhclient);
      const address = await live(lan, client);
      expect(await lan.talk(client)).toEqual([
        ...leased(address, SERVER),
        extending(address, SERVER),
        `ACK of ${SERVER} gives ${address}`,
        released(address, SERVER),
      ]);
    }),
  );

  it.concurrent(
    "dhcpcd: leases an address with options, extends it by itself and when told to, and gives it back",
    onServedLan(async (lan) => {
      const client = lan.join(Dhcpcd);
      const address = await live(lan, client, async () => {
        await client.hurry();
        expect(await client.renewed()).toMatchObject(GIVEN);
      });
      expect(await lan.talk(client)).toEqual([
        ...leased(address, SERVER),
        extending(address, SERVER),
        `ACK of ${SERVER} gives ${address}`,
        extending(address, "all"),
        `ACK of ${SERVER} gives ${address}`,
        released(address, SERVER),
      ]);
    }),
  );

  it.concurrent(
    "dhclient: confirms a lease from before a reboot",
    onServedLan(async (lan) => {
      await lan.serve(POOL);
      const client = lan.join(Dhclient);
      client.start();
      const { address } = await client.bound();
      await client.stop();
      client.start();
      expect((await client.confirmed()).address).toBe(address);
      expect(await lan.talk(client)).toEqual([
        ...leased(address, SERVER),
        `REQUEST to all wants ${address}`,
        `ACK of ${SERVER} gives ${address}`,
      ]);
    }),
  );

  it.concurrent(
    "dhcpcd: is given its lease with two messages; dhclient, which does not ask for that, with four",
    onServedLan(async (lan) => {
      await lan.serve(POOL, "--rapid-commit");
      const [hasty, patient] = [lan.join(Dhcpcd), lan.join(Dhclient)];
      hasty.start({ more: ["option rapid_commit"] });
      patient.start();
      const [one, other] = await Promise.all([hasty.bound(), patient.bound()]);
      expect(await lan.talk(hasty)).toEqual(["DISCOVER to all", `ACK of ${SERVER} gives ${one.address}`]);
      expect(await lan.talk(patient)).toEqual(leased(other.address, SERVER));
    }),
  );

  it.concurrent(
    "dhcpcd: is told options for an address of its own",
    onServedLan(async (lan) => {
      await lan.serve(POOL);
      const client = lan.join(Dhcpcd);
      client.start({ more: ["inform 10.77.0.50/24"] });
      expect(await client.informed()).toMatchObject({ router: ROUTER, dns: DNS.join(" "), domain: DOMAIN });
      expect(await lan.talk(client)).toEqual(["INFORM 10.77.0.50 to all has 10.77.0.50", `ACK of ${SERVER}`]);
    }),
  );

  it.concurrent(
    "all: are given the addresses and names reserved for their MACs, which nobody else gets",
    onServedLan(async (lan) => {
      const clients = [lan.join(Udhcpc), lan.join(Dhclient), lan.join(Dhcpcd)];
      const stranger = lan.join(Udhcpc);
      const reserved = clients.map(({ mac, name }, index) => ({
        mac,
        address: `10.77.0.${10 + index}`,
        name,
      }));
      const options = reserved.flatMap(({ mac, address, name }) => [
        "--reserve",
        `${mac}=${address},the-${name}`,
      ]);
      await lan.serve(POOL, ...options);
      stranger.start({ wants: reserved[0]!.address });
      expect((await stranger.bound()).address).toMatch(/^10\.77\.0\.1\d\d$/);
      for (const client of clients) client.start();
      const entries = await Promise.all(clients.map((client) => client.bound()));
      expect(entries).toMatchObject(
        reserved.map(({ address, name }) => ({ address, hostName: `the-${name}` })),
      );
    }),
  );
}
