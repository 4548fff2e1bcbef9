import { Pattern } from "../../host/index.js";
import { NetworkError } from "../../error/index.js";
import { hasControl, isToken } from "../message/fields.js";

/** Characters of a field with challenges or credentials: Digest's have some 600, tokens are longer, and strangers send more. */
export const MAX_AUTH_FIELD = 4096;

/** Parameters of a challenge or of credentials; Digest has 11 (RFC 7616 §3.4). */
export const MAX_AUTH_PARAMETERS = 24;

/** What a client shows to be let in, or what a server asks for: a scheme, and a token68 or parameters (RFC 9110 §11). */
export interface AuthElement {
  /** In lower case. */
  readonly scheme: string;
  /** What Basic and Bearer have instead of parameters. */
  readonly token68: string | undefined;
  /** Values, unquoted, by names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Reads the value of Authorization or Proxy-Authorization (RFC 9110 §11.4).
 *
 * @param field each byte a character
 * @returns undefined if it is malformed, or a parameter comes twice
 */
export function parseCredentials(field: string): AuthElement | undefined {
  const reader = readerOf(field);
  const credentials = reader?.element();
  return reader?.rest === "" ? credentials : undefined;
}

/**
 * Reads the value of WWW-Authenticate or Proxy-Authenticate: one challenge or several (RFC 9110 §11.6.1). Several lines may
 * be joined by commas.
 *
 * @param field each byte a character
 * @returns those before what is malformed
 */
export function parseChallenges(field: string): AuthElement[] {
  const challenges: AuthElement[] = [];
  const reader = readerOf(field);
  for (let next = reader?.element(); next !== undefined; next = reader?.element()) challenges.push(next);
  return challenges;
}

/** A parameter to be written: strings are quoted, tokens are not, undefined is left out. Which has to be what the scheme says. */
export type AuthParameter = string | { readonly token: string } | undefined;

/**
 * The value of a field with one challenge, or with credentials.
 *
 * @throws NetworkError EINVAL for what is no token, or has control characters
 */
export function formatAuth(scheme: string, parameters: Readonly<Record<string, AuthParameter>>): string {
  const parts: string[] = [];
  for (const name of Object.keys(parameters)) {
    const value = parameters[name];
    if (value === undefined) continue;
    parts.push(
      `${checkToken(name)}=${typeof value === "string" ? quote(name, value) : checkToken(value.token)}`,
    );
  }
  return parts.length === 0 ? checkToken(scheme) : `${checkToken(scheme)} ${parts.join(", ")}`;
}

function quote(name: string, value: string): string {
  if (hasControl(value))
    throw new NetworkError("EINVAL", "write challenge", name, "control character in the value");
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

function checkToken(text: string): string {
  if (!isToken(text)) throw new NetworkError("EINVAL", "write challenge", text, "no token");
  return text;
}

function readerOf(field: string): AuthReader | undefined {
  return field.length > MAX_AUTH_FIELD || hasControl(field) ? undefined : new AuthReader(field);
}

const NOT_TOKEN = new Pattern(() => /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/);
const NOT_TOKEN68 = new Pattern(() => /[^A-Za-z0-9\-._~+/]/);
const NOT_EQUALS = new Pattern(() => /[^=]/);
const NOT_BLANK = new Pattern(() => /[^ \t]/);
const NOT_LIST = new Pattern(() => /[^ \t,]/);

/** Reads a field from its front. */
class AuthReader {
  /** What was not read yet. */
  rest: string;

  constructor(field: string) {
    this.rest = field;
    this.skipCommas();
  }

  /** The next element, and the commas behind it; undefined at the end and where it is malformed. */
  element(): AuthElement | undefined {
    const scheme = this.take(NOT_TOKEN.regexp).toLowerCase();
    if (scheme === "") return undefined;
    const parameters = new Map<string, string>();
    let token68: string | undefined;
    if (this.take(NOT_BLANK.regexp) !== "") {
      if (!this.readParameters(parameters)) return undefined;
      if (parameters.size > 0) return { scheme, token68, parameters };
      token68 = this.readToken68();
    }
    return this.endElement() ? { scheme, token68, parameters } : undefined;
  }

  skipCommas(): void {
    this.take(NOT_LIST.regexp);
  }

  /** Reads as many as there are; what follows may be the next element. @returns false if one is malformed */
  private readParameters(parameters: Map<string, string>): boolean {
    for (;;) {
      const start = this.rest;
      const name = this.take(NOT_TOKEN.regexp).toLowerCase();
      this.take(NOT_BLANK.regexp);
      const value = name !== "" && this.rest.startsWith("=") ? this.value() : undefined;
      if (value === undefined) {
        this.rest = start;
        return true;
      }
      // RFC 9110 §11.2: each name once.
      if (parameters.has(name) || parameters.size === MAX_AUTH_PARAMETERS || !this.endElement()) return false;
      parameters.set(name, value);
    }
  }

  /** What follows "="; undefined if that is neither a token nor a quoted string, as at the end of a token68. */
  private value(): string | undefined {
    this.rest = this.rest.slice(1);
    this.take(NOT_BLANK.regexp);
    return this.rest.startsWith('"') ? this.quoted() : this.take(NOT_TOKEN.regexp) || undefined;
  }

  /** Cuts nothing off before the end is found: a value may be all escapes, and each would leave garbage of its length. */
  private quoted(): string | undefined {
    const field = this.rest;
    let value = "";
    let start = 1;
    for (let at = start; ; at = start + 1) {
      const quote = field.indexOf('"', at);
      const backslash = field.indexOf("\\", at);
      if (quote < 0) return undefined;
      if (backslash < 0 || backslash > quote) {
        this.rest = field.slice(quote + 1);
        return value + field.slice(start, quote);
      }
      value += field.slice(start, backslash);
      start = backslash + 1;
    }
  }

  private readToken68(): string | undefined {
    const token = this.take(NOT_TOKEN68.regexp);
    return token === "" ? undefined : token + this.take(NOT_EQUALS.regexp);
  }

  /** Goes behind the commas that separate it from the next. @returns false if something else is there */
  private endElement(): boolean {
    this.take(NOT_BLANK.regexp);
    if (this.rest !== "" && !this.rest.startsWith(",")) return false;
    this.skipCommas();
    return true;
  }

  /** Takes what comes before the first character of a kind. */
  private take(before: RegExp): string {
    const end = this.rest.search(before);
    const taken = end < 0 ? this.rest : this.rest.slice(0, end);
    this.rest = end < 0 ? "" : this.rest.slice(end);
    return taken;
  }
}
