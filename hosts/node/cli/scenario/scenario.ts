import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import {
  Dashboard,
  RealTime,
  Run,
  formatStoryLine,
  listenOnLoopback,
  loadScenario,
  portOf,
  shippedScenario,
  shippedScenarios,
  standardScenarios,
  type Lan,
  type Outcome,
  type Scenario,
} from "../../../../simulator/index.js";
import { NetworkError } from "../../../../src/error/index.js";
import { explainPort } from "../options.js";
import { untilSignal } from "../until-signal.js";
import { showProgress } from "./progress.js";
import { renderReport } from "./report.js";
import { Traffic } from "./traffic.js";
import { watchOnTerminal } from "./watch.js";

const LIST = "list";

export interface ScenarioTask {
  /** Of one that comes with Wirelet, or a file; "list" prints the names. */
  readonly scenario: string;
  /** Instead of the file's. */
  readonly seed: number | undefined;
  /** In virtual ms: the run ends then, instead of at the user's Ctrl-C. */
  readonly duration: number | undefined;
  /** Whether it ends when all that is expected has been looked at. */
  readonly once: boolean;
  readonly watch: boolean;
  /** Where to write what happened, as HTML. */
  readonly report: string | undefined;
  /** Of this machine, for the dashboard; undefined: there is none. */
  readonly dashboardPort: number | undefined;
}

/** `npm start -- --scenario NAME` @returns the exit status: 1 if something that the scenario expects did not come true */
export async function runScenario(task: ScenarioTask): Promise<number> {
  if (task.scenario === LIST) {
    for (const name of shippedScenarios())
      process.stdout.write(`${name.padEnd(20)} ${shippedScenario(name).title}\n`);
    return 0;
  }
  // A name has no dot and no slash.
  const isFile = /[./\\]/.test(task.scenario);
  const scenario = isFile ? await loadScenario(task.scenario) : shippedScenario(task.scenario);
  const ends = task.once || task.duration !== undefined || task.report !== undefined;
  return ends ? runToEnd(scenario, task) : serve(scenario, task);
}

async function runToEnd(
  scenario: Scenario,
  { seed, duration, watch, report }: ScenarioTask,
): Promise<number> {
  const write = (text: string): void => void process.stdout.write(`${text}\n`);
  const endings: (() => void)[] = [];
  let traffic: Traffic | undefined;
  // A table that is drawn over would be torn apart by the story.
  const isTable = watch && process.stdout.isTTY;
  const onLan = (lan: Lan): void => {
    const counted = (traffic = new Traffic(lan));
    if (isTable) endings.push(watchOnTerminal(scenario.title, () => lan, counted));
    else endings.push(showProgress(lan, Math.max(duration ?? 0, scenario.duration)));
  };
  try {
    const { lan, outcomes, isMet } = await scenario.run({
      ...(seed !== undefined && { seed }),
      ...(duration !== undefined && { duration }),
      onLan,
      ...(!isTable && { onStory: (line) => write(formatStoryLine(line)) }),
    });
    for (const end of endings.splice(0)) end();
    write("");
    for (const outcome of outcomes) write(describe(outcome, scenario.file));
    if (report !== undefined && traffic !== undefined) {
      save(report, renderReport(scenario, lan, traffic, outcomes));
      write(`Report written to ${report}`);
    }
    return isMet ? 0 : 1;
  } finally {
    for (const end of endings) end();
  }
}

/** Lets its time pass as fast as ours, shown on a page or in the terminal, until the user has had enough. */
async function serve(scenario: Scenario, { seed, watch, dashboardPort }: ScenarioTask): Promise<number> {
  const isTable = watch && process.stdout.isTTY;
  const write = (text: string): void => void (isTable || process.stdout.write(`${text}\n`));
  const web =
    dashboardPort === undefined
      ? undefined
      : await listenOnLoopback(dashboardPort, createServer()).catch(explainPort("dashboard-port"));
  const start = (from: number | undefined): Lan =>
    scenario.start({
      ...(from !== undefined && { seed: from }),
      onStory: (line) => write(formatStoryLine(line)),
    });
  const lan = start(seed);
  const run = new Run({ scenario: scenario.file, seed: lan.seed, options: {} }, lan);
  const scenarios = {
    ...standardScenarios((line) => write(formatStoryLine(line))),
    [scenario.file]: (beginning: { readonly seed: number }) => start(beginning.seed),
  };
  const dashboard = web && new Dashboard({ run, scenarios });
  const traffic = new Traffic(lan);
  if (web !== undefined) {
    write(`${scenario.title}. The LAN is shown at http://127.0.0.1:${portOf(web)}/\nCtrl-C ends it.\n`);
    dashboard?.serve(web);
  }
  const pace = web === undefined ? new RealTime(lan.simulation) : undefined;
  const close = isTable ? watchOnTerminal(scenario.title, () => lan, traffic) : undefined;
  await untilSignal();
  close?.();
  pace?.stop();
  dashboard?.end();
  run.end();
  web?.close();
  return 0;
}

function describe({ isMet, line, text, time, instead }: Outcome, file: string): string {
  const when = `${(time / 1000).toFixed(3)} s`;
  return isMet ? `ok      ${when}  ${text}` : `FAILED  ${when}  ${text}: ${instead} (${file}:${line})`;
}

/** @throws NetworkError EINVAL for a file that cannot be written */
function save(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new NetworkError("EINVAL", "write report", file, `it cannot be written (${code})`);
  }
}
