import { expect, it } from "@jest/globals";
import { until } from "../../support/program.js";
import { extending, leased, once, released } from "../support/dhcp-talk.js";
import { MAC, onLan } from "../support/dhcp-lan.js";
import { crash, startUdhcpd, udhcpdLeases } from "../support/dhcp-servers.js";

const SERVER = "10.77.0.1";

/** In seconds: before T1, half of it, there is time for a probe of 7 s. */
const LEASE = 20;

export function udhcpdTests(): void {
  it.concurrent(
    "udhcpd: leases an address, renews it by unicast and gives it back",
    onLan(async (lan) => {
      const udhcpd = await startUdhcpd(lan, { lease: LEASE });
      const device = lan.boot({ hostName: "lamp" });
      device.client.start();
      const bound = await device.changed("bound");
      // It sends no T1 and T2.
      const times = { leaseSeconds: LEASE, renewSeconds: 10, rebindSeconds: 17.5 };
      expect(bound?.lease).toMatchObject(times);
      const address = `${bound?.configuration.address}`;
      expect(udhcpdLeases(lan, udhcpd)).toEqual([expect.stringContaining(`${MAC} ${address} lamp 00:00:`)]);
      await device.changed("renewed");
      await device.changed("renewed");
      device.stop();
      const isOver = (): true | undefined =>
        udhcpdLeases(lan, udhcpd).includes(`${MAC} ${address} lamp expired`) || undefined;
      await until("end of the lease", isOver);
      const renewal = [extending(address, SERVER), `ACK of ${SERVER} gives ${address}`];
      expect(await lan.talk()).toEqual([
        ...leased(address, SERVER),
        ...renewal,
        ...renewal,
        released(address, SERVER),
      ]);
    }),
  );

  it.concurrent(
    "udhcpd: rebinds with the server that has taken the leases over",
    onLan(async (lan) => {
      const udhcpd = await startUdhcpd(lan, { lease: LEASE });
      const device = lan.boot();
      device.client.start();
      await device.acknowledged();
      // So it writes its leases.
      udhcpd.kill("SIGTERM");
      await udhcpd.ends();
      lan.readdress("10.77.0.2/24");
      await startUdhcpd(lan, { lease: LEASE });
      const address = `${(await device.changed("bound"))?.configuration.address}`;
      const rebound = await device.changed("rebound");
      expect(rebound?.lease?.server.toString()).toBe("10.77.0.2");
      expect(once(await lan.talk())).toEqual([
        ...leased(address, SERVER),
        extending(address, "all"),
        `ACK of 10.77.0.2 gives ${address}`,
      ]);
    }),
  );

  it.concurrent(
    "udhcpd: loses its address when the server has lost its leases, and gets one again",
    onLan(async (lan) => {
      const udhcpd = await startUdhcpd(lan, { lease: LEASE });
      const device = lan.boot();
      device.client.start();
      await device.acknowledged();
      await crash(udhcpd);
      await startUdhcpd(lan, { lease: LEASE });
      const address = `${(await device.changed("bound"))?.configuration.address}`;
      // Of a lease that it does not know, it says nothing.
      expect(await device.changed("expired")).toBeUndefined();
      await device.changed("bound");
      expect(once(await lan.talk())).toEqual([
        ...leased(address, SERVER),
        extending(address, SERVER),
        extending(address, "all"),
        ...leased(address, SERVER, address),
      ]);
    }),
  );

  it.concurrent(
    "udhcpd: declines an address that another host uses",
    onLan(async (lan) => {
      await startUdhcpd(lan);
      const device = lan.boot();
      device.client.start();
      const offer = await device.next("received");
      const taken = offer.message === "NAK" ? "" : offer.lease.address.toString();
      lan.occupy(taken);
      expect((await device.next("conflict")).address.toString()).toBe(taken);
      const address = `${(await device.changed("bound"))?.configuration.address}`;
      expect(await lan.talk()).toEqual([
        ...leased(taken, SERVER),
        `DECLINE to all wants ${taken} of ${SERVER}`,
        ...leased(address, SERVER),
      ]);
    }),
  );
}
