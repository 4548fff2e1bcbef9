import { NetworkError } from "../../src/error/index.js";

/** The seed of LANs that name none: what a failing test says to run it again with. */
export const SEED_VARIABLE = "WIRELET_SEED";

/** What seeds are on command lines: whole numbers of 32 bits. */
export const MAX_SEED = 2 ** 32 - 1;

/** What the environment says; undefined if it says nothing. @throws NetworkError EINVAL for what is no seed */
export function seedOfEnvironment(): number | undefined {
  const text = process.env[SEED_VARIABLE];
  if (text === undefined || text === "") return undefined;
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= MAX_SEED) return seed;
  throw new NetworkError(
    "EINVAL",
    "read",
    `${SEED_VARIABLE}=${text}`,
    `want a whole number up to ${MAX_SEED}`,
  );
}
