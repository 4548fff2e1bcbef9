import { expect, it } from "@jest/globals";
import { Lan, dhcpServer, firmware } from "../../../simulator/index.js";
import { detailsOf } from "../../../simulator/dashboard/server/details.js";
import { fetchPage } from "../../../simulator/dashboard/run/traffic.js";

it("the details of a host are its lease, tables and sockets, and none while it is off", async () => {
  const lan = new Lan({ seed: 7 });
  const router = lan.host("router", { address: "192.168.1.1/24", app: dhcpServer() });
  const device = lan.host("device", { stack: "device", app: firmware() });
  await lan.until(() => device.network.ipv4 !== undefined, { within: "30s" });
  await lan.runFor("5s");
  new router.stack.io.UDP({ port: 123 });
  fetchPage(router, device, "/");
  await lan.runFor("3ms");
  const address = device.address.toString();

  const details = detailsOf(device);
  expect(details).toMatchObject({
    ...{
      profile: "device",
      reboots: 0,
      gateway: "192.168.1.1",
      dns: ["192.168.1.1"],
      leases: null,
      page: 80,
    },
    dhcp: { state: "BOUND", server: "192.168.1.1" },
  });
  expect(details.routes).toContainEqual({ destination: "0.0.0.0/0", gateway: "192.168.1.1", device: "eth0" });
  expect(details.sockets).toContainEqual(expect.objectContaining({ local: "*:80", state: "LISTEN" }));

  const { leases, arp, sockets } = detailsOf(router);
  expect(leases).toEqual([expect.objectContaining({ address, mac: device.mac.toString(), state: "bound" })]);
  expect(arp).toContainEqual(expect.objectContaining({ address }));
  expect(sockets.map(({ protocol, state }) => [protocol, state])).toEqual([
    ["UDP", ""],
    ["TCP", "SYN-SENT"],
  ]);
  expect(sockets[1]).toMatchObject({ remote: `${address}:80` });

  device.powerOff();
  expect(detailsOf(device)).toMatchObject({ dhcp: null, arp: [], routes: [], sockets: [], page: null });
});
