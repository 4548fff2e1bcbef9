import { describe, expect, it } from "@jest/globals";
import { Cidr } from "../../src/address/index.js";
import { DhcpClientMachine, MAX_OFFERS, MAX_ROUTES, type DhcpLease } from "../../src/dhcp/index.js";
import { DHCP_INFINITE_TIME, type DhcpOptions } from "../../src/wire/index.js";
import { ClientDialogue, OFFERED, withoutJitter } from "./client-dialogue.js";
import { ip, MAC, OTHER_SERVER, SERVER } from "./messages.js";

const FROM_OTHER: DhcpOptions = { ...OFFERED, serverIdentifier: OTHER_SERVER };

const longest = (offers: readonly DhcpLease[]): DhcpLease | undefined =>
  [...offers].sort((a, b) => b.leaseSeconds - a.leaseSeconds)[0];

describe("choosing among offers", () => {
  it("waits for others after the first, and takes what the policy says", () => {
    const client = new ClientDialogue({ choose: longest }).start().until(100).receive("OFFER");
    client.until(500).receive("OFFER", { yiaddr: ip("10.0.0.7") }, { ...FROM_OTHER, leaseTime: 7200 });
    client.until(2_099);
    expect(client.machine.state).toBe("SELECTING");
    client.until(2_100);
    expect(client.sent.at(-1)).toMatchObject({
      type: "REQUEST",
      options: { serverIdentifier: OTHER_SERVER, requestedAddress: ip("10.0.0.7") },
    });
  });

  it("may wait without a policy: the first is taken", () => {
    const client = new ClientDialogue({ offerWait: 500 })
      .start()
      .receive("OFFER")
      .receive("OFFER", {}, FROM_OTHER);
    client.until(500);
    expect(client.sent.at(-1)?.options.serverIdentifier).toEqual(SERVER);
  });

  it("a policy that takes none makes the client ask again, ever later", () => {
    const client = new ClientDialogue({ choose: () => undefined }).start();
    for (let time = 0; time <= 120_000; time += 1_000) client.until(time).receive("OFFER");
    const lines = client.take();
    expect(lines.filter((line) => line.includes("REQUEST"))).toEqual([]);
    expect(lines.filter((line) => line.includes("no-offer-chosen")).length).toBeGreaterThan(2);
    expect(lines.filter((line) => line.includes("DISCOVER")).length).toBeLessThan(20);
  });

  it("a policy that makes an offer up is not followed", () => {
    const foreign = new ClientDialogue().bind().machine.lease!;
    const client = new ClientDialogue({ choose: () => foreign }).start().receive("OFFER").until(2_000);
    expect(client.take()).toContain("2000 failed: no-offer-chosen");
  });

  it("a policy that throws stops nothing", () => {
    const client = new ClientDialogue({
      choose: () => {
        throw new Error("policy");
      },
    });
    client.start().receive("OFFER");
    expect(() => client.until(2_000)).toThrow("policy");
    expect(client.deadline).toBeLessThan(20_000);
    client.until(20_000);
    expect(client.sent.length).toBeGreaterThan(1);
  });

  it("keeps no more offers than it needs", () => {
    let seen = 0;
    const client = new ClientDialogue({
      choose: (offers) => {
        seen = offers.length;
        return offers[0];
      },
    }).start();
    for (let count = 0; count < MAX_OFFERS + 3; count++) client.receive("OFFER");
    client.until(2_000);
    expect(seen).toBe(MAX_OFFERS);
    expect(client.machine.ignored).toEqual({ "too-many-offers": 3 });
  });
});

describe("rapid commit (RFC 4039)", () => {
  it("takes a lease in two messages", () => {
    const client = new ClientDialogue({ rapidCommit: true }).start().until(5_000);
    client.receive("ACK", {}, { ...OFFERED, rapidCommit: true }).probed({ free: true });
    // It counts from the second DISCOVER, which was answered.
    expect(client.machine.lease).toMatchObject({ obtainedAt: 4_000 });
    expect(client.sent.map(({ type, options }) => `${type} ${options.rapidCommit}`)).toEqual([
      "DISCOVER true",
      "DISCOVER true",
    ]);
  });

  it("takes an offer, too", () => {
    const client = new ClientDialogue({ rapidCommit: true }).start().receive("OFFER");
    expect(client.sent.at(-1)).toMatchObject({ type: "REQUEST" });
    expect(client.sent.at(-1)?.options.rapidCommit).toBeUndefined();
  });

  it("an ACK without the option is none", () => {
    const client = new ClientDialogue({ rapidCommit: true }).start().receive("ACK");
    expect(client.machine.ignored).toEqual({ unexpected: 1 });
  });

  it("does not go with a policy", () => {
    expect(() => new ClientDialogue({ rapidCommit: true, choose: longest })).toThrow("EINVAL");
  });
});

describe("what is told to servers", () => {
  it("goes into each message that asks, and into no other", () => {
    const clientIdentifier = Uint8Array.of(255, 1, 2, 3);
    const client = new ClientDialogue({
      clientIdentifier,
      vendorClass: "wirelet",
      userClasses: [Uint8Array.of(65)],
      leaseSeconds: 600,
      request: [150, 3],
      options: { ntpServers: [SERVER], requestedAddress: SERVER, vendorClass: "other" },
    }).bind();
    client.until(1_800_000).machine.stop(client.now);
    const asking = {
      clientIdentifier,
      vendorClass: "wirelet",
      userClasses: [Uint8Array.of(65)],
      leaseTime: 600,
      ntpServers: [SERVER],
    };
    const [discover, request, renewal, release] = client.sent;
    for (const message of [discover, request, renewal]) expect(message?.options).toMatchObject(asking);
    expect(discover?.options.requestedAddress).toBeUndefined();
    expect(renewal?.options.requestedAddress).toBeUndefined();
    expect([...discover!.options.parameterRequestList!].filter((code) => code === 3 || code === 150)).toEqual(
      [3, 150],
    );
    expect(release?.options).toEqual({ serverIdentifier: SERVER, clientIdentifier });
  });

  it("a name with its domain takes the place of the host name (RFC 4702 §3.1)", () => {
    const client = new ClientDialogue({
      hostName: "pump",
      clientFqdn: { name: "pump.example.org.", serverUpdates: true },
    }).start();
    expect(client.sent[0]?.options.hostName).toBeUndefined();
    expect(client.sent[0]?.options.clientFqdn).toMatchObject({ name: "pump.example.org." });
  });

  it("a lease forever may be asked for", () => {
    const client = new ClientDialogue({ leaseSeconds: Infinity }).start();
    expect(client.sent[0]?.options.leaseTime).toBe(DHCP_INFINITE_TIME);
  });

  it.each([
    ["an identifier of one byte", { clientIdentifier: Uint8Array.of(1) }, "EINVAL"],
    ["code 0", { request: [0] }, "EINVAL"],
    ["code 255", { request: [255] }, "EINVAL"],
    ["a lease of no time", { leaseSeconds: 0 }, "EINVAL"],
    ["half a second", { leaseSeconds: 0.5 }, "EINVAL"],
    ["more than fits", { options: { others: [{ code: 200, value: new Uint8Array(600) }] } }, "EMSGSIZE"],
  ])("%s is refused at once", (_name, options, code) => {
    const make = (): unknown =>
      new DhcpClientMachine(
        { mac: MAC, mtu: 1500, random: withoutJitter(), ...options },
        new ClientDialogue(),
      );
    expect(make).toThrow(code);
  });
});

describe("classless routes and domains", () => {
  const route = (destination: string, gateway?: string) => ({
    destination: Cidr.parse(destination),
    ...(gateway === undefined ? {} : { gateway: ip(gateway) }),
  });

  it("routes stand instead of the router option (RFC 3442)", () => {
    const classlessRoutes = [route("10.9.0.0/16", "10.0.0.3"), route("0.0.0.0/0", "10.0.0.4")];
    const client = new ClientDialogue().bind({ ...OFFERED, classlessRoutes });
    expect(client.machine.binding?.configuration).toMatchObject({
      gateway: ip("10.0.0.4"),
      routes: [route("10.9.0.0/16", "10.0.0.3")],
    });
  });

  it("routes without a default one leave no gateway", () => {
    const client = new ClientDialogue().bind({
      ...OFFERED,
      classlessRoutes: [route("10.9.0.0/16", "10.0.0.3")],
    });
    expect(client.machine.binding?.configuration.gateway).toBeUndefined();
  });

  it("only so many are kept, and none by way of an address that no host has", () => {
    const classlessRoutes = Array.from({ length: 30 }, (_, index) =>
      route(`10.${index}.0.0/16`, index % 2 === 0 ? "10.0.0.3" : "224.0.0.1"),
    );
    const client = new ClientDialogue().bind({ ...OFFERED, classlessRoutes });
    const { routes } = client.machine.binding!.configuration;
    expect(routes).toHaveLength(MAX_ROUTES);
    expect(routes?.every(({ gateway }) => gateway?.equals(ip("10.0.0.3")))).toBe(true);
  });

  it.each<[name: string, options: DhcpOptions]>([
    ["routes", { classlessRoutes: [route("10.9.0.0/16", "10.0.0.3")] }],
    ["domain", { domainName: "example.org" }],
    ["search list", { domainSearch: ["example.org"] }],
  ])("a renewal with other %s configures the interface", (_name, options) => {
    const client = new ClientDialogue().bind().until(1_800_000);
    client.take();
    client.receive("ACK", {}, { ...OFFERED, ...options });
    expect(client.take()[1]).toMatch(/configure/);
  });
});
