import {
  type Resource,
  type ResourceSource,
  serveFiles,
  type ServeFilesOptions,
} from "../../../src/http/index.js";
import { Dialogue, request } from "../dialogue.js";

/** An answer, cut into its parts; the body each byte a character. */
export interface Answer {
  readonly status: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
}

/** @param text one response and nothing behind it */
export function parseAnswer(text: string): Answer {
  const end = text.indexOf("\r\n\r\n");
  const [line, ...lines] = text.slice(0, end).split("\r\n");
  const fields = new Map<string, string>();
  for (const field of lines) {
    const colon = field.indexOf(": ");
    const name = field.slice(0, colon).toLowerCase();
    if (fields.has(name)) throw new Error(`${name} twice`);
    fields.set(name, field.slice(colon + 2));
  }
  return { status: Number(line!.split(" ")[1]), fields, body: text.slice(end + 4) };
}

/** Fields of a request, as lines. */
export function lines(fields: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
}

/** A server of files, and its client. */
export class FileDialogue {
  readonly dialogue = new Dialogue();

  constructor(source: ResourceSource, options?: ServeFilesOptions) {
    this.dialogue.server.get("/<path:path>", serveFiles(source, options)).start();
  }

  /** @param line "GET /index.html" */
  ask(line: string, fields: Readonly<Record<string, string | undefined>> = {}): Answer {
    const client = this.dialogue.connect(65536);
    return parseAnswer(this.dialogue.say(client, request(line, lines(fields))));
  }
}

/** A part of a multipart/byteranges body. */
export interface Part {
  readonly type: string;
  /** "0-99/5000" */
  readonly range: string;
  readonly content: string;
}

/** The parts of a multipart/byteranges body, found as a client finds them: by the boundary alone. */
export function partsOf(contentType: string, body: string): Part[] {
  const boundary = /^multipart\/byteranges; boundary=([0-9A-Za-z]+)$/.exec(contentType)![1]!;
  const [before, ...pieces] = `${body.startsWith("\r\n") ? "" : "\r\n"}${body}`.split(`\r\n--${boundary}`);
  if (before !== "" || pieces.pop() !== "--\r\n") throw new Error("no multipart body");
  return pieces.map((piece) => {
    const [, type, range, content] =
      /^\r\nContent-Type: (.*)\r\nContent-Range: bytes (.*)\r\n\r\n([^]*)$/.exec(piece)!;
    return { type: type!, range: range!, content: content! };
  });
}

/** Bytes that tell where they stand: "00000,00006,00012,…". */
export function positions(length: number): Uint8Array {
  let text = "";
  for (let at = 0; at < length; at += 6) text += `${String(at).padStart(5, "0")},`;
  return Buffer.from(text).subarray(0, length);
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** A resource of a test's own making. */
export function resource(
  bytes: Uint8Array,
  about: Partial<Resource> = {},
): Resource & { readonly open: boolean } {
  let open = false;
  return {
    length: bytes.length,
    contentType: "application/octet-stream",
    read(position, buffer) {
      open = true;
      // Less than there is room for, as a source may give.
      const count = Math.min(buffer.length, bytes.length - position, 1000);
      buffer.set(bytes.subarray(position, position + count));
      return count;
    },
    close() {
      open = false;
    },
    get open() {
      return open;
    },
    ...about,
  };
}
