import { Errno } from "../kernel/errno.js";
import type { OptionValue } from "../kernel/socket.js";
import { ScriptError, unsupported } from "../script-error.js";
import { Arguments } from "./arguments.js";
import { CONSTANTS } from "./constants.js";
import { immediate, outcome, type SystemCall } from "./system-call.js";

const { F_GETFL, F_SETFL, O_RDWR, O_NONBLOCK, SIOCINQ, SIOCOUTQ } = CONSTANTS;

/** fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK), fcntl(4, F_GETFL) */
export const fcntl: SystemCall = (process, call) => {
  const args = new Arguments(call, 2, 3);
  const [descriptor, command] = [args.number(0), args.number(1)];
  if (command !== F_GETFL && command !== F_SETFL)
    throw unsupported(args.locationOf(1), "this command of fcntl");
  const flags = command === F_SETFL ? args.number(2) : 0;
  return immediate(() => {
    const { socket } = process.get(descriptor);
    if (command === F_GETFL) return O_RDWR! | (socket.nonBlocking ? O_NONBLOCK! : 0);
    socket.nonBlocking = (flags & O_NONBLOCK!) !== 0;
    return 0;
  });
};

/** ioctl(4, SIOCINQ, [1000]) */
export const ioctl: SystemCall = (process, call) => {
  const args = new Arguments(call, 3);
  const [descriptor, command] = [args.number(0), args.number(1)];
  if (command !== SIOCINQ && command !== SIOCOUTQ) {
    throw unsupported(args.locationOf(1), "this command of ioctl");
  }
  const expected = args.bracketedNumber(2);
  let actual: number | undefined;
  return {
    attempt: () =>
      outcome(() => {
        const { socket } = process.get(descriptor);
        actual = command === SIOCINQ ? socket.inputBytes : socket.outputBytes;
        return 0;
      }),
    check: () => {
      if (actual === undefined || actual === expected) return;
      throw new ScriptError(args.locationOf(2), "ioctl gave another number", {
        expected: `[${expected}]`,
        actual: `[${actual}]`,
      });
    },
  };
};

/** setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) */
export const setsockopt: SystemCall = (process, call) => {
  const args = new Arguments(call, 5);
  const [descriptor, level, name] = [args.number(0), args.word(1), args.word(2)];
  const value = args.optionValue(3);
  const length = args.number(4);
  return immediate(() => {
    const { socket } = process.get(descriptor);
    if (length <= 0) throw new Errno("EINVAL");
    socket.setOption(level, name, value);
  });
};

/** getsockopt(4, SOL_TCP, TCP_MAXSEG, [1460], [4]) */
export const getsockopt: SystemCall = (process, call) => {
  const args = new Arguments(call, 5);
  const [descriptor, level, name] = [args.number(0), args.word(1), args.word(2)];
  const expected = args.optionValue(3);
  args.bracketedNumber(4);
  let actual: OptionValue | undefined;
  return {
    attempt: () =>
      outcome(() => {
        actual = process.get(descriptor).socket.getOption(level, name);
        return 0;
      }),
    check: () => {
      if (actual === undefined || formatValue(actual) === formatValue(expected)) return;
      throw new ScriptError(args.locationOf(3), `the option ${name} has another value`, {
        expected: formatValue(expected),
        actual: formatValue(actual),
      });
    },
  };
};

function formatValue(value: OptionValue): string {
  if (typeof value === "number") return `[${value}]`;
  if (typeof value === "string") return JSON.stringify(value);
  return `{onoff=${value.onoff}, linger=${value.linger}}`;
}
