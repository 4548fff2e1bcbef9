import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { DhcpMessage, DhcpOptions } from "../../src/wire/index.js";
import { ClientDialogue, OFFERED, OTHER_MAC } from "./client-dialogue.js";
import { ADDRESS, bytesOf, ip, OTHER_SERVER, SERVER } from "./messages.js";

type Step = (client: ClientDialogue) => void;

const HOUR = 3_600_000;

/**
 * What a client may send in an hour at most, whatever servers and the link do: a REQUEST every `LEAST_RENEWAL`, or a few
 * messages for each try that a flapping link begins every second.
 */
const MOST_SENDS_IN_AN_HOUR = 3 * 3_600;

const seconds = fc.constantFrom(0, 1, 5, 10, 60, 3_600, 2 ** 31, 0xffffffff);

const options: fc.Arbitrary<DhcpOptions> = fc.record({
  serverIdentifier: fc.option(fc.constantFrom(SERVER, OTHER_SERVER, ip("0.0.0.0")), { nil: undefined }),
  leaseTime: fc.option(seconds, { nil: undefined }),
  renewalTime: fc.option(seconds, { nil: undefined }),
  rebindingTime: fc.option(seconds, { nil: undefined }),
  subnetMask: fc.constant(OFFERED.subnetMask),
});

const message: fc.Arbitrary<Step> = fc
  .record({
    type: fc.constantFrom(
      "DISCOVER" as const,
      "OFFER" as const,
      "ACK" as const,
      "ACK" as const,
      "NAK" as const,
    ),
    yiaddr: fc.constantFrom(ADDRESS, ADDRESS, ADDRESS, OTHER_SERVER, ip("0.0.0.0")),
    options,
  })
  .map(({ type, yiaddr, options: sent }) => (client) => {
    const { xid = 0 } = client.sent.at(-1) ?? {};
    const fields: Partial<DhcpMessage> = { xid, yiaddr };
    client.machine.receive(bytesOf(type, fields, sent), client.now);
  });

const good: fc.Arbitrary<Step> = fc
  .constantFrom("OFFER" as const, "ACK" as const)
  .map((type) => (client) => void client.receive(type));

const step: fc.Arbitrary<Step> = fc.oneof(
  message,
  good,
  fc.uint8Array({ maxLength: 400 }).map(
    (bytes): Step =>
      (client) =>
        client.machine.receive(bytes, client.now),
  ),
  fc.boolean().map(
    (isUp): Step =>
      (client) =>
        void client.link(isUp),
  ),
  fc.boolean().map((free): Step => (client) => {
    const address = client.asked.at(-1) ?? ADDRESS;
    client.probed(free ? { free } : { free, owner: OTHER_MAC }, address);
  }),
  fc.constant<Step>((client) => void client.conflict(client.machine.binding?.configuration.address)),
  fc.nat(5_000).map(
    (wait): Step =>
      (client) =>
        void client.until(client.now + wait),
  ),
  fc.nat(2_000_000).map(
    (wait): Step =>
      (client) =>
        void client.until(client.now + wait),
  ),
);

const settings = fc.record({
  linkLocal: fc.boolean(),
  rapidCommit: fc.boolean(),
  offerWait: fc.constantFrom(0, 1_000),
});

describe("whatever happens, in any order", () => {
  it("nothing throws, a client has a deadline unless it waits for the link, and its binding fits its state", () => {
    fc.assert(
      fc.property(settings, fc.boolean(), fc.array(step, { maxLength: 60 }), (given, canProbe, steps) => {
        const client = new ClientDialogue(given);
        client.canProbe = canProbe;
        client.start();
        for (const act of steps) {
          act(client);
          const { state, binding, lease } = client.machine;
          if (client.isLinkUp && lease?.leaseSeconds !== Infinity)
            expect(client.deadline).toBeLessThan(Infinity);
          if (["BOUND", "RENEWING", "REBINDING"].includes(state)) expect(binding?.source).toBe("dhcp");
          if (["INIT", "SELECTING", "REQUESTING", "PROBING"].includes(state)) expect(lease).toBeUndefined();
          // What is configured is what the client says.
          expect(client.configured).toEqual(binding?.configuration);
        }
        client.machine.stop(client.now);
        expect(client.configured).toBeUndefined();
        expect(client.deadline).toBe(Infinity);
      }),
      { numRuns: 300 },
    );
  });

  it("the changes that are told follow one from another", () => {
    fc.assert(
      fc.property(settings, fc.array(step, { maxLength: 60 }), (given, steps) => {
        const client = new ClientDialogue(given).start();
        for (const act of steps) act(client);
        let current: unknown;
        for (const event of client.events) {
          if (event.type !== "changed") continue;
          expect(event.previous).toBe(current);
          current = event.current;
        }
        expect(client.machine.binding).toBe(current);
      }),
    );
  });

  it("what is sent in an hour is bounded", () => {
    // Answered or refused at once, over and over: each a way to keep a client busy.
    const answers = fc.array(fc.oneof(message, good, step), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(settings, fc.boolean(), answers, (given, canProbe, acts) => {
        const client = new ClientDialogue(given);
        client.canProbe = canProbe;
        client.start();
        const first = client.now;
        for (let turn = 0; client.now < first + HOUR && turn < 20_000; turn++) {
          acts[turn % acts.length]!(client);
          client.until(client.now + 250);
        }
        const hours = Math.max(1, (client.now - first) / HOUR);
        expect(client.sent.length / hours).toBeLessThan(MOST_SENDS_IN_AN_HOUR);
      }),
      { numRuns: 12 },
    );
  });
});
