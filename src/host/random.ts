/** A source of random numbers: the hardware's on a device, a seeded one in the simulator. */
export interface Random {
  /** A uniformly distributed integer, 0 to 2³² − 1. */
  uint32(): number;
}
