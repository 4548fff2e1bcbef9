import { expect, it } from "@jest/globals";
import { Cidr, Ipv4Address } from "../../../src/address/index.js";
import type { DhcpBinding, DhcpLease } from "../../../src/dhcp/index.js";
import { DhcpCode, readDhcpSubOptions } from "../../../src/wire/index.js";
import { onLan, type DhcpLan } from "../support/dhcp-lan.js";
import { dnsmasqLeases, startDnsmasq, startUdhcpd } from "../support/dhcp-servers.js";
import { DESTINATION_FIELD, leased, OVERLOAD_FIELD, SERVER_FIELD } from "../support/dhcp-talk.js";

function ascii(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("ascii");
}

/** Options as data to compare: addresses and text as text, other bytes as hexadecimal digits. */
function plain(value: unknown): unknown {
  if (value instanceof Ipv4Address || value instanceof Cidr) return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

function optionsOf(binding: DhcpBinding | undefined): unknown {
  return plain(binding?.lease?.options);
}

async function isInformed(lan: DhcpLan): Promise<void> {
  const device = lan.boot();
  device.network.configure({ address: Ipv4Address.parse("10.77.0.50"), prefixLength: 24, dns: [] });
  const { options, server } = await device.inform({ request: [DhcpCode.ntpServers] });
  expect(server.toString()).toBe("10.77.0.1");
  expect(plain(options)).toMatchObject({ subnetMask: "255.255.255.0", ntpServers: ["10.77.0.9"] });
  expect(options.leaseTime).toBeUndefined();
  expect(await lan.talk()).toEqual(["INFORM 10.77.0.50 to all has 10.77.0.50", "ACK of 10.77.0.1"]);
}

/** Where an identifier is configured, these servers send it behind their own. */
async function choosesFirstIdentifier(lan: DhcpLan): Promise<void> {
  const device = lan.boot();
  device.client.start();
  const bound = await device.changed("bound");
  expect(bound?.lease?.server.toString()).toBe("10.77.0.1");
  const offer = (await lan.frames()).find(({ info }) => info.includes("DHCP Offer"));
  expect(offer?.fields[SERVER_FIELD]).toEqual(["10.77.0.1", "10.77.0.2"]);
}

export function optionsTests(): void {
  it.concurrent(
    "dnsmasq: decodes what it is sent, and configures routes and domains",
    onLan(async (lan) => {
      await startDnsmasq(
        lan,
        {},
        "--dhcp-option=option:classless-static-route,10.9.0.0/16,10.77.0.2,0.0.0.0/0,10.77.0.3",
        "--dhcp-option=option:router,10.77.0.4",
        "--dhcp-option=option:dns-server,10.77.0.53,10.77.0.54",
        "--dhcp-option=option:domain-name,example.org",
        "--dhcp-option=option:domain-search,eng.example.org,example.org,sales.eng.example.org",
        "--dhcp-option=option:ntp-server,10.77.0.9,10.77.0.10",
        "--dhcp-option=option:mtu,1400",
        "--dhcp-option=option:posix-timezone,CET-1CEST",
        "--dhcp-option=option:tzdb-timezone,Europe/Zurich",
        "--dhcp-option=option:ipv6-only,1800",
        "--dhcp-option=114,https://portal.example.org/api",
        "--dhcp-option=224,01:02:fe:ff",
      );
      const { interfaceMtu, posixTimeZone, tzdbTimeZone, ipv6OnlyWait } = DhcpCode;
      const device = lan.boot({ request: [interfaceMtu, posixTimeZone, tzdbTimeZone, ipv6OnlyWait, 224] });
      device.client.start();
      const bound = await device.changed("bound");
      const route = { destination: "10.9.0.0/16", gateway: "10.77.0.2" };
      const dns = ["10.77.0.53", "10.77.0.54"];
      const search = ["eng.example.org", "example.org", "sales.eng.example.org"];
      expect(optionsOf(bound)).toMatchObject({
        classlessRoutes: [route, { destination: "0.0.0.0/0", gateway: "10.77.0.3" }],
        routers: ["10.77.0.4"],
        dnsServers: dns,
        domainName: "example.org",
        domainSearch: search,
        ntpServers: ["10.77.0.9", "10.77.0.10"],
        interfaceMtu: 1400,
        posixTimeZone: "CET-1CEST",
        tzdbTimeZone: "Europe/Zurich",
        ipv6OnlyWait: 1800,
        captivePortal: "https://portal.example.org/api",
        others: [{ code: 224, value: "0102feff" }],
      });
      // Where there are classless routes, the router option means nothing (RFC 3442).
      expect(plain(device.network.ipv4)).toEqual({
        address: "10.77.0.100",
        prefixLength: 24,
        gateway: "10.77.0.3",
        routes: [route],
        dns,
        domain: "example.org",
        search,
      });
    }),
  );

  it.concurrent(
    "dnsmasq: is sent what is for its vendor, also if it takes several options",
    onLan(async (lan) => {
      const long = ["a", "b", "c"].map((letter) => letter.repeat(200));
      await startDnsmasq(
        lan,
        {},
        ...long.map((text, index) => `--dhcp-option=vendor:wirelet,${index + 1},${text}`),
        "--dhcp-option=vi-encap:32473,1,hello",
        "--dhcp-option=vi-encap:32473,2,world",
        "--dhcp-option=vendor:other,1,no",
      );
      const { vendorInformation, vendorOptions } = DhcpCode;
      const device = lan.boot({ vendorClass: "wirelet-lamp", request: [vendorInformation, vendorOptions] });
      device.client.start();
      const bound = await device.changed("bound");
      const { vendorInformation: information, vendorOptions: options } = bound!.lease!.options;
      const texts = readDhcpSubOptions(information!, true)!.map(({ code, value }) => [code, ascii(value)]);
      expect(texts.sort()).toEqual(long.map((text, index) => [index + 1, text]));
      const ours = options!.map(({ enterprise, options }) => [
        enterprise,
        options.map(({ code, value }) => [code, ascii(value)]).sort(),
      ]);
      expect(ours).toEqual([
        [
          32473,
          [
            [1, "hello"],
            [2, "world"],
          ],
        ],
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: finds options in the fields of the header when there are more than fit",
    onLan(
      async (lan) => {
        const texts = ["a", "b", "c"].map((letter) => letter.repeat(100));
        await startDnsmasq(lan, {}, ...texts.map((text, index) => `--dhcp-option=${224 + index},${text}`));
        const device = lan.boot({ request: [224, 225, 226] });
        device.client.start();
        const bound = await device.changed("bound");
        const { others } = bound!.lease!.options;
        expect(others!.map(({ value }) => ascii(value)).sort()).toEqual(texts);
        const overloads = (await lan.frames()).flatMap(({ fields }) => fields[OVERLOAD_FIELD] ?? []);
        expect(overloads).toEqual(["1", "1"]);
      },
      { mtu: 576 },
    ),
  );

  it.concurrent(
    "dnsmasq: says its full name, its classes and an identifier of its own",
    onLan(async (lan) => {
      const dnsmasq = await startDnsmasq(
        lan,
        { lease: 600 },
        "--domain=example.org",
        "--dhcp-userclass=set:lamps,lamp",
      );
      const device = lan.boot({
        clientIdentifier: Uint8Array.of(255, 1, 2, 3, 4, 0, 3, 0, 1, 2, 0, 0, 0, 0, 1),
        clientFqdn: { name: "lamp.example.org.", serverUpdates: true },
        userClasses: [new TextEncoder().encode("lamp")],
        leaseSeconds: 300,
      });
      device.client.start();
      const bound = await device.changed("bound");
      const fqdn = { name: "lamp.example.org.", serverUpdates: true, fromServer: true };
      expect(optionsOf(bound)).toMatchObject({ clientFqdn: fqdn, domainName: "example.org" });
      expect(bound?.lease?.leaseSeconds).toBe(300);
      expect(dnsmasq.stderr).toContain("client provides name: lamp.example.org");
      expect(dnsmasq.stderr).toContain("tags: lamps, ");
      const [lease] = dnsmasqLeases(lan);
      expect(lease).toBe("10.77.0.100 lamp ff:01:02:03:04:00:03:00:01:02:00:00:00:00:01");
    }),
  );

  it.concurrent(
    "dnsmasq: asks for options alone, for an address from elsewhere",
    onLan(async (lan) => {
      await startDnsmasq(lan, {}, "--dhcp-option=option:ntp-server,10.77.0.9");
      await isInformed(lan);
    }),
  );

  it.concurrent(
    "udhcpd: asks for options alone, for an address from elsewhere",
    onLan(async (lan) => {
      await startUdhcpd(lan, {}, "option ntpsrv 10.77.0.9");
      await isInformed(lan);
    }),
  );

  it.concurrent(
    "dnsmasq: keeps a lease that never ends",
    onLan(async (lan) => {
      await startDnsmasq(lan, { lease: "infinite" });
      const device = lan.boot();
      device.client.start();
      const bound = await device.changed("bound");
      const never = { leaseSeconds: Infinity, renewSeconds: Infinity, rebindSeconds: Infinity };
      expect(bound?.lease).toMatchObject(never);
    }),
  );

  it.concurrent(
    "udhcpd: is answered by broadcast where nothing else would arrive",
    onLan(async (lan) => {
      await startUdhcpd(lan);
      const device = lan.boot({ broadcast: true });
      device.client.start();
      await device.changed("bound");
      const frames = await lan.frames();
      const answers = frames.filter(({ info }) => /DHCP (Offer|ACK)/.test(info));
      expect(answers.map(({ fields }) => fields[DESTINATION_FIELD])).toEqual([
        ["255.255.255.255"],
        ["255.255.255.255"],
      ]);
    }),
  );

  it.concurrent(
    "dnsmasq: takes a lease in two messages where the server can",
    onLan(async (lan) => {
      await startDnsmasq(lan, {}, "--dhcp-rapid-commit");
      const device = lan.boot({ rapidCommit: true });
      device.client.start();
      await device.changed("bound");
      expect(await lan.talk()).toEqual(["DISCOVER to all", "ACK of 10.77.0.1 gives 10.77.0.100"]);
    }),
  );

  it.concurrent(
    "udhcpd: takes a lease in four messages where the server cannot in two",
    onLan(async (lan) => {
      await startUdhcpd(lan);
      const device = lan.boot({ rapidCommit: true });
      device.client.start();
      const address = `${(await device.changed("bound"))?.configuration.address}`;
      expect(await lan.talk()).toEqual(leased(address, "10.77.0.1"));
    }),
  );

  it.concurrent(
    "dnsmasq and udhcpd: takes the offer that it likes best",
    onLan(async (lan) => {
      lan.readdress("10.77.0.2/24");
      await startUdhcpd(lan, { first: "10.77.0.200", last: "10.77.0.209", lease: 3600 });
      lan.readdress("10.77.0.1/24");
      await startDnsmasq(lan);
      const isLong = ({ leaseSeconds }: DhcpLease): boolean => leaseSeconds === 3600;
      const device = lan.boot({ choose: (offers) => offers.find(isLong) });
      device.client.start();
      await device.changed("bound");
      const talk = await lan.talk();
      // Whichever of the two is faster. The NAK is dnsmasq's, as it was not chosen, and no concern of the client's.
      expect(talk.sort()).toEqual([
        "ACK of 10.77.0.2 gives 10.77.0.209",
        "DISCOVER to all",
        "NAK of 10.77.0.1",
        "OFFER of 10.77.0.1 gives 10.77.0.100",
        "OFFER of 10.77.0.2 gives 10.77.0.209",
        "REQUEST to all wants 10.77.0.209 of 10.77.0.2",
      ]);
    }),
  );

  it.concurrent(
    "udhcpd: takes the first of two server identifiers",
    onLan(async (lan) => {
      await startUdhcpd(lan, {}, "option serverid 10.77.0.2");
      await choosesFirstIdentifier(lan);
    }),
  );

  it.concurrent(
    "dnsmasq: takes the first of two server identifiers",
    onLan(async (lan) => {
      await startDnsmasq(lan, {}, "--dhcp-option-force=54,10.77.0.2");
      await choosesFirstIdentifier(lan);
    }),
  );

  it.concurrent(
    "udhcpd: decodes what it is sent",
    onLan(async (lan) => {
      const portal = "https://portal.example.org/api";
      await startUdhcpd(
        lan,
        {},
        "option router 10.77.0.1",
        "option dns 10.77.0.53 10.77.0.54",
        "option domain example.org",
        "option search eng.example.org example.org",
        "option staticroutes 10.9.0.0/16 10.77.0.2, 10.10.0.0/16 10.77.0.3",
        "option ntpsrv 10.77.0.9",
        "option tzdbstr Europe/Zurich",
        "option 43 0102aabb",
        `option 114 ${Buffer.from(portal).toString("hex")}`,
        "option 58 00000006",
        "option 59 0000000c",
      );
      const { tzdbTimeZone, vendorInformation } = DhcpCode;
      const device = lan.boot({ request: [tzdbTimeZone, vendorInformation] });
      device.client.start();
      const bound = await device.changed("bound");
      expect(bound?.lease).toMatchObject({ renewSeconds: 6, rebindSeconds: 12 });
      expect(optionsOf(bound)).toMatchObject({
        routers: ["10.77.0.1"],
        dnsServers: ["10.77.0.53", "10.77.0.54"],
        domainName: "example.org",
        domainSearch: ["eng.example.org", "example.org"],
        classlessRoutes: [
          { destination: "10.9.0.0/16", gateway: "10.77.0.2" },
          { destination: "10.10.0.0/16", gateway: "10.77.0.3" },
        ],
        ntpServers: ["10.77.0.9"],
        tzdbTimeZone: "Europe/Zurich",
        vendorInformation: "0102aabb",
        captivePortal: portal,
      });
    }),
  );
}
