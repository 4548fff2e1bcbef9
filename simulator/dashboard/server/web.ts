import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { portOf } from "../../forward.js";
import { loadPage, type PageFiles } from "./bundle.js";
import { SECURITY_HEADERS, refusal } from "./guard.js";

/** Bytes of what a tab may send at once: a file of a long run. */
const MAX_MESSAGE = 16 * 1024 * 1024;

const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wirelet</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
<script defer src="page.js"></script>
</head>
<body>
<noscript>This page shows a running simulation, for which it needs JavaScript.</noscript>
</body>
</html>
`;

/** Serves the dashboard's page, and hands over the WebSockets of its tabs. Whoever is not this machine's own is refused. */
export class Web {
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
  });
  readonly #page: Promise<PageFiles>;

  /** @param server which listens already. @param onTab takes the WebSocket of a new tab */
  constructor(server: Server, onTab: (socket: WebSocket) => void) {
    this.#server = server;
    this.#page = loadPage();
    // Who asks for it is told.
    this.#page.catch(() => undefined);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      void this.#answer(request, response);
    });
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on("error", () => undefined);
      const reason =
        this.#refusal(request) ?? (request.url === "/live" ? undefined : "There is nothing here.");
      if (reason === undefined) this.#sockets.handleUpgrade(request, socket, head, onTab);
      else socket.end(`HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n${reason}\n`);
    });
  }

  end(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #refusal(request: IncomingMessage): string | undefined {
    return refusal(request, portOf(this.#server));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, type: string, body: string | Uint8Array): void => {
      const headers = { ...SECURITY_HEADERS, "content-type": type, "cache-control": "no-cache" };
      response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : body);
    };
    const reason = this.#refusal(request);
    if (reason !== undefined) return send(403, "text/plain; charset=utf-8", `${reason}\n`);
    if (request.method !== "GET" && request.method !== "HEAD")
      return send(405, "text/plain; charset=utf-8", "There is nothing to do here but GET.\n");
    try {
      switch (request.url) {
        case "/":
          return send(200, "text/html; charset=utf-8", DOCUMENT);
        case "/page.js":
          return send(200, "text/javascript; charset=utf-8", (await this.#page).script);
        case "/page.css":
          return send(200, "text/css; charset=utf-8", (await this.#page).style);
        default:
          return send(404, "text/plain; charset=utf-8", "There is nothing here.\n");
      }
    } catch (error) {
      send(500, "text/plain; charset=utf-8", `${(error as Error).message}\n`);
    }
  }
}
