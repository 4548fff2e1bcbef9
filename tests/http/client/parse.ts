import { ResponseParser, type ResponseEvents, type ResponseHead } from "../../../src/http/index.js";

export const LIMITS = Object.freeze({ head: 8192, fields: 64 });

/** What a parser has told, in words: pieces of a body that follow each other are one. */
export class Recorder implements ResponseEvents {
  readonly told: string[] = [];
  head: ResponseHead | undefined;
  #body: string | undefined;

  onInformational(head: ResponseHead): void {
    this.#tell(`interim ${describe(head)}`);
  }

  onHead(head: ResponseHead): void {
    this.head = head;
    this.#tell(`head ${describe(head)}`);
  }

  onBody(bytes: Uint8Array, start: number, end: number): void {
    this.#body = (this.#body ?? "") + Buffer.from(bytes.subarray(start, end)).toString("latin1");
  }

  onComplete(trailers: Iterable<readonly [string, string]> | undefined): void {
    this.#tell(`complete${trailers === undefined ? "" : ` ${JSON.stringify([...trailers])}`}`);
  }

  onFault({ code, detail }: { code: string; detail: string }): void {
    this.#tell(`${code}: ${detail}`);
  }

  #tell(line: string): void {
    if (this.#body !== undefined) this.told.push(`body ${JSON.stringify(this.#body)}`);
    this.#body = undefined;
    this.told.push(line);
  }
}

function describe({ status, statusText, minorVersion, fields, framing, keepAlive }: ResponseHead): string {
  const version = `1.${minorVersion} ${status} ${statusText}`;
  return `${version} ${JSON.stringify([...fields])} ${framing}${keepAlive ? "" : " last"}`;
}

/** Feeds a parser with pieces, then the end of the connection; what it has not taken is the last line. */
export function parse(pieces: readonly string[], method = "GET", limits = LIMITS): string[] {
  const recorder = new Recorder();
  const parser = new ResponseParser(limits, recorder);
  parser.expect(method);
  let left = "";
  for (const piece of pieces) {
    const bytes = Buffer.from(left + piece, "latin1");
    left = bytes.subarray(parser.push(bytes, 0, bytes.length)).toString("latin1");
  }
  parser.end();
  return left === "" ? recorder.told : [...recorder.told, `left ${JSON.stringify(left)}`];
}
