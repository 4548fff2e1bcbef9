import { evaluateNumber, type CallResult, type RunningCall } from "../calls/index.js";
import { errorNumber, formatErrno } from "../kernel/errno.js";
import type { Call } from "../language/ast.js";
import { ScriptError } from "../script-error.js";

/** @throws ScriptError unless the call came to what the script says */
export function checkResult(call: Call, running: RunningCall, actual: CallResult): void {
  const expected = evaluateNumber(call.result);
  const isSameError =
    call.error === undefined ||
    (actual.error !== undefined && expectedErrorNumber(call) === errorNumber(actual.error));
  if (actual.value !== expected || !isSameError) {
    throw new ScriptError(call.location, `${call.name} returned something else`, {
      expected: `${call.text} = ${formatResult(expected, call.error)}`,
      actual: `${call.text} = ${formatResult(actual.value, actual.error)}`,
    });
  }
  running.check?.();
}

/** "4", "-1 EAGAIN (Resource temporarily unavailable)". */
export function formatResult(value: number, error: string | undefined): string {
  return error === undefined ? String(value) : `${value} ${formatErrno(error)}`;
}

function expectedErrorNumber({ error = "", location }: Call): number {
  const number = errorNumber(error);
  if (number === undefined) throw new ScriptError(location, `there is no error ${error}`);
  return number;
}
