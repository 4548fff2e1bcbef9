import type { Answer } from "../../../../src/http/index.js";
import type { LogStyle } from "./options.js";

/** Writes a line on standard output for each answer. @returns undefined where nothing is to be told */
export function accessLog(style: LogStyle): ((answer: Answer) => void) | undefined {
  if (style === "none") return undefined;
  const lineOf = style === "json" ? jsonLine : textLine;
  return (answer) => void process.stdout.write(`${lineOf(answer)}\n`);
}

function jsonLine(answer: Answer): string {
  return JSON.stringify({ time: new Date().toISOString(), ...answer });
}

/** Control characters are in neither method nor target: the server refuses requests that have some. */
function textLine({ remoteAddress, method = "(no request)", target = "", status }: Answer): string {
  return [remoteAddress ?? "somebody", method, target, status].filter((part) => part !== "").join(" ");
}
