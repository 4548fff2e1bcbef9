import { HTTPParser as NodeParser } from "_http_common";
import { HTTPParser as JavaScriptParser } from "http-parser-js";
import { nodeServices } from "../../hosts/node/index.js";
import { DEVICE_LIMITS, RequestParser } from "../../src/http/index.js";

/** Something that reads requests, one after the other on one connection. */
export interface ParserUnderTest {
  /** Reads one request, which comes in one piece. */
  readonly parse: (bytes: Buffer) => void;
  /** How many requests it has seen the end of. */
  readonly completed: () => number;
}

/** Ours, with the decoder that Node's host gives it. */
export function ourParser(): ParserUnderTest {
  let completed = 0;
  const parser = new RequestParser(
    DEVICE_LIMITS,
    {
      onHead: () => undefined,
      onBody: () => undefined,
      onComplete: () => completed++,
      onRefusal: ({ detail }) => {
        throw new Error(detail);
      },
    },
    nodeServices.decode,
  );
  return {
    parse(bytes) {
      parser.push(bytes, 0, bytes.length);
      parser.reset();
    },
    completed: () => completed,
  };
}

/** llhttp as Node ships it: with the binding that makes JavaScript's strings of what it finds. */
export function nodeParser(): ParserUnderTest {
  let completed = 0;
  const parser = new NodeParser();
  parser.initialize(NodeParser.REQUEST, {});
  parser[NodeParser.kOnHeadersComplete] = () => undefined;
  parser[NodeParser.kOnBody] = () => undefined;
  parser[NodeParser.kOnMessageComplete] = () => void completed++;
  return { parse: (bytes) => check(parser.execute(bytes)), completed: () => completed };
}

/** The parser of Node before it had llhttp, in JavaScript. */
export function javaScriptParser(): ParserUnderTest {
  let completed = 0;
  const parser = new JavaScriptParser(JavaScriptParser.REQUEST);
  parser[JavaScriptParser.kOnHeadersComplete] = () => undefined;
  parser[JavaScriptParser.kOnBody] = () => undefined;
  parser[JavaScriptParser.kOnMessageComplete] = () => void completed++;
  return { parse: (bytes) => check(parser.execute(bytes)), completed: () => completed };
}

function check(result: number | Error | undefined): void {
  if (result instanceof Error) throw result;
}
