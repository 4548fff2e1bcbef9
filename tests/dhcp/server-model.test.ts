import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Cidr, Ipv4Address, type MacAddress } from "../../src/address/index.js";
import type { DhcpMessage, DhcpMessageType, DhcpOptions } from "../../src/wire/index.js";
import { ip, SERVER } from "./messages.js";
import { mac, ServerDialogue, type ServerChange } from "./server-dialogue.js";

const QUARANTINE = 900_000;
const LEASES_PER_MAC = 2;

/** Two subnets with three addresses each, one reserved among them and one beside them. */
const CHANGE: ServerChange = {
  subnets: ["10.0.0", "10.1.0"].map((prefix) => ({
    network: Cidr.parse(`${prefix}.0/24`),
    pools: [{ first: ip(`${prefix}.100`), last: ip(`${prefix}.102`) }],
    leaseSeconds: 600,
  })),
  reservations: [
    { clientIdentifier: Uint8Array.of(9), address: ip("10.0.0.101") },
    { mac: mac(1), address: ip("10.0.0.7") },
  ],
  quarantine: QUARANTINE,
  maxLeasesPerMac: LEASES_PER_MAC,
  rapidCommit: true,
};
const GIVEN_OUT = /^10\.([01]\.0\.10[012]|0\.0\.7)$/;

const ADDRESSES = [
  "10.0.0.7",
  "10.0.0.100",
  "10.0.0.101",
  "10.0.0.102",
  "10.1.0.100",
  "10.1.0.101",
  "10.1.0.102",
];
const RELAYS = ["0.0.0.0", "10.0.0.2", "10.1.0.2"];

interface Client {
  readonly mac: MacAddress;
  readonly clientIdentifier?: Uint8Array;
}

/** Seven clients on four MACs: some have identifiers, some share a MAC. */
const CLIENTS: readonly Client[] = [
  { mac: mac(1) },
  { mac: mac(2) },
  { mac: mac(2), clientIdentifier: Uint8Array.of(1) },
  { mac: mac(2), clientIdentifier: Uint8Array.of(2) },
  { mac: mac(3) },
  { mac: mac(3), clientIdentifier: Uint8Array.of(9) },
  { mac: mac(4), clientIdentifier: Uint8Array.of(3, 3) },
];

/** What the server has promised to whom: an address is its client's until the lease ends or it gives it back. */
class World {
  server = new ServerDialogue(CHANGE);
  /** What happened, for who reads a counterexample. */
  readonly story: string[] = [];
  readonly #holders = new Map<number, { client: Client; until: number }>();
  readonly #quarantined = new Map<number, number>();
  /** What each client was last offered. */
  readonly #offers = new Map<Client, Ipv4Address>();

  get now(): number {
    return this.server.now;
  }

  wait(milliseconds: number): void {
    this.server.until(this.now + milliseconds);
  }

  /** The server dies, and the next one knows what was recorded. */
  restart(): void {
    this.story.push(`${this.now} restart`);
    const { now, canCheck, stored } = this.server;
    this.server = new ServerDialogue(CHANGE);
    this.server.until(now);
    this.server.canCheck = canCheck;
    for (const [address, lease] of stored) {
      this.server.stored.set(address, lease);
      this.server.machine.restore(lease, now);
    }
  }

  /** Lets the store fail, or work again. */
  break(isBroken: boolean): void {
    this.server.storeError = isBroken ? new Error("broken") : undefined;
  }

  /** @param isLost whether the client does not hear the answer */
  send(
    client: Client,
    type: DhcpMessageType,
    fields: Partial<DhcpMessage>,
    options: DhcpOptions,
    isLost: boolean,
  ): void {
    const { clientIdentifier } = client;
    const { sent, events } = this.server;
    const { ciaddr = "", giaddr = "" } = fields;
    const { requestedAddress = "", serverIdentifier = "" } = options;
    const told = `ciaddr=${ciaddr} giaddr=${giaddr} requested=${requestedAddress} server=${serverIdentifier}`;
    this.story.push(`${this.now} ${identity(client)} ${type} ${told}`);
    const before = { sent: sent.length, events: events.length };
    this.server.receive(type, { chaddr: client.mac, ...fields }, { clientIdentifier, ...options });
    for (const event of events.slice(before.events)) {
      // A lease that expires must have come to the end that its client was told.
      if (event.type !== "ended" || event.reason === "expired") continue;
      this.#holders.delete(event.address.value);
      if (event.reason === "declined" && this.server.storeError === undefined)
        this.#quarantined.set(event.address.value, this.now + QUARANTINE);
    }
    this.#judge(client, sent.slice(before.sent), isLost);
  }

  answerCheck(isInUse: boolean): void {
    const address = this.server.checks.shift();
    const before = this.server.sent.length;
    if (address === undefined) return;
    this.server.checked(address, isInUse);
    for (const answer of this.server.sent.slice(before)) {
      const client = CLIENTS.find((each) => isOf(each, answer));
      this.#judge(client!, [answer], false);
    }
  }

  offered(client: Client): Ipv4Address | undefined {
    return this.#offers.get(client);
  }

  held(client: Client): Ipv4Address | undefined {
    for (const [address, { client: holder }] of this.#holders)
      if (holder === client) return Ipv4Address.fromValue(address);
    return undefined;
  }

  #judge(client: Client, answers: readonly DhcpMessage[], isLost: boolean): void {
    expect(answers.length).toBeLessThanOrEqual(1);
    for (const { type, yiaddr, options } of answers) {
      this.story.push(`  ${type} ${yiaddr}`);
      if (yiaddr.isUnspecified) continue;
      expect(yiaddr.toString()).toMatch(GIVEN_OUT);
      const other = this.#holders.get(yiaddr.value);
      if (other !== undefined && other.until > this.now)
        expect(identity(other.client)).toBe(identity(client));
      expect(this.now).toBeGreaterThanOrEqual(this.#quarantined.get(yiaddr.value) ?? 0);
      if (yiaddr.equals(ip("10.0.0.101"))) expect(identity(client)).toBe("id 9");
      if (yiaddr.equals(ip("10.0.0.7"))) expect(identity(client)).toBe("mac 1");
      if (!isLost) this.#offers.set(client, yiaddr);
      // Whether the client heard it or not, the server has promised it.
      if (type === "ACK")
        this.#holders.set(yiaddr.value, { client, until: this.now + options.leaseTime! * 1_000 });
    }
  }

  checkState(): void {
    const { leases } = this.server.machine;
    const active = leases.filter(({ state }) => state !== "free");
    for (const { address } of leases) expect(address.toString()).toMatch(GIVEN_OUT);
    expect(new Set(leases.map(({ address }) => address.value)).size).toBe(leases.length);
    expect(this.server.deadline).toBeLessThanOrEqual(Math.min(...active.map(({ expiresAt }) => expiresAt)));
    for (const number of [2, 3, 4]) {
      const count = active.filter((lease) => lease.mac.equals(mac(number))).length;
      expect(count).toBeLessThanOrEqual(2 * LEASES_PER_MAC);
    }
  }
}

/** By what the server is to know a client. */
function identity({ mac: { value }, clientIdentifier }: Client): string {
  if (clientIdentifier?.[0] === 9) return "id 9";
  if (value === mac(1).value) return "mac 1";
  return clientIdentifier === undefined ? `mac ${value % 256}` : `id ${clientIdentifier.join(" ")}`;
}

function isOf({ mac: own, clientIdentifier }: Client, { chaddr, options }: DhcpMessage): boolean {
  return own.equals(chaddr) && clientIdentifier?.join() === options.clientIdentifier?.join();
}

type Step = (world: World) => void;

const client = fc.constantFrom(...CLIENTS);
const address = fc.constantFrom(...ADDRESSES).map(ip);
const giaddr = fc.constantFrom(...RELAYS).map(ip);
const isLost = fc.boolean();

const discover: fc.Arbitrary<Step> = fc
  .tuple(client, giaddr, isLost, fc.option(address, { nil: undefined }), fc.boolean())
  .map(([who, relay, lost, requestedAddress, isRapid]) => (world) => {
    const rapidCommit = isRapid ? true : undefined;
    world.send(who, "DISCOVER", { giaddr: relay }, { requestedAddress, rapidCommit }, lost);
  });

const take: fc.Arbitrary<Step> = fc.tuple(client, giaddr, isLost).map(([who, relay, lost]) => (world) => {
  const requestedAddress = world.offered(who);
  if (requestedAddress !== undefined)
    world.send(who, "REQUEST", { giaddr: relay }, { requestedAddress, serverIdentifier: SERVER }, lost);
});

const renew: fc.Arbitrary<Step> = fc.tuple(client, isLost).map(([who, lost]) => (world) => {
  const ciaddr = world.held(who);
  if (ciaddr !== undefined) world.send(who, "REQUEST", { ciaddr }, {}, lost);
});

const giveUp: fc.Arbitrary<Step> = fc
  .tuple(client, fc.constantFrom("RELEASE" as const, "DECLINE" as const))
  .map(([who, type]) => (world) => {
    const held = world.held(who);
    if (held === undefined) return;
    const fields = type === "RELEASE" ? { ciaddr: held } : { giaddr: relayOf(held) };
    world.send(who, type, fields, { requestedAddress: held, serverIdentifier: SERVER }, true);
  });

/** Whatever nobody would send. */
const anything: fc.Arbitrary<Step> = fc
  .tuple(
    client,
    fc.constantFrom<DhcpMessageType>("REQUEST", "RELEASE", "DECLINE", "INFORM"),
    fc.record({ ciaddr: address, giaddr }, { requiredKeys: [] }),
    fc.record({ requestedAddress: address, serverIdentifier: fc.constant(SERVER) }, { requiredKeys: [] }),
  )
  .map(
    ([who, type, fields, options]) =>
      (world) =>
        world.send(who, type, fields, options, true),
  );

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: discover },
  { weight: 5, arbitrary: take },
  { weight: 2, arbitrary: renew },
  { weight: 2, arbitrary: giveUp },
  { weight: 2, arbitrary: anything },
  {
    weight: 2,
    arbitrary: fc.boolean().map(
      (isInUse): Step =>
        (world) =>
          world.answerCheck(isInUse),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(1_000, 10_000, 300_000, 700_000).map(
      (ms): Step =>
        (world) =>
          world.wait(ms),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((world) => world.restart()) },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (isBroken): Step =>
        (world) =>
          world.break(isBroken),
    ),
  },
);

function relayOf(held: Ipv4Address): Ipv4Address {
  return ip(held.toString().startsWith("10.1.") ? "10.1.0.2" : "0.0.0.0");
}

describe("whatever clients send, whatever is lost, and whenever the server dies", () => {
  it.each([
    ["at once", false],
    ["after checks", true],
  ])(
    "no address is promised to two clients, in quarantine, reserved for another or outside the pools: %s",
    (_name, canCheck) => {
      fc.assert(
        fc.property(fc.array(step, { minLength: 20, maxLength: 120, size: "max" }), (steps) => {
          const world = new World();
          world.server.canCheck = canCheck;
          try {
            for (const run of steps) {
              run(world);
              world.checkState();
            }
          } catch (error) {
            throw new Error(world.story.join("\n"), { cause: error });
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});
