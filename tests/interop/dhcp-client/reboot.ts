import { expect, it } from "@jest/globals";
import { nodeServices } from "../../../hosts/node/index.js";
import { MemoryStorage } from "../../../simulator/index.js";
import type { DhcpDeviceOptions } from "../support/dhcp-device.js";
import { onLan, type DhcpLan } from "../support/dhcp-lan.js";
import { crash, startDnsmasq, startUdhcpd } from "../support/dhcp-servers.js";
import { leased, once } from "../support/dhcp-talk.js";

const SERVER = "10.77.0.1";
const ADDRESS = "10.77.0.100";

/** How often it asks: 28 s in all. */
const REBOOT_ATTEMPTS = 3;

/** What is left of a device when its power fails: a file would do the same. */
function memory(): DhcpDeviceOptions {
  return { storage: new MemoryStorage(), wallClock: nodeServices.wallClock };
}

/** Boots a device until it has an address. @returns the address */
async function lease(lan: DhcpLan, options: DhcpDeviceOptions): Promise<string> {
  const device = lan.boot(options);
  device.client.start();
  const bound = await device.changed("bound");
  return `${bound?.configuration.address}`;
}

/** Of an address from before the reboot: to all servers, and from none (RFC 2131 §4.3.2). */
function confirming(address: string): string {
  return `REQUEST to all wants ${address}`;
}

export function rebootTests(): void {
  it.concurrent(
    "dnsmasq: confirms a lease from before a reboot",
    onLan(async (lan) => {
      await startDnsmasq(lan);
      const options = memory();
      await lease(lan, options);
      const device = lan.boot(options);
      device.client.start();
      const rebooted = await device.changed("rebooted");
      expect(rebooted).toMatchObject({ source: "dhcp", probed: true });
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, SERVER),
        confirming(ADDRESS),
        `ACK of ${SERVER} gives ${ADDRESS}`,
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: is refused the address of another network after a reboot",
    onLan(async (lan) => {
      const dnsmasq = await startDnsmasq(lan);
      const options = memory();
      await lease(lan, options);
      await crash(dnsmasq);
      lan.readdress("10.78.0.1/24");
      await startDnsmasq(lan, { first: "10.78.0.100", last: "10.78.0.109" });
      expect(await lease(lan, options)).toBe("10.78.0.100");
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, SERVER),
        confirming(ADDRESS),
        "NAK of 10.78.0.1",
        ...leased("10.78.0.100", "10.78.0.1"),
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: goes on with a lease from before a reboot when no server answers",
    onLan(async (lan) => {
      const dnsmasq = await startDnsmasq(lan);
      const options = memory();
      await lease(lan, options);
      await crash(dnsmasq);
      const device = lan.boot(options);
      device.client.start();
      const isUnanswered = ({ reason }: { reason: string }): boolean => reason === "reboot-unanswered";
      for (let count = 0; count < REBOOT_ATTEMPTS; count++) await device.next("failed", isUnanswered);
      const resumed = await device.changed("resumed");
      expect(resumed).toMatchObject({ source: "dhcp", probed: true });
      expect(resumed?.configuration.address.toString()).toBe(ADDRESS);
      expect(once(await lan.talk())).toEqual([...leased(ADDRESS, SERVER), confirming(ADDRESS)]);
    }),
  );

  it.concurrent(
    "udhcpd: confirms a lease from before a reboot",
    onLan(async (lan) => {
      await startUdhcpd(lan);
      const options = memory();
      const address = await lease(lan, options);
      const device = lan.boot(options);
      device.client.start();
      await device.changed("rebooted");
      expect(await lan.talk()).toEqual([
        ...leased(address, SERVER),
        confirming(address),
        `ACK of ${SERVER} gives ${address}`,
      ]);
    }),
  );

  it.concurrent(
    "udhcpd: is refused a lease that the server has lost, after a reboot",
    onLan(async (lan) => {
      const udhcpd = await startUdhcpd(lan);
      const options = memory();
      const address = await lease(lan, options);
      await crash(udhcpd);
      await startUdhcpd(lan, { first: "10.77.0.200", last: "10.77.0.209" });
      const other = await lease(lan, options);
      expect(await lan.talk()).toEqual([
        ...leased(address, SERVER),
        confirming(address),
        `NAK of ${SERVER}`,
        ...leased(other, SERVER),
      ]);
    }),
  );
}
