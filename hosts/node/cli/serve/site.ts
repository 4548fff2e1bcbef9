import { echo, type EchoLimits } from "../../../../examples/http-echo.js";
import type { Io } from "../../../../src/host/index.js";
import { HttpServer, serveFiles } from "../../../../src/http/index.js";
import { folderSource } from "../../folder/index.js";
import { nodeIo } from "../../io/index.js";
import { nodeServices } from "../../services.js";
import { openTapHost } from "../places/tap.js";
import { accessLog } from "./access-log.js";
import { urlOf, type ServeTask } from "./options.js";
import { securedIo } from "./tls.js";

/** On a computer a client may send a whole megabyte before it reads the first byte that comes back. */
const HOST_ECHO: Omit<EchoLimits, "body"> = Object.freeze({ gathered: 64 * 1024, waiting: 1024 * 1024 });

/** Serves an app where the task says, until `asked`. @throws NetworkError if the port or the interface can't be had */
export async function serveOn(task: ServeTask, asked: Promise<void>): Promise<void> {
  const { place } = task;
  if (place.on === "node") return serveSite(task, nodeIo, "127.0.0.1", asked);
  const { ready, lost, close } = await openTapHost(place, (text) => process.stderr.write(`${text}\n`));
  try {
    const host = await Promise.race([ready, lost, asked]);
    if (host === undefined) return;
    const { sockets, network } = host;
    await Promise.race([serveSite(task, sockets.io, network.address.toString(), asked), lost]);
  } finally {
    await close();
  }
}

/** @param address by which the site can be reached */
async function serveSite(task: ServeTask, io: Io, address: string, asked: Promise<void>): Promise<void> {
  let failed: (error: unknown) => void;
  const failure = new Promise<never>((_, reject) => (failed = reject));
  const onAnswer = accessLog(task.log);
  const server = new HttpServer({
    ...nodeServices,
    ...(onAnswer === undefined ? {} : { onAnswer }),
    io: task.tls === undefined ? io : await securedIo(io, task.tls, address),
    port: task.port,
    limits: task.limits,
    secure: task.tls !== undefined,
    trace: task.trace,
    onError: (error) => failed(error),
  });
  const what = install(server, task);
  server.start();
  // Without one the listener has failed, and is about to say so.
  if (server.port !== 0)
    process.stdout.write(`${what} at ${urlOf(task, address, server.port)} . Ctrl-C ends it.\n`);
  try {
    await Promise.race([asked, failure]);
  } finally {
    server.stop();
  }
}

/** @returns what the server does from now on */
function install(server: HttpServer, { app, folder, limits }: ServeTask): string {
  if (app === "files") {
    server.get("/<path:path>", serveFiles(folderSource(folder)));
    return `Serving ${folder}`;
  }
  server.use(echo({ ...HOST_ECHO, body: limits.body }));
  return "Echoing";
}
