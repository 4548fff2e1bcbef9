import { afterEach, describe, expect, it } from "@jest/globals";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import {
  Lan,
  loopbackGateway,
  RealTime,
  type AllowedService,
  type LanHost,
  type LoopbackGateway,
} from "../../../simulator/index.js";
import { TcpSocket, UdpSocket } from "../../../src/socket/index.js";

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const each of cleanUp.splice(0)) each();
});

/** A LAN on real time, with a gateway that allows what is said, and a host that wants to use it. */
function gateway(...allow: AllowedService[]): { host: LanHost; gateway: LanHost<LoopbackGateway>; lan: Lan } {
  const lan = new Lan({ seed: 1 });
  const pace = new RealTime(lan.simulation);
  const app = loopbackGateway({ pace, allow });
  const host = lan.host("host", { address: "10.0.0.1/24" });
  const gateway = lan.host("gateway", { address: "10.0.0.2/24", app });
  cleanUp.push(() => {
    gateway.app.close();
    pace.stop();
  });
  return { lan, host, gateway };
}

/** A service on this machine's loopback that sends back what it gets. */
async function tcpEcho(): Promise<{ port: number; server: Server }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, server };
}

async function readAll(socket: TcpSocket): Promise<string> {
  let text = "";
  for await (const data of socket) text += Buffer.from(data).toString();
  return text;
}

describe("a gateway to this machine's loopback", () => {
  it("carries TCP, much of it, to its end", async () => {
    const { port } = await tcpEcho();
    const { host } = gateway({ port, as: 7 });
    const socket = new TcpSocket(host.sockets);
    await socket.connect("gateway:7");
    const text = "0123456789".repeat(30_000);
    const answer = readAll(socket);
    await socket.sendAll(Buffer.from(text));
    await socket.shutdown("write");
    // Not the texts, which would fill the screen.
    expect((await answer) === text).toBe(true);
    await socket.close();
  });

  it("carries UDP, and tells callers apart", async () => {
    const service = createSocket("udp4");
    cleanUp.push(() => service.close());
    service.on("message", (bytes, { port }) => service.send(`${bytes.toString()} `, port, "127.0.0.1"));
    service.bind(0, "127.0.0.1");
    await once(service, "listening");
    const { port } = service.address();
    const { host } = gateway({ protocol: "udp", port });
    const sockets = [new UdpSocket(host.sockets), new UdpSocket(host.sockets)];
    for (const [index, socket] of sockets.entries()) {
      await socket.connect(`gateway:${port}`);
      await socket.send(Buffer.from(`${index}`));
    }
    const answers = await Promise.all(sockets.map((socket) => socket.recv()));
    expect(answers.map((bytes) => Buffer.from(bytes).toString())).toEqual(["0 ", "1 "]);
    for (const socket of sockets) await socket.close();
  });

  it("lets nothing through that is not named", async () => {
    const { port } = await tcpEcho();
    const other = await tcpEcho();
    const { host } = gateway({ port });
    await expect(new TcpSocket(host.sockets).connect(`gateway:${other.port}`)).rejects.toThrow(
      "ECONNREFUSED",
    );
  });

  it("ends a connection to a service that is not there", async () => {
    const { port, server } = await tcpEcho();
    server.close();
    await once(server, "close");
    const { host } = gateway({ port });
    const socket = new TcpSocket(host.sockets);
    await socket.connect(`gateway:${port}`);
    expect(await readAll(socket)).toBe("");
    await socket.close();
  });

  it.each([
    [[{ port: 0 }], "want ports"],
    [[{ port: 80, as: 70_000 }], "want ports"],
    [[{ port: 80 }, { port: 81, as: 80 }], "it leads elsewhere already"],
  ])("refuses %j", (allow, message) => {
    expect(() => loopbackGateway({ allow, pace: { now: () => undefined } })).toThrow(message);
  });
});
