import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { NetworkError } from "../../src/error/index.js";
import { suggest } from "./read/field.js";
import { readScenario } from "./load.js";
import type { Scenario } from "./scenario.js";

const SUFFIX = ".yaml";

/** Beside the programs' own, in a clone as in the package. */
const FOLDER = new URL("../scenarios/", import.meta.url);

/** The names of the scenarios that come with Wirelet, in the order of the alphabet. */
export function shippedScenarios(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

/** One of them. @throws NetworkError EINVAL if there is none of that name */
export function shippedScenario(name: string): Scenario {
  const names = shippedScenarios();
  if (!names.includes(name)) throw new NetworkError("EINVAL", "find scenario", name, suggest(name, names));
  return readScenario(
    readFileSync(fileURLToPath(new URL(`${name}${SUFFIX}`, FOLDER)), "utf8"),
    `${name}${SUFFIX}`,
  );
}
