import { Ipv4Address, type IpAddress } from "../../../src/address/index.js";
import { errorNumber } from "../kernel/errno.js";
import type { OptionValue } from "../kernel/socket.js";
import type { Call, Expression } from "../language/ast.js";
import { ScriptError, unsupported, type Location } from "../script-error.js";
import { CONSTANTS } from "./constants.js";

/** The arguments of a system call, read as what they must be. */
export class Arguments {
  readonly #call: Call;

  /** @throws ScriptError unless there are from `least` to `most` of them */
  constructor(call: Call, least: number, most = least) {
    this.#call = call;
    const { length } = call.arguments;
    if (length < least || length > most) {
      const wanted = least === most ? String(least) : `${least} to ${most}`;
      throw new ScriptError(call.location, `${call.name} takes ${wanted} arguments, not ${length}`);
    }
  }

  get count(): number {
    return this.#call.arguments.length;
  }

  locationOf(index: number): Location {
    return this.#call.arguments[index]!.location;
  }

  number(index: number): number {
    return evaluateNumber(this.#call.arguments[index]!);
  }

  /** The name of a constant: levels and options go by name, not by number. */
  word(index: number): string {
    const argument = this.#call.arguments[index]!;
    if (argument.kind === "word") return argument.name;
    throw new ScriptError(argument.location, `${this.#call.name}: expected a name here`);
  }

  /** `...`: the script leaves a value to the interpreter. */
  ellipsis(index: number): void {
    const argument = this.#call.arguments[index]!;
    if (argument.kind !== "ellipsis") throw unsupported(argument.location, "anything but ... in this place");
  }

  /** A buffer: `...`. @returns false for NULL */
  buffer(index: number): boolean {
    const argument = this.#call.arguments[index]!;
    if (argument.kind === "word" && argument.name === "NULL") return false;
    this.ellipsis(index);
    return true;
  }

  /** `[1000]`: a number behind a pointer. */
  bracketedNumber(index: number): number {
    const argument = this.#call.arguments[index]!;
    const [item, ...more] = argument.kind === "list" ? argument.items : [];
    if (item === undefined || more.length > 0) {
      throw new ScriptError(argument.location, `${this.#call.name}: expected a number in brackets here`);
    }
    return evaluateNumber(item);
  }

  /** `[1]`, `"reno"`, `{onoff=1, linger=0}`. */
  optionValue(index: number): OptionValue {
    const argument = this.#call.arguments[index]!;
    if (argument.kind === "string") return argument.value;
    if (argument.kind !== "structure") return this.bracketedNumber(index);
    const onoff = this.field(argument, "onoff");
    const linger = this.field(argument, "linger");
    return { onoff: evaluateNumber(onoff), linger: evaluateNumber(linger) };
  }

  /** `[…]`. */
  list(index: number): readonly Expression[] {
    return this.listOf(this.#call.arguments[index]!);
  }

  structure(index: number): Expression {
    return this.#call.arguments[index]!;
  }

  listOf(expression: Expression): readonly Expression[] {
    if (expression.kind === "list") return expression.items;
    throw new ScriptError(expression.location, `${this.#call.name}: expected a list in brackets here`);
  }

  /** A field of a structure by its name. @throws ScriptError unless there is one */
  field(expression: Expression, name: string): Expression {
    const field = this.optionalField(expression, name);
    if (field === undefined) throw new ScriptError(expression.location, `expected a field "${name}" here`);
    return field;
  }

  optionalField(expression: Expression, name: string): Expression | undefined {
    if (expression.kind !== "structure") {
      throw new ScriptError(expression.location, `${this.#call.name}: expected a structure here`);
    }
    return expression.fields.find((field) => field.name === name)?.value;
  }

  /** `{..., 1000}`: a buffer and its length. */
  bufferLength(expression: Expression): number {
    const fields = expression.kind === "structure" ? expression.fields : [];
    const [base, length, ...more] = fields;
    if (base?.value.kind !== "ellipsis" || length === undefined || more.length > 0) {
      throw new ScriptError(expression.location, "expected {..., LENGTH} here");
    }
    return evaluateNumber(length.value);
  }

  /** `{sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("192.0.2.1")}`; undefined for `...`. */
  socketAddress(index: number): { readonly address: IpAddress; readonly port: number } | undefined {
    const argument = this.#call.arguments[index]!;
    if (argument.kind === "ellipsis") return undefined;
    if (argument.kind !== "structure") throw unsupported(argument.location, "an address other than AF_INET");
    const family = this.field(argument, "sa_family");
    if (family.kind !== "word" || family.name !== "AF_INET") {
      throw unsupported(family.location, "an address other than AF_INET");
    }
    const address = this.field(argument, "sin_addr");
    const [text] = address.kind === "function" ? address.arguments : [];
    const parsed = text?.kind === "string" ? Ipv4Address.tryParse(text.value) : undefined;
    if (parsed === undefined) throw new ScriptError(address.location, 'expected inet_addr("…") here');
    return { address: parsed, port: evaluateNumber(this.field(argument, "sin_port")) };
  }
}

/** A number, a constant, or several of them joined with "|". @throws ScriptError for what is none */
export function evaluateNumber(expression: Expression): number {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "or":
      return evaluateNumber(expression.left) | evaluateNumber(expression.right);
    case "word":
      return constant(expression.name, expression.location);
    case "function": {
      // In a script's numbers there is no byte order to change.
      const [argument] = expression.arguments;
      if (expression.name === "htons" && argument !== undefined) return evaluateNumber(argument);
      throw unsupported(expression.location, `the function ${expression.name}`);
    }
    default:
      throw new ScriptError(expression.location, "expected a number here");
  }
}

function constant(name: string, location: Location): number {
  const value = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : errorNumber(name);
  if (value === undefined) throw unsupported(location, `the constant ${name}`);
  return value;
}
