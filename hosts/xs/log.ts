import type { Log, LogLevel } from "wirelet/host/index";

/** The least that is worth a line. */
export type LogThreshold = LogLevel | "none";

const SEVERITIES: Readonly<Record<LogThreshold, number>> = Object.freeze({
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  none: 4,
});

/** A log without the lines that are less severe than `threshold`. */
export function limitLog(log: Log, threshold: LogThreshold): Log {
  const least = SEVERITIES[threshold];
  return (level, message) => {
    if (SEVERITIES[level] >= least) log(level, message);
  };
}
