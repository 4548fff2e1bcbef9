import { describe, it } from "@jest/globals";
import { lacksOf, type ProviderName } from "./providers.js";
import { skipReason, type SocketCase } from "./suite/case.js";
import { ALL_TOPICS } from "./suite/cases/index.js";

/** The whole suite as tests of jest: one for each case. @param play runs one case. @throws what the case throws */
export function describeSuite(provider: ProviderName, play: (test: SocketCase) => Promise<void>): void {
  const lacks = lacksOf(provider);
  for (const topic of ALL_TOPICS) {
    describe(topic.name, () => {
      for (const test of topic.cases) {
        const reason = skipReason(test, lacks);
        if (reason === undefined) it(test.name, () => play(test));
        else it.skip(`${test.name} (${provider}: ${reason})`, () => undefined);
      }
    });
  }
}
