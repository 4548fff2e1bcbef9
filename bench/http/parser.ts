import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { compare, type Sample } from "../support/rounds.js";
import { javaScriptParser, nodeParser, ourParser, type ParserUnderTest } from "./parsers.js";
import { TYPICAL_REQUESTS, type TypicalRequest } from "./requests.js";

/** Requests between two looks at the clock. */
const BATCH = 100;

/** What reading requests costs by itself. */
export const parser: Benchmark = {
  name: "http/parser",
  summary:
    "bytes of typical requests through the parser: against http-parser-js, and against Node's own llhttp",
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const ours = ourParser();
  const node = nodeParser();
  const javaScript = javaScriptParser();
  // What compilers make of a parser that has seen one kind of request is not what runs in a server.
  for (const request of TYPICAL_REQUESTS)
    for (const each of [ours, node, javaScript]) sampleOf(each, request)(effort.roundTime / 10);
  const found: Measurement[] = [];
  for (const request of TYPICAL_REQUESTS) {
    const name = `http/parser/${request.name}`;
    const [rate, oursToJavaScript, nodeToJavaScript] = await compare(
      effort,
      name,
      sampleOf(javaScript, request),
      sampleOf(ours, request),
      sampleOf(node, request),
    );
    const unit = "MB/s";
    const against = `${name}/http-parser-js`;
    found.push(
      {
        name: against,
        title: `${request.title}, ${request.bytes.length} bytes: http-parser-js`,
        value: rate,
        unit,
      },
      { name: `${name}/llhttp`, title: "the same: Node's llhttp", ...nodeToJavaScript!, unit, against },
      {
        name: `${name}/wirelet`,
        title: "the same: this parser",
        ...oursToJavaScript!,
        unit,
        against,
        atLeast: 2,
      },
    );
  }
  return found;
}

/** Megabytes a second. */
function sampleOf(parser: ParserUnderTest, { bytes }: TypicalRequest): Sample {
  return (duration) => {
    const before = parser.completed();
    const start = performance.now();
    let count = 0;
    let elapsed: number;
    do {
      for (let i = 0; i < BATCH; i++) parser.parse(bytes);
      count += BATCH;
      elapsed = performance.now() - start;
    } while (elapsed < duration);
    if (parser.completed() - before !== count) throw new Error("a parser has lost requests");
    return (count * bytes.length) / elapsed / 1000;
  };
}
