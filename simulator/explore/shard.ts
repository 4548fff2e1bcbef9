import { NetworkError } from "../../src/error/index.js";

/** Which of several machines this is: "2/8" is the second of eight. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** @throws NetworkError EINVAL */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { index, count };
  throw new NetworkError(
    "EINVAL",
    "parse shard",
    text,
    'want the number of this machine and how many there are, as in "2/8"',
  );
}

/** The seeds of this shard: each is on one. */
export function seedsOf(first: number, count: number, shard: Shard | undefined): number[] {
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  return shard === undefined ? seeds : seeds.filter((_, index) => index % shard.count === shard.index - 1);
}
