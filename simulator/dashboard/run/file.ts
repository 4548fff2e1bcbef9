import { NetworkError } from "../../../src/error/index.js";
import { readPlacedAction, type PlacedAction } from "./action.js";
import { Fields, type Json } from "./fields.js";

const FORMAT = "wirelet run";
const VERSION = 1;

/** More than a person does in a day. */
const MAX_ACTIONS = 100_000;

/** What a run begins with: the name of what makes its LAN, and what that is told. */
export interface Beginning {
  readonly scenario: string;
  readonly seed: number;
  readonly options: Readonly<Record<string, Json>>;
}

/** A run that can be run again: how it began, and what was done to it. */
export interface RunRecord {
  readonly beginning: Beginning;
  readonly actions: readonly PlacedAction[];
  /** How far it had come, in virtual ms. */
  readonly until: number;
  /** True if programs outside have talked to its hosts: their bytes are not in the record. */
  readonly heardOutside: boolean;
}

/** The record as a file, which a person can read and change. */
export function writeRun({ beginning, actions, until, heardOutside }: RunRecord): string {
  const { scenario, seed, options } = beginning;
  const head = { format: FORMAT, version: VERSION, scenario, seed, options, until, heardOutside };
  const lines = actions.map((action) => `    ${JSON.stringify(action)}`);
  const list = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n  ]`;
  return `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "actions": ${list}\n}\n`;
}

/** @throws NetworkError EINVAL, with what is wrong in one line */
export function readRun(text: string): RunRecord {
  const fields = new Fields(parse(text), "the file");
  if (fields.any("format") !== FORMAT)
    throw new NetworkError("EINVAL", "read", "the file", `its format is not "${FORMAT}"`);
  if (fields.any("version") !== VERSION) throw fields.wrong("version", `${VERSION}`);
  const list = fields.list("actions");
  if (list.length > MAX_ACTIONS) throw fields.wrong("actions", `a list of at most ${MAX_ACTIONS}`);
  const actions = list.map((value, index) => readPlacedAction(value, `action ${index + 1}`));
  const late = actions.findIndex(({ time }, index) => index > 0 && time < actions[index - 1]!.time);
  if (late > 0)
    throw new NetworkError(
      "EINVAL",
      "read",
      `action ${late + 1}`,
      "its time is before that of the action above",
    );
  const options = new Fields(fields.any("options") ?? {}, "the options");
  return {
    beginning: {
      scenario: fields.text("scenario"),
      seed: fields.number("seed", 0, 2 ** 32 - 1),
      options: options.all,
    },
    actions,
    until: fields.optionalNumber("until", 0, Number.MAX_SAFE_INTEGER) ?? 0,
    heardOutside: fields.any("heardOutside") === true,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NetworkError("EINVAL", "read", "the file", `it is no JSON: ${(error as Error).message}`);
  }
}
