import { answer, call, knock, type NetcatContext } from "../../../examples/netcat.js";
import { NetworkError } from "../../../src/error/index.js";
import { NC_OPTIONS, readTask, type Task } from "./nc-options.js";
import { parseCall } from "./options.js";
import { at } from "./places/at.js";
import { NEIGHBORS_HELP } from "./places/neighborhood.js";
import { PLACE_HELP, readPlace } from "./places/options.js";
import { output } from "./output.js";
import { untilSignal } from "./until-signal.js";

export const NC_HELP = `Joins a socket with standard input and output, as netcat does. The end of the input ends this
side of the connection; what the other side says until it ends, too, still comes.

Usage: npm run --silent wirelet -- nc [OPTION…] HOST PORT           calls
       npm run --silent wirelet -- nc -l [OPTION…] [ADDRESS] PORT   waits for a call
       npm run --silent wirelet -- nc -z [OPTION…] HOST PORT[-PORT] finds out who answers

  -l, --listen           wait for one connection, or for a first datagram
  -u, --udp              UDP, a datagram for each piece of input; it ends when, after the input,
                         nothing has come for a second (or as -w says)
  -z, --scan             say nothing; status 0 if a port answers (with -u: if one does not refuse)
  -v, --verbose          tell on standard error what happens
  -w, --wait SECONDS     give up connecting, and end when nothing has moved, after that long
  -p, --port PORT        this end's port
  -s, --source ADDRESS   this end's address
  --help                 print this

Where (default: node):

${PLACE_HELP}
${NEIGHBORS_HELP}
Status 0: all went well; 1: it did not, and standard error says why; 2: a wrong call.
`;

/** `wirelet nc` */
export async function nc(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCall(args, NC_OPTIONS);
  const task = readTask(values, positionals);
  const place = readPlace(values, "node");
  const tell = (line: string): void => {
    if (values.verbose === true) process.stderr.write(`${line}\n`);
  };
  const end = new AbortController();
  void untilSignal().then(() => end.abort());
  try {
    const { listens, ports, udp } = task;
    const isFine = await at(
      place,
      tell,
      ({ sockets, clock }, input) => {
        const isInteractive = process.stdin.isTTY;
        return perform(task, { sockets, clock, input, isInteractive, output, tell, signal: end.signal });
      },
      (neighborhood) => listens && neighborhood.call(ports[0]!, udp),
    );
    return isFine ? 0 : 1;
  } catch (error) {
    if (end.signal.aborted) return 0;
    throw error;
  } finally {
    // Open, it would keep the process alive.
    process.stdin.destroy();
  }
}

/** @returns whether somebody answered @throws NetworkError why nobody did, unless it was a scan */
async function perform(task: Task, context: NetcatContext): Promise<boolean> {
  const { listens, scans, host, ports } = task;
  if (scans) return scan(task, context);
  if (listens) await answer(task, context);
  else await call([host, ports[0]!], task, context);
  return true;
}

async function scan(task: Task, context: NetcatContext): Promise<boolean> {
  let isAnybodyThere = false;
  for (const port of task.ports) {
    try {
      await knock([task.host, port], task, context);
      isAnybodyThere = true;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      context.tell(error.message);
    }
  }
  return isAnybodyThere;
}
