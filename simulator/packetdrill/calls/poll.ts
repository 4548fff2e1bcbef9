import { Errno } from "../kernel/errno.js";
import { POLLERR, POLLHUP } from "../kernel/socket.js";
import type { Expression } from "../language/ast.js";
import { ScriptError, type Location } from "../script-error.js";
import { Arguments, evaluateNumber } from "./arguments.js";
import { CONSTANTS, formatPollEvents } from "./constants.js";
import type { ScriptProcess } from "./process.js";
import { outcome, type SystemCall } from "./system-call.js";

interface PollEntry {
  readonly location: Location;
  readonly descriptor: number;
  readonly events: number;
  readonly expected: number;
  actual: number;
}

/** poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 100) */
export const poll: SystemCall = (process, call) => {
  const args = new Arguments(call, 3);
  const entries = args.list(0).map((item) => readEntry(args, item));
  if (entries.length !== args.number(1)) {
    throw new ScriptError(
      args.locationOf(1),
      `there are ${entries.length} descriptors, not ${args.number(1)}`,
    );
  }
  const timeout = args.number(2);
  const deadline = timeout < 0 ? Infinity : process.now() + timeout;
  return {
    attempt: () =>
      outcome(() => {
        for (const entry of entries) entry.actual = eventsOf(process, entry);
        const ready = entries.filter(({ actual }) => actual !== 0).length;
        return ready > 0 || process.now() >= deadline ? ready : undefined;
      }),
    ...(deadline === Infinity ? {} : { deadline }),
    check: () => {
      for (const { location, expected, actual } of entries) {
        if (expected === actual) continue;
        throw new ScriptError(location, "poll reports other events", {
          expected: `revents=${formatPollEvents(expected)}`,
          actual: `revents=${formatPollEvents(actual)}`,
        });
      }
    },
  };
};

function readEntry(args: Arguments, item: Expression): PollEntry {
  const revents = args.optionalField(item, "revents");
  return {
    location: item.location,
    descriptor: evaluateNumber(args.field(item, "fd")),
    events: evaluateNumber(args.field(item, "events")),
    expected: revents === undefined ? 0 : evaluateNumber(revents),
    actual: 0,
  };
}

/** Errors are reported whether they were asked for or not. */
function eventsOf(process: ScriptProcess, { descriptor, events }: PollEntry): number {
  try {
    return process.get(descriptor).socket.pollEvents & (events | POLLERR | POLLHUP);
  } catch (error) {
    if (error instanceof Errno) return CONSTANTS.POLLNVAL!;
    throw error;
  }
}
