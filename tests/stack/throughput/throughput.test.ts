import { afterAll, describe, expect, it } from "@jest/globals";
import { LOSSES, ROUND_TRIPS, measureRow, readGolden, writeGolden, type GoldenRow } from "./golden.js";

/** Set, the page is written anew instead of compared: its change is then read in Git. */
const isUpdate = process.env.UPDATE_GOLDEN !== undefined;
/** What each cell reaches of its bound, where at most so much is lost. */
const LEAST_SHARE = 0.7;
const LOSS_OF_LEAST_SHARE = 0.01;

const paths = ROUND_TRIPS.flatMap((rtt) => LOSSES.map((loss) => ({ rtt, loss })));
const measured: GoldenRow[] = [];

describe("throughput", () => {
  it.each(paths)("over $rtt ms, with $loss lost, is that of docs/throughput.md", ({ rtt, loss }) => {
    const row = measureRow(rtt, loss);
    measured.push(row);
    if (!isUpdate) expect(row).toEqual(readGolden().find((each) => each.rtt === rtt && each.loss === loss));
    if (loss > LOSS_OF_LEAST_SHARE) return;
    for (const { share } of row.cells) expect(share).toBeGreaterThanOrEqual(LEAST_SHARE);
  });

  afterAll(() => {
    if (isUpdate) writeGolden(measured);
  });
});
