import { GeneratedPage, markdownTable } from "../../support/generated-page.js";
import { lacksOf, PROVIDER_NAMES } from "./providers.js";
import { FEATURES, skipReason, type SocketCase, type Topic } from "./suite/case.js";
import { ALL_TOPICS } from "./suite/cases/index.js";

/** The page that holds the tables. */
export const PAGE = new GeneratedPage("socket-conformance.md");

/** What each provider skips follows from what it lacks; that it passes all else is what the tests say. */
export function makeTables(): string {
  return [summary(), skips(), features(), ...ALL_TOPICS.map(cases)].join("\n");
}

function summary(): string {
  const all = ALL_TOPICS.flatMap(({ cases }) => cases);
  const rows = PROVIDER_NAMES.map((provider, index) => {
    const skipped = all.filter((test) => skipReason(test, lacksOf(provider)) !== undefined).length;
    return [index + 1, provider, all.length - skipped, skipped];
  });
  return `## ${all.length} cases\n\n${markdownTable(["column", "provider", "passed", "skipped"], rows)}`;
}

/** One row for each reason. */
function skips(): string {
  const rows = PROVIDER_NAMES.flatMap((provider) => {
    const byReason = new Map<string, string[]>();
    for (const topic of ALL_TOPICS) {
      for (const test of topic.cases) {
        const reason = skipReason(test, lacksOf(provider));
        if (reason === undefined) continue;
        byReason.set(reason, [...(byReason.get(reason) ?? []), `${topic.name}: ${test.name}`]);
      }
    }
    return [...byReason].map(([reason, skipped]) => [provider, reason, skipped.join("<br>")]);
  });
  return `## What is skipped, and why\n\n${markdownTable(["provider", "reason", "cases"], rows)}`;
}

function features(): string {
  const rows = Object.entries(FEATURES).map(([feature, meaning]) => [feature, meaning]);
  return `## What a case may need\n\n${markdownTable(["feature", "what it is"], rows)}`;
}

function cases(topic: Topic): string {
  const rows = topic.cases.map((test) => [
    test.name,
    (test.needs ?? []).join(", "),
    ...PROVIDER_NAMES.map((provider) => mark(test, provider)),
  ]);
  const numbers = PROVIDER_NAMES.map((_, index) => index + 1);
  return `## ${topic.name}\n\n${markdownTable(["case", "needs", ...numbers], rows)}`;
}

function mark(test: SocketCase, provider: (typeof PROVIDER_NAMES)[number]): string {
  return skipReason(test, lacksOf(provider)) === undefined ? "✓" : "–";
}
