import { expect, it } from "@jest/globals";
import { onLan, TAP } from "../support/dhcp-lan.js";
import { crash, startDnsmasq, startUdhcpd } from "../support/dhcp-servers.js";
import { leased, once } from "../support/dhcp-talk.js";

const SERVER = "10.77.0.1";
const ADDRESS = "10.77.0.100";

/** Long enough for a server to answer that is there, in ms. */
const LINK_LOCAL_AFTER = 1_000;

export function linkTests(): void {
  it.concurrent(
    "dnsmasq: keeps its address while the link is down, and confirms it at once when it is back",
    onLan(async (lan) => {
      await startDnsmasq(lan);
      const device = lan.boot();
      device.client.start();
      await device.changed("bound");
      lan.ip("link", "set", TAP, "down");
      await device.next("state", ({ to }) => to === "INIT-REBOOT");
      expect(device.network.ipv4?.address.toString()).toBe(ADDRESS);
      lan.ip("link", "set", TAP, "up");
      await device.changed("rebooted");
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, SERVER),
        `REQUEST to all wants ${ADDRESS}`,
        `ACK of ${SERVER} gives ${ADDRESS}`,
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: gives its address up at once when the link comes back on another network",
    onLan(async (lan) => {
      const dnsmasq = await startDnsmasq(lan);
      const device = lan.boot();
      device.client.start();
      await device.changed("bound");
      lan.ip("link", "set", TAP, "down");
      await device.next("state", ({ to }) => to === "INIT-REBOOT");
      await crash(dnsmasq);
      lan.readdress("10.78.0.1/24");
      lan.ip("link", "set", TAP, "up");
      await startDnsmasq(lan, { first: "10.78.0.100", last: "10.78.0.109" });
      expect(await device.changed("nak")).toBeUndefined();
      await device.changed("bound");
      expect(once(await lan.talk())).toEqual([
        ...leased(ADDRESS, SERVER),
        `REQUEST to all wants ${ADDRESS}`,
        "NAK of 10.78.0.1",
        ...leased("10.78.0.100", "10.78.0.1"),
      ]);
    }),
  );

  it.concurrent(
    "udhcpd: gets an address as soon as the link is up",
    onLan(async (lan) => {
      lan.ip("link", "set", TAP, "down");
      const device = lan.boot();
      device.client.start();
      await device.next("state", ({ to }) => to === "INIT");
      lan.ip("link", "set", TAP, "up");
      await startUdhcpd(lan);
      await device.changed("bound");
    }),
  );

  it.concurrent(
    "dnsmasq: chooses a link-local address while there is no server, and gives it up when one appears",
    onLan(async (lan) => {
      const device = lan.boot({ linkLocal: { after: LINK_LOCAL_AFTER } });
      device.client.start();
      const own = await device.changed("link-local");
      expect(own).toMatchObject({ source: "link-local", probed: true });
      const address = `${own?.configuration.address}`;
      expect(address).toMatch(/^169\.254\./);
      lan.ip("address", "add", "169.254.0.1/16", "dev", TAP);
      const ping = await lan.start("ping", "-c", "1", address).ends();
      expect(ping.stdout).toContain("1 received");
      await startDnsmasq(lan);
      await device.changed("bound");
      expect(device.network.ipv4?.address.toString()).toBe(ADDRESS);
      expect(once(await lan.talk())).toEqual(leased(ADDRESS, SERVER));
    }),
  );
}
