import { describe, expect, it, jest } from "@jest/globals";
import { SimulatedRandom } from "../../../simulator/index.js";
import { runThrough, type LongRun, type Outage } from "./outages.js";
import { DAY, MINUTE, SECOND } from "./site.js";

// Some 170,000 renewals take 10 s on an idle machine.
jest.setTimeout(180_000);

const SIXTY_DAYS = 60 * DAY;
/** The least wait between two tries to extend a lease of a minute: it takes one of them to be answered. */
const RETRY = 4 * SECOND;
/** T1 is drawn up to a sixteenth of the lease before its half. */
const EARLIEST_RENEWAL = 7 / 16;

/** Outages through `duration`, `every` ms on average, of `shortest` to `longest` ms. */
function drawOutages(
  seed: number,
  every: number,
  shortest: number,
  longest: number,
  duration = SIXTY_DAYS,
): Outage[] {
  const random = SimulatedRandom.fromSeed(seed);
  const outages: Outage[] = [];
  for (let from = MINUTE; ;) {
    from += shortest + random.below(2 * every);
    const to = from + shortest + random.below(longest - shortest);
    if (to >= duration) return outages;
    outages.push({ from, to });
    from = to;
  }
}

/** That the counter was negative, went around, and that the clock made of it did not mind. */
function expectBothWraps({ ticks, clockError }: LongRun): void {
  expect(ticks.least).toBeLessThan(0);
  expect(ticks.wraps).toBe(1);
  expect(clockError).toBe(0);
}

const reasons = ({ changes }: LongRun): string[] => changes.map(({ reason }) => reason);
const isRenewal = (reason: string): boolean => reason === "renewed" || reason === "rebound";

/** That there was never another address than the first. */
function expectOneAddress({ client, changes }: LongRun): void {
  const { address } = changes[0]!;
  expect(new Set(changes.map((change) => change.address ?? address))).toEqual(new Set([address]));
  expect(client.address).toBe(address);
}

describe("sixty days with a lease of a minute", () => {
  it("the address is never lost in a thousand outages shorter than from T1 to the end of the lease", () => {
    const outages = drawOutages(1, DAY / 24, SECOND, MINUTE / 2 - RETRY);
    const run = runThrough({ leaseSeconds: 60, duration: SIXTY_DAYS, outages });
    expect(outages.length).toBeGreaterThan(1_000);
    expect(reasons(run).filter((reason) => !isRenewal(reason))).toEqual(["bound"]);
    expect(reasons(run).filter(isRenewal).length).toBeGreaterThan(SIXTY_DAYS / (MINUTE / 2) - outages.length);
    expect(run.overstays).toEqual([]);
    expectOneAddress(run);
    expectBothWraps(run);
  });

  it("in long outages the address is given up when the lease ends, not before, and had again afterwards", () => {
    const outages = drawOutages(2, 2 * DAY, 10 * SECOND, 2 * DAY);
    const run = runThrough({ leaseSeconds: 60, duration: SIXTY_DAYS, outages });
    expect(run.overstays).toEqual([]);
    const turns = reasons(run).filter((reason) => !isRenewal(reason));
    expect(new Set(turns)).toEqual(new Set(["bound", "expired"]));
    const losses = run.changes.filter(({ reason }) => reason === "expired");
    expect(losses.length).toBeGreaterThan(10);
    for (const { time } of losses) {
      const outage = outages.find(({ from, to }) => from < time && time <= to + RETRY);
      expect(outage).toBeDefined();
      expect(time - outage!.from).toBeGreaterThan(MINUTE / 2 - SECOND);
      expect(time - outage!.from).toBeLessThanOrEqual(MINUTE);
    }
    expectOneAddress(run);
    expectBothWraps(run);
  });
});

describe("a lease of sixty days", () => {
  it("outlasts a server that is away from the 20th day to the 45th, over both wraps", () => {
    const outages = [{ from: 20 * DAY, to: 45 * DAY }];
    const run = runThrough({ leaseSeconds: SIXTY_DAYS / SECOND, duration: SIXTY_DAYS, outages });
    expect(reasons(run)).toEqual(["bound", "renewed"]);
    expectOneAddress(run);
    expect(run.changes[1]!.time).toBeGreaterThan(45 * DAY);
    expect(run.overstays).toEqual([]);
    expectBothWraps(run);
  });

  it("ends when it ends, after one wrap more, if the server does not come back", () => {
    const outages = [{ from: 40 * DAY, to: 100 * DAY }];
    const run = runThrough({ leaseSeconds: SIXTY_DAYS / SECOND, duration: 100 * DAY, outages });
    expect(reasons(run)).toEqual(["bound", "renewed", "expired"]);
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
    expect(reasons(run)).toEqual(["bound"]);
    expect(run.client.sent).toEqual({ DISCOVER: 1, REQUEST: 1, DECLINE: 0, RELEASE: 0, INFORM: 0 });
    expect(run.client.address).toBeDefined();
    expectBothWraps(run);
  });
});
