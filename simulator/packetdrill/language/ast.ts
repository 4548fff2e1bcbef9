import type { Packet } from "../packet/packet.js";
import type { Location } from "../script-error.js";

/** A script as its text says it; nothing is looked up or computed yet. */
export interface Script {
  readonly file: string;
  readonly options: readonly ScriptOption[];
  /** Commands before the first event. */
  readonly setUp: readonly Command[];
  readonly events: readonly ScriptEvent[];
  /** Commands after the last event. */
  readonly tearDown: readonly Command[];
}

/** `--name=value`. */
export interface ScriptOption {
  readonly location: Location;
  readonly name: string;
  readonly value: string | undefined;
}

export interface ScriptEvent {
  readonly location: Location;
  readonly time: EventTime;
  readonly action: Action;
}

/** When an event happens, in µs: since the script's begin, or since the event before it. */
export type EventTime =
  | { readonly kind: "any" }
  | {
      readonly kind: "absolute" | "relative";
      readonly at: number;
      /** The end of a range. */
      readonly until?: number;
    };

export type Action = PacketAction | Call | Command | Code;

export interface PacketAction {
  readonly kind: "packet";
  readonly location: Location;
  readonly packet: Packet;
}

/** A system call and what it is to return. */
export interface Call {
  readonly kind: "call";
  readonly location: Location;
  readonly name: string;
  readonly arguments: readonly Expression[];
  /** The call as the script has it, without its result. */
  readonly text: string;
  /** When a call that blocks returns, in µs, counted like the event's own time; absent: it does not block. */
  readonly end?: number;
  readonly result: Expression;
  /** The name of the error, where one is named. */
  readonly error?: string;
}

/** What stands between backquotes. */
export interface Command {
  readonly kind: "command";
  readonly location: Location;
  readonly text: string;
}

/** What stands between %{ and }%. */
export interface Code {
  readonly kind: "code";
  readonly location: Location;
  readonly text: string;
}

/** An argument or result of a system call. */
export type Expression = { readonly location: Location } & (
  | { readonly kind: "ellipsis" }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "word"; readonly name: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "structure"; readonly fields: readonly Field[] }
  | { readonly kind: "function"; readonly name: string; readonly arguments: readonly Expression[] }
);

/** One of `{a = 1, b(2) = 3, 4}`: the last has no name. */
export interface Field {
  readonly name: string | undefined;
  readonly value: Expression;
}
