import { untilSignal } from "../until-signal.js";
import { serveDevice } from "./device.js";
import { DEFAULT_PORT, DEFAULT_TLS_PORT, readServeTask } from "./options.js";
import { serveOn } from "./site.js";
import { REAL_PLACE_HELP } from "../places/options.js";
import { explainPort } from "../options.js";

export const SERVE_HELP = `Serves an app over HTTP, until Ctrl-C.

Usage: npm run wirelet -- serve [OPTION…]
       npm run wirelet -- serve --app echo [OPTION…]
       npm run wirelet -- serve --app files DIR [OPTION…]

  --app device       the device's pages, about this machine: the firmware's HTTP side without its
                     own TCP/IP (default)
  --app echo         sends each request's body back with its type, whatever its method and path;
                     /cookie sends the cookies back, and /echo the fields of a request without a
                     body: for tools that test clients and servers
  --app files        the files in the folder DIR: with ranges, entity tags, and NAME.gz for clients
                     that take gzip; nothing outside of it, and none whose name begins with a dot
  --port N           the port (default ${DEFAULT_PORT}, with TLS ${DEFAULT_TLS_PORT}; 0 picks a free one)
  --tls              HTTPS, with a certificate made for this run, which no client trusts yet
  --key FILE         HTTPS with this private key, as PEM,
  --cert FILE        and this certificate, with those that signed it
  --trace            answer TRACE, too: with the request, but without its credentials
  --limit-body SIZE  the longest body taken, such as 64k or 16M (default 16M); longer ones get 413
  --limit-time TIME  how long a request may take to arrive, such as 30s (default 60s, 10s of them
                     for its head); slower ones get 408
  --quiet            do not tell of each answer, as echo and files do
  --json             tell of each answer as a JSON object on a line of its own
  --help             print this

Where it runs, other than the device's pages (default: node):

${REAL_PLACE_HELP}`;

/** `wirelet serve` */
export async function serve(args: readonly string[]): Promise<number> {
  const task = readServeTask(args);
  // Before it is said that Ctrl-C ends it.
  const asked = untilSignal();
  const served = task.app === "device" ? serveDevice(task, asked) : serveOn(task, asked);
  await served.catch(explainPort("port"));
  process.stdout.write("\nStopped.\n");
  return 0;
}
