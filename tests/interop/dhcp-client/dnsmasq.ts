import { expect, it } from "@jest/globals";
import { join } from "node:path";
import { Program, until } from "../../support/program.js";
import { DNSMASQ_OPTIONS, DNSMASQ_SERVES } from "../support/dnsmasq.js";
import { extending, leased, released } from "../support/dhcp-talk.js";
import { FAR, FAR_SERVER, MAC, onLan, TAP } from "../support/dhcp-lan.js";
import { crash, dnsmasqLeases, startDnsmasq } from "../support/dhcp-servers.js";

const SERVER = "10.77.0.1";
/** The first of the pool, and the next. */
const ADDRESS = "10.77.0.100";
const NEXT_ADDRESS = "10.77.0.101";

/** A lease of dnsmasq's is two minutes at least, but this is when it is to be extended. A probe takes up to 7 s before. */
const T1 = 10;
const T2 = 16;
const TIMES = [`--dhcp-option=option:T1,${T1}`, `--dhcp-option=option:T2,${T2}`];

export function dnsmasqTests(): void {
  it.concurrent(
    "dnsmasq: leases an address, renews it by unicast and gives it back",
    onLan(async (lan) => {
      const dnsmasq = await startDnsmasq(lan, {}, ...TIMES);
      const device = lan.boot({ hostName: "lamp" });
      device.client.start();
      const bound = await device.changed("bound");
      expect(bound).toMatchObject({ source: "dhcp", probed: true });
      expect(bound?.lease).toMatchObject({ leaseSeconds: 120, renewSeconds: T1, rebindSeconds: T2 });
      expect(`${device.network.ipv4?.address}/${device.network.ipv4?.prefixLength}`).toBe(`${ADDRESS}/24`);
      expect(dnsmasqLeases(lan)).toEqual([`${ADDRESS} lamp 01:${MAC}`]);
      const ping = await lan.start("ping", "-c", "1", ADDRESS).ends();
      expect(ping.stdout).toContain("1 received");
      await device.changed("renewed");
      device.stop();
      expect(device.network.ipv4).toBeUndefined();
      await dnsmasq.says(/DHCPRELEASE/);
      // It writes its file after it has said so.
      await until("end of the lease", () => dnsmasqLeases(lan).length === 0 || undefined);
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, SERVER),
        extending(ADDRESS, SERVER),
        `ACK of ${SERVER} gives ${ADDRESS}`,
        released(ADDRESS, SERVER),
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: keeps its address while the server is down, and renews when it is back",
    onLan(async (lan) => {
      const times = [`--dhcp-option=option:T1,${T1}`, "--dhcp-option=option:T2,24"];
      const dnsmasq = await startDnsmasq(lan, {}, ...times);
      const device = lan.boot();
      device.client.start();
      await device.acknowledged();
      await crash(dnsmasq);
      await device.changed("bound");
      await device.next("state", ({ to }) => to === "RENEWING");
      await startDnsmasq(lan, {}, ...times, "--dhcp-option=option:dns-server,10.77.0.53");
      await device.changed("renewed");
      // What the server has learned meanwhile.
      expect(device.network.ipv4?.dns.map(String)).toEqual(["10.77.0.53"]);
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, SERVER),
        extending(ADDRESS, SERVER),
        extending(ADDRESS, SERVER),
        `ACK of ${SERVER} gives ${ADDRESS}`,
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: rebinds with the server that has come instead of its own",
    onLan(async (lan) => {
      const dnsmasq = await startDnsmasq(lan, {}, ...TIMES);
      const device = lan.boot();
      device.client.start();
      await device.acknowledged();
      await crash(dnsmasq);
      lan.readdress("10.77.0.2/24");
      const successor = await startDnsmasq(lan, {}, ...TIMES);
      await device.changed("bound");
      const rebound = await device.changed("rebound");
      expect(rebound?.lease?.server.toString()).toBe("10.77.0.2");
      device.stop();
      await successor.says(/DHCPRELEASE/);
      // Nobody has told the first server's MAC, so that what was to be sent to it has not left.
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, SERVER),
        extending(ADDRESS, "all"),
        `ACK of 10.77.0.2 gives ${ADDRESS}`,
        released(ADDRESS, "10.77.0.2"),
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: gives its address up when the server's pool has changed, and takes one of the new pool",
    onLan(async (lan) => {
      const dnsmasq = await startDnsmasq(lan, {}, ...TIMES);
      const device = lan.boot();
      device.client.start();
      await device.acknowledged();
      await crash(dnsmasq);
      await startDnsmasq(lan, { first: "10.77.0.200", last: "10.77.0.209" }, ...TIMES);
      await device.changed("bound");
      const nak = await device.next("received", ({ message }) => message === "NAK");
      expect(nak).toMatchObject({ text: "address not available" });
      expect(await device.changed("nak")).toBeUndefined();
      await device.changed("bound");
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, SERVER),
        extending(ADDRESS, SERVER),
        `NAK of ${SERVER}`,
        ...leased("10.77.0.200", SERVER),
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: gives its address up when the network has another subnet now",
    onLan(async (lan) => {
      const dnsmasq = await startDnsmasq(lan, {}, ...TIMES);
      const device = lan.boot();
      device.client.start();
      await device.acknowledged();
      await crash(dnsmasq);
      lan.readdress("10.78.0.1/24");
      await startDnsmasq(lan, { first: "10.78.0.100", last: "10.78.0.109" }, ...TIMES);
      await device.changed("bound");
      await device.changed("nak");
      await device.changed("bound");
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, SERVER),
        extending(ADDRESS, "all"),
        "NAK of 10.78.0.1",
        ...leased("10.78.0.100", "10.78.0.1"),
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: leases through a relay, and renews through the router that it is on",
    onLan(async (lan) => {
      const far = lan.makeFarNetwork();
      const server = new Program(
        far.start(
          "dnsmasq",
          ...DNSMASQ_OPTIONS,
          `--interface=${FAR}`,
          `--dhcp-leasefile=${join(lan.folder, "far.leases")}`,
          "--dhcp-range=10.77.0.100,10.77.0.109,255.255.255.0,120",
          "--dhcp-sequential-ip",
          "--dhcp-option=option:router,10.77.0.1",
          ...TIMES,
        ),
      );
      await server.says(DNSMASQ_SERVES);
      const relay = lan.start("dnsmasq", ...DNSMASQ_OPTIONS, `--dhcp-relay=${SERVER},${FAR_SERVER}`);
      await relay.says(/DHCP relay from/);
      const device = lan.boot();
      device.client.start();
      await device.changed("bound");
      await device.changed("renewed");
      device.stop();
      await server.says(/DHCPRELEASE/);
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, FAR_SERVER),
        extending(ADDRESS, FAR_SERVER),
        `ACK of ${FAR_SERVER} gives ${ADDRESS}`,
        released(ADDRESS, FAR_SERVER),
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: declines an address that another host uses",
    onLan(async (lan) => {
      lan.occupy(ADDRESS);
      const dnsmasq = await startDnsmasq(lan);
      const device = lan.boot();
      device.client.start();
      expect((await device.next("conflict")).address.toString()).toBe(ADDRESS);
      await device.changed("bound");
      expect(dnsmasq.stderr).toContain(`DHCPDECLINE(${TAP}) ${ADDRESS} ${MAC}`);
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, SERVER),
        `DECLINE to all wants ${ADDRESS} of ${SERVER}`,
        ...leased(NEXT_ADDRESS, SERVER),
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: gives up an address that another host insists on",
    onLan(async (lan) => {
      await startDnsmasq(lan);
      const device = lan.boot();
      device.client.start();
      await device.changed("bound");
      lan.occupy(ADDRESS);
      // The first announcement is answered by ours (RFC 5227 §2.4), the second one yields.
      await lan.start("arping", "-A", "-c", "2", "-I", TAP, ADDRESS).ends();
      expect(await device.changed("conflict")).toBeUndefined();
      await device.changed("bound");
      expect(await lan.talk()).toEqual([
        ...leased(ADDRESS, SERVER),
        `DECLINE to all wants ${ADDRESS} of ${SERVER}`,
        ...leased(NEXT_ADDRESS, SERVER),
      ]);
    }),
  );
}
