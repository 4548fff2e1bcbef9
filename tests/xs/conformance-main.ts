import { lanWorld } from "../conformance/sockets/simulated.js";
import type { Simulation } from "../../simulator/simulation.js";
import { ALL_TOPICS } from "../conformance/sockets/suite/cases/index.js";
import { runCase } from "../conformance/sockets/suite/run.js";
import { decodeUtf8, encodeUtf8 } from "../../src/host/index.js";

/*
 * The conformance suite on two stacks that both live in this engine. A command is text: "TOPIC CASE" (two numbers) begins a
 * case, "" runs the next moment of virtual time. The answer is "" as long as the case is not over, then "ok", or what went
 * wrong. Between two commands the engine runs all jobs of promises, so that time stands still while there are any.
 */

let simulation: Simulation | undefined;
let answer = "";

function begin(topic: number, test: number): void {
  const made = lanWorld({ bufferSize: 8 * 1024 });
  simulation = made.simulation;
  answer = "";
  runCase(ALL_TOPICS[topic]!.cases[test]!, made.world).then(
    () => (answer = "ok"),
    (error: unknown) => (answer = String(error)),
  );
}

/** Runs all events of the next moment that has any. */
function runMoment(): void {
  if (simulation === undefined || simulation.nextEvent === Infinity) {
    answer ||= "nothing is left that could happen";
    return;
  }
  const moment = simulation.nextEvent;
  while (simulation.nextEvent === moment) simulation.step();
}

globalThis.handleCommand = (request) => {
  const command = decodeUtf8(new Uint8Array(request), "strict");
  const [topic, test] = command.split(" ").map(Number);
  if (command === "") runMoment();
  else begin(topic!, test!);
  return {
    get result() {
      return encodeUtf8(answer).buffer as ArrayBuffer;
    },
  };
};
