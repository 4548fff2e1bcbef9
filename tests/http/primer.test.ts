import { describe, expect, it } from "@jest/globals";
import type { Tcp } from "../../src/host/index.js";
import { neighbors, type Lan } from "../../simulator/index.js";
import {
  contentTypeOf,
  HttpClient,
  HttpServer,
  reasonPhrase,
  type HttpRequest,
} from "../../src/http/index.js";
import { TcpSocket } from "../../src/socket/index.js";
import { Dialogue, parts } from "./dialogue.js";

/** What a first page about HTTP shows, byte for byte. */
describe("the primer's request", () => {
  const MESSAGE =
    "GET /item/5/ HTTP/1.1\r\n" +
    "Host: www.example.com\r\n" +
    "X-Custom-Header: value\r\n" +
    "Content-Length: 4\r\n" +
    "\r\n" +
    "test";

  it("is served, and its body delivered", () => {
    const dialogue = new Dialogue();
    const seen: HttpRequest[] = [];
    dialogue.server.get("/item/<int:id>/", (request, response) => {
      seen.push(request);
      response.send(`item ${request.params.id + 1}`);
    });
    dialogue.server.start();
    const { client, answer } = dialogue.ask(MESSAGE);
    expect(parts(answer)).toMatchObject({ status: 200, body: "item 6" });
    const [request] = seen;
    expect(request).toMatchObject({
      method: "GET",
      path: "/item/5/",
      host: "www.example.com",
      params: { id: 5 },
    });
    expect(request!.header("X-Custom-Header")).toBe("value");
    expect(request!.text()).toBe("test");
    expect(parts(dialogue.say(client, MESSAGE)).status).toBe(200);
  });
});

/** IANA's registry of HTTP status codes, without 306 and 418, which it calls unused. */
const REGISTERED = [
  [100, "Continue"],
  [101, "Switching Protocols"],
  [102, "Processing"],
  [103, "Early Hints"],
  [200, "OK"],
  [201, "Created"],
  [202, "Accepted"],
  [203, "Non-Authoritative Information"],
  [204, "No Content"],
  [205, "Reset Content"],
  [206, "Partial Content"],
  [207, "Multi-Status"],
  [208, "Already Reported"],
  [226, "IM Used"],
  [300, "Multiple Choices"],
  [301, "Moved Permanently"],
  [302, "Found"],
  [303, "See Other"],
  [304, "Not Modified"],
  [305, "Use Proxy"],
  [307, "Temporary Redirect"],
  [308, "Permanent Redirect"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [402, "Payment Required"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [406, "Not Acceptable"],
  [407, "Proxy Authentication Required"],
  [408, "Request Timeout"],
  [409, "Conflict"],
  [410, "Gone"],
  [411, "Length Required"],
  [412, "Precondition Failed"],
  [413, "Content Too Large"],
  [414, "URI Too Long"],
  [415, "Unsupported Media Type"],
  [416, "Range Not Satisfiable"],
  [417, "Expectation Failed"],
  [421, "Misdirected Request"],
  [422, "Unprocessable Content"],
  [423, "Locked"],
  [424, "Failed Dependency"],
  [425, "Too Early"],
  [426, "Upgrade Required"],
  [428, "Precondition Required"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [451, "Unavailable For Legal Reasons"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
  [505, "HTTP Version Not Supported"],
  [506, "Variant Also Negotiates"],
  [507, "Insufficient Storage"],
  [508, "Loop Detected"],
  [510, "Not Extended"],
  [511, "Network Authentication Required"],
] as const;

describe("a reason phrase", () => {
  it.each(REGISTERED)("of %i is %s", (status, phrase) => {
    expect(reasonPhrase(status)).toBe(phrase);
  });

  it("is empty for a status that is not registered", () => {
    expect(reasonPhrase(299)).toBe("");
  });
});

/** The least that a table of types has to have, and a file's name for each. */
const TYPES = [
  ["text/plain", "a.txt"],
  ["text/html", "a.html"],
  ["text/css", "a.css"],
  ["text/javascript", "a.js"],
  ["text/csv", "a.csv"],
  ["text/xml", "a.xml"],
  ["application/json", "a.json"],
  ["application/xml", "a.xsl"],
  ["application/pdf", "a.pdf"],
  ["application/zip", "a.zip"],
  ["application/gzip", "a.gz"],
  ["application/octet-stream", "a.bin"],
  ["application/x-www-form-urlencoded", "a.urlencoded"],
  ["image/jpeg", "a.jpeg"],
  ["image/png", "a.png"],
  ["image/gif", "a.gif"],
  ["image/svg+xml", "a.svg"],
  ["image/webp", "a.webp"],
  ["image/x-icon", "a.ico"],
  ["audio/mpeg", "a.mp3"],
  ["audio/wav", "a.wav"],
  ["audio/ogg", "a.ogg"],
  ["video/mp4", "a.mp4"],
  ["video/mpeg", "a.mpeg"],
  ["video/quicktime", "a.mov"],
  ["video/webm", "a.webm"],
  ["font/woff", "a.woff"],
  ["font/woff2", "a.woff2"],
  ["font/ttf", "a.ttf"],
] as const;

describe("the type", () => {
  it.each(TYPES)("%s is that of %s", (type, name) => {
    expect(contentTypeOf(name).split(";")[0]).toBe(type);
  });
});

/** Runs to the end what goes on on a LAN of three hosts. */
async function onLan(action: (lan: Lan) => Promise<void>): Promise<void> {
  const lan = neighbors(["client", "proxy", "server"]);
  let isOver = false;
  const acting = action(lan).finally(() => (isOver = true));
  await Promise.all([acting, lan.simulation.until(() => isOver, { within: "1h" })]);
}

/** Answers one connection with these bytes, and closes it. */
async function answerOnce(lan: Lan, answer: string): Promise<void> {
  const listener = new TcpSocket(lan.find("server").sockets);
  await listener.bind("0.0.0.0:80");
  await listener.listen();
  const { socket } = await listener.accept();
  await socket.recv(1024);
  await socket.sendAll(Buffer.from(answer));
  await socket.close();
  await listener.close();
}

function clientOn(lan: Lan, proxy?: string): HttpClient {
  const { io, timers, resolve } = lan.find("client").sockets;
  return new HttpClient({ io, timers, resolve, clock: lan.simulation, ...(proxy && { proxy }) });
}

describe("the primer's client", () => {
  it("reads a response without Content-Length to the close", () =>
    onLan(async (lan) => {
      const serving = answerOnce(lan, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end");
      const response = await clientOn(lan).request("http://server/");
      expect(response.header("Content-Type")).toBe("text/plain");
      expect(await response.text()).toBe("until the end");
      await serving;
    }));

  it("goes through a proxy by CONNECT", () =>
    onLan(async (lan) => {
      const server = new HttpServer({
        ...lan.find("server").machine,
        io: lan.find("server").sockets.io,
        port: 8443,
      });
      server.get("/", (request, response) => response.send(`hello, ${request.remoteAddress}`)).start();
      const proxy = serveTunnels(lan);
      const client = clientOn(lan, "http://proxy:3128");
      const { connection } = await client.tunnel("server:8443");
      expect(proxy.asked).toEqual(["CONNECT server:8443"]);
      const answer = await new Promise<string>((resolve) => {
        const near = new (lan.find("client").sockets.io.TCP)({
          from: connection,
          onReadable() {
            resolve(textOf(this));
          },
        });
        near.write(Buffer.from("GET / HTTP/1.1\r\nHost: server\r\n\r\n"));
      });
      // The proxy's address: it is the proxy that the server sees.
      expect(parts(answer)).toMatchObject({
        status: 200,
        body: `hello, ${lan.find("proxy").subnet.address}`,
      });
    }));
});

/** A proxy that leads to the server, whatever name it is asked for. */
function serveTunnels(lan: Lan): { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const { io } = lan.find("proxy").sockets;
  const proxy = new HttpServer({ ...lan.find("proxy").machine, io, port: 3128 });
  proxy.connect((request, response) => {
    asked.push(`${request.method} ${request.rawTarget}`);
    let near: Tcp | undefined;
    const far = new io.TCP({
      address: lan.find("server").subnet.address.toString(),
      port: Number(request.rawTarget.split(":")[1]),
      onWritable: () => {
        if (near === undefined) response.tunnel((connection) => (near = joined(connection)));
      },
      onReadable() {
        near?.write(this.read() as ArrayBuffer);
      },
    });
    const joined = (connection: Tcp): Tcp =>
      new io.TCP({
        from: connection,
        onReadable() {
          far.write(this.read() as ArrayBuffer);
        },
      });
  });
  proxy.start();
  return { asked };
}

function textOf(tcp: Tcp): string {
  return Buffer.from(tcp.read() as ArrayBuffer).toString("latin1");
}
