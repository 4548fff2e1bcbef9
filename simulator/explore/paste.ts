import { basename } from "node:path";
import type { Schedule, ScheduledFault } from "../lan/index.js";
import type { ScenarioModule } from "./load.js";

/**
 * A jest test that runs a scenario with one seed and one schedule: it lies beside the scenario's module.
 * @param scenario absent: a function that has no module, and that the test is to call `scenario`
 */
export function testToPaste(scenario: ScenarioModule | undefined, seed: number, schedule: Schedule): string {
  const entries = schedule.map((entry) => `    ${entryText(entry)},\n`);
  const list = entries.length === 0 ? "[]" : `[\n${entries.join("")}  ]`;
  return `import { it } from "@jest/globals";
import { Lan } from "wirelet/simulator";
${scenario === undefined ? "" : `${importOf(scenario)}\n`}
it("survives seed ${seed}", async () => {
  const lan = new Lan({ seed: ${seed} });
  await scenario(lan, ${list});
});
`;
}

function importOf({ module, name = "default" }: ScenarioModule): string {
  const what =
    name === "default" ? "scenario" : name === "scenario" ? "{ scenario }" : `{ ${name} as scenario }`;
  return `import ${what} from "./${basename(module).replace(/\.ts$/, ".js")}";`;
}

function entryText(entry: ScheduledFault): string {
  return literal(entry);
}

/** As prettier writes it. */
function literal(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return `${key}: ${literal(field)}`;
  });
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
