export type LogLevel = "debug" | "info" | "warn" | "error";

/** Where a line for a person goes: `trace` on XS, standard error on Node, the story in the simulator. */
export type Log = (level: LogLevel, message: string) => void;
