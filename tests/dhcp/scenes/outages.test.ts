import { describe, expect, it, jest } from "@jest/globals";
import { SimulatedRandom } from "../../../simulator/index.js";
import { runThrough, type LongRun, type Outage } from "./outages.js";
import { DAY, HOUR, MINUTE, SECOND } from "./site.js";

// Some 150,000 renewals take 10 s on an idle machine.
jest.setTimeout(180_000);

const SIXTY_DAYS = 60 * DAY;
/** The least wait between two tries to extend a lease of a minute: it takes one of them to be answered. */
const RETRY = 4 * SECOND;
/** T1 is drawn up to a sixteenth of the lease before its half. */
const EARLIEST_RENEWAL = 7 / 16;

/** Between two outages: enough to have the lease extended, or another one. */
const LEAST_PAUSE = 3 * MINUTE;
const MOST_PAUSE = 2 * HOUR;
/** One outage in so many is a long one. */
const LONG_ONE_IN = 50;

/**
 * Sixty days of outages: short ones, which the lease of a minute outlasts from any T1 on, and long ones, of two minutes to a day,
 * which it cannot.
 */
function drawOutages(seed: number): { all: Outage[]; long: Outage[] } {
  const random = SimulatedRandom.fromSeed(seed);
  const all: Outage[] = [];
  const long: Outage[] = [];
  for (let time = 0; ;) {
    const from = time + LEAST_PAUSE + random.below(MOST_PAUSE - LEAST_PAUSE);
    const isLong = all.length % LONG_ONE_IN === LONG_ONE_IN - 1;
    const [least, most] = isLong ? [2 * MINUTE, DAY] : [SECOND, MINUTE / 2 - RETRY];
    const to = from + least + random.below(most - least);
    if (to >= SIXTY_DAYS) return { all, long };
    all.push({ from, to });
    if (isLong) long.push({ from, to });
    time = to;
  }
}

/** That the counter was negative, went around, and that the clock made of it did not mind. */
function expectBothWraps({ ticks, clockError }: LongRun): void {
  expect(ticks.least).toBeLessThan(0);
  expect(ticks.wraps).toBe(1);
  expect(clockError).toBe(0);
}

const reasonsOf = ({ changes }: LongRun): string[] => changes.map(({ reason }) => reason);

/** That there was never another address than the first. */
function expectOneAddress({ client, changes }: LongRun): void {
  const { address } = changes[0]!;
  expect(new Set(changes.map((change) => change.address ?? address))).toEqual(new Set([address]));
  expect(client.address).toBe(address);
}

describe("a lease of a minute, for sixty days", () => {
  it("is lost in no outage that it outlasts, and used beyond its end in none", () => {
    const { all, long } = drawOutages(1);
    const run = runThrough({ leaseSeconds: 60, duration: SIXTY_DAYS, outages: all });
    expect(all.length - long.length).toBeGreaterThan(1_000);
    expect(long.length).toBeGreaterThan(20);
    expect(run.overstays).toEqual([]);
    const losses = run.changes.filter(({ reason }) => reason === "expired").map(({ time }) => time);
    expect(losses).toHaveLength(long.length);
    for (const [index, { from }] of long.entries()) {
      // The last ACK was half a minute old at most when the server went away.
      expect(losses[index]! - from).toBeGreaterThan(MINUTE / 2 - SECOND);
      expect(losses[index]! - from).toBeLessThanOrEqual(MINUTE);
    }
    const reasons = reasonsOf(run).filter((reason) => reason !== "renewed" && reason !== "rebound");
    expect(reasons).toEqual(["bound", ...long.flatMap(() => ["expired", "bound"])]);
    expectOneAddress(run);
    expectBothWraps(run);
  });
});

describe("a lease of sixty days", () => {
  it("outlasts a server that is away from the 20th day to the 45th, over both wraps", () => {
    const outages = [{ from: 20 * DAY, to: 45 * DAY }];
    const run = runThrough({ leaseSeconds: SIXTY_DAYS / SECOND, duration: SIXTY_DAYS, outages });
    expect(reasonsOf(run)).toEqual(["bound", "renewed"]);
    expectOneAddress(run);
    expect(run.changes[1]!.time).toBeGreaterThan(45 * DAY);
    expect(run.overstays).toEqual([]);
    expectBothWraps(run);
  });

  it("ends when it ends, after one wrap more, if the server does not come back", () => {
    const outages = [{ from: 40 * DAY, to: 100 * DAY }];
    const run = runThrough({ leaseSeconds: SIXTY_DAYS / SECOND, duration: 100 * DAY, outages });
    expect(reasonsOf(run)).toEqual(["bound", "renewed", "expired"]);
    const [, renewed, expired] = run.changes;
    expect(renewed!.time).toBeGreaterThan(SIXTY_DAYS * EARLIEST_RENEWAL);
    expect(expired!.time - renewed!.time).toBeLessThanOrEqual(SIXTY_DAYS);
    expect(expired!.time - renewed!.time).toBeGreaterThan(SIXTY_DAYS - SECOND);
    expect(run.overstays).toEqual([]);
    expect(run.ticks.wraps).toBe(2);
  });
});

describe("a lease that never ends", () => {
  it("is kept without a word, whether there is a server or not", () => {
    const outages = [{ from: MINUTE, to: 59 * DAY }];
    const run = runThrough({ leaseSeconds: Infinity, duration: SIXTY_DAYS, outages });
    expect(reasonsOf(run)).toEqual(["bound"]);
    expect(run.client.sent).toEqual({ DISCOVER: 1, REQUEST: 1, DECLINE: 0, RELEASE: 0, INFORM: 0 });
    expect(run.client.address).toBeDefined();
    expectBothWraps(run);
  });
});
