import { NetworkError } from "../../src/error/index.js";

/**
 * @returns a probability as a rule's name has it, "20%"
 * @throws NetworkError EINVAL if it is no probability
 */
export function percent(rule: string, probability: number): string {
  if (!(probability >= 0 && probability <= 1)) {
    throw new NetworkError(
      "EINVAL",
      `make ${rule} rule`,
      String(probability),
      "a probability is between 0 and 1",
    );
  }
  return `${Number((probability * 100).toPrecision(6))}%`;
}
