import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lacksOf, PROVIDER_NAMES } from "./providers.js";
import { FEATURES, skipReason, type SocketCase, type Topic } from "./suite/case.js";
import { ALL_TOPICS } from "./suite/cases/index.js";

/** The page that holds the tables. */
const PAGE = join(__dirname, "../../../docs/socket-conformance.md");
/** What is between these is generated. */
const BEGIN = "<!-- generated -->\n";
const END = "<!-- end of what is generated -->\n";

/** What the page has between its marks. */
export function readTables(): string {
  const page = readFileSync(PAGE, "utf8");
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END));
}

export function writeTables(tables: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [before, after] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
  writeFileSync(PAGE, page.slice(0, before) + tables + page.slice(after));
}

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
  return `## ${all.length} cases\n\n${table(["column", "provider", "passed", "skipped"], rows)}`;
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
  return `## What is skipped, and why\n\n${table(["provider", "reason", "cases"], rows)}`;
}

function features(): string {
  const rows = Object.entries(FEATURES).map(([feature, meaning]) => [feature, meaning]);
  return `## What a case may need\n\n${table(["feature", "what it is"], rows)}`;
}

function cases(topic: Topic): string {
  const rows = topic.cases.map((test) => [
    test.name,
    (test.needs ?? []).join(", "),
    ...PROVIDER_NAMES.map((provider) => mark(test, provider)),
  ]);
  const numbers = PROVIDER_NAMES.map((_, index) => index + 1);
  return `## ${topic.name}\n\n${table(["case", "needs", ...numbers], rows)}`;
}

function mark(test: SocketCase, provider: (typeof PROVIDER_NAMES)[number]): string {
  return skipReason(test, lacksOf(provider)) === undefined ? "✓" : "–";
}

function table(head: readonly (string | number)[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
