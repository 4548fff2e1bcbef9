/** Whether the firmware will take what is set on the command line: its own sources are asked. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./install.mjs";
import { run } from "./typescript.mjs";

/** Those of the SDK that may be wanted for a board: how its screen lies, and what its clock is set by. */
const SDK_NAMES = ["rotation", "driverRotation", "sntp"];

/** What a name may be off by: letters that are missing, too many or others. */
const MAX_TYPOS = 3;

/** @returns {object | undefined} what a manifest sets by itself; undefined if its app is not the firmware */
export function firmwareConfig(folder) {
  const { config = {}, include = [] } = JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8"));
  const firmware = path.join(root, "manifest.json");
  const isFirmware = [".", ...[include].flat()].some((file) => {
    const place = path.resolve(folder, file);
    return place === root || place === firmware;
  });
  return isFirmware ? { port: 80, ...config } : undefined;
}

/**
 * @param {object} config what holds without them
 * @param {string[]} pairs NAME=VALUE
 * @returns {string | undefined} what is wrong with them, as a sentence
 */
export function settingsProblem(config, pairs) {
  const { SETTING_NAMES, readSettings } = run("hosts/xs/settings.ts");
  const given = pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
  const known = [...SETTING_NAMES, ...SDK_NAMES];
  const stray = given.find(([name]) => !known.includes(name));
  if (stray !== undefined) return unknown(stray[0], known, SETTING_NAMES);
  try {
    return networkProblemOf(readSettings({ ...config, ...Object.fromEntries(given) }));
  } catch (error) {
    // What is thrown is a sentence, with what it is about before it and the code of the error behind it.
    return `${error.message.replace(/^set /, "").replace(/ \([A-Z]+\)$/, "")}.`;
  }
}

function networkProblemOf({ ssid, password }) {
  if (ssid === undefined) return password === undefined ? undefined : "password: it goes with ssid=.";
  const { networkProblem } = run("src/device/setup/index.ts");
  const problem = networkProblem({ ssid, password });
  return problem === undefined ? undefined : `ssid and password: ${problem}.`;
}

function unknown(name, known, own) {
  const nearest = known
    .map((each) => ({ each, typos: distance(name.toLowerCase(), each.toLowerCase()) }))
    .sort((one, other) => one.typos - other.typos)[0];
  const isNear = nearest.typos <= Math.min(MAX_TYPOS, Math.ceil(nearest.each.length / 3));
  return isNear
    ? `there is no setting "${name}"; did you mean ${nearest.each}=?`
    : `there is no setting "${name}"; there are ${own.join(", ")}.`;
}

/** How many letters have to be put in, taken out or changed to get from one word to the other (Levenshtein). */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++)
      next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (one[i] === other[j] ? 0 : 1)));
    row = next;
  }
  return row.at(-1);
}
