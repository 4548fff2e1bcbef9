import { ScriptError } from "../script-error.js";
import type { Action, Command, EventTime, Script, ScriptEvent, ScriptOption } from "./ast.js";
import { parseCall } from "./parse-call.js";
import { parsePacket } from "./parse-packet.js";
import { TokenStream } from "./token-stream.js";

/**
 * Parses a script in packetdrill's language.
 * @param file how errors name it
 * @throws ScriptError that says where, and what should have come
 */
export function parseScript(text: string, file: string): Script {
  const tokens = new TokenStream(text, file);
  const options: ScriptOption[] = [];
  while (tokens.isKind("option")) options.push(parseOption(tokens));
  const setUp = parseCommands(tokens);
  const events: ScriptEvent[] = [];
  while (!tokens.isKind("end") && !tokens.isKind("command")) events.push(parseEvent(tokens));
  const tearDown = parseCommands(tokens);
  if (!tokens.isKind("end")) throw tokens.expected("the end of the script after its last command");
  checkOrder(events);
  return { file, options, setUp, events, tearDown };
}

function parseOption(tokens: TokenStream): ScriptOption {
  const { text, location } = tokens.next();
  const [name = "", ...value] = text.slice("--".length).split("=");
  return {
    location,
    name,
    value: value.length === 0 ? undefined : value.join("=").replace(/^"(.*)"$/, "$1"),
  };
}

function parseCommands(tokens: TokenStream): Command[] {
  const commands: Command[] = [];
  while (tokens.isKind("command")) commands.push(parseCommand(tokens));
  return commands;
}

function parseCommand(tokens: TokenStream): Command {
  const { text, location } = tokens.next();
  return { kind: "command", location, text };
}

function parseEvent(tokens: TokenStream): ScriptEvent {
  const { location } = tokens;
  const time = parseTime(tokens);
  const end = tokens.accept("...") ? parseMicroseconds(tokens) : undefined;
  const action = parseAction(tokens, end);
  const isOutbound = action.kind === "packet" && action.packet.direction === "outbound";
  if (!isOutbound && (time.kind === "any" || time.until !== undefined)) {
    throw new ScriptError(location, "a range of times, or *, is for outbound packets only");
  }
  return { location, time, action };
}

function parseTime(tokens: TokenStream): EventTime {
  if (tokens.accept("*")) return { kind: "any" };
  const { location } = tokens;
  const kind = tokens.accept("+") ? "relative" : "absolute";
  const at = parseMicroseconds(tokens);
  if (!tokens.accept("~")) return { kind, at };
  if (kind === "relative") tokens.expect("+", 'a relative time ("+")');
  const until = parseMicroseconds(tokens);
  if (until < at) throw new ScriptError(location, "this range of times ends before it begins");
  return { kind, at, until };
}

/** @returns a time that the script gives in seconds, in µs */
function parseMicroseconds(tokens: TokenStream): number {
  if (!tokens.isKind("integer") && !tokens.isKind("decimal")) throw tokens.expected("a time");
  const { text, location } = tokens.next();
  if (text.startsWith("-")) throw new ScriptError(location, `${text} is no time: it is negative`);
  return Math.round(Number(text) * 1e6);
}

function parseAction(tokens: TokenStream, end: number | undefined): Action {
  const { location, text } = tokens.current;
  if (end === undefined) {
    if (tokens.is("<") || tokens.is(">")) return { kind: "packet", location, packet: parsePacket(tokens) };
    if (tokens.isKind("command")) return parseCommand(tokens);
    if (tokens.isKind("code")) {
      tokens.next();
      return { kind: "code", location, text };
    }
  }
  return parseCall(tokens, end);
}

/** Times that count from the begin must not go back. */
function checkOrder(events: readonly ScriptEvent[]): void {
  for (const [index, { location, time }] of events.entries()) {
    const before = events[index - 1]?.time;
    if (time.kind === "absolute" && before?.kind === "absolute" && time.at < before.at) {
      throw new ScriptError(location, "this time is before that of the event above");
    }
  }
}
