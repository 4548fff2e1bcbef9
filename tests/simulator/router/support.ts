import { TcpSocket, UdpSocket } from "../../../src/socket/index.js";
import type { Lan, LanHost } from "../../../simulator/index.js";

/** Has a host send back what it gets on a port, by TCP and UDP. @returns who has called */
export async function echo(host: LanHost, port = 7): Promise<string[]> {
  const callers: string[] = [];
  const listener = new TcpSocket(host.sockets);
  await listener.bind(`0.0.0.0:${port}`);
  await listener.listen();
  void serve(listener, callers);
  const datagrams = new UdpSocket(host.sockets);
  await datagrams.bind(`0.0.0.0:${port}`);
  void (async () => {
    for await (const { data, address } of datagrams) {
      callers.push(`udp ${address.toString()}`);
      await datagrams.sendTo(data, address);
    }
  })();
  return callers;
}

async function serve(listener: TcpSocket, callers: string[]): Promise<void> {
  for await (const socket of listener.connections()) {
    callers.push(`tcp ${socket.remoteAddress!.toString()}`);
    void (async () => {
      for await (const data of socket) await socket.sendAll(data);
      await socket.close();
    })();
  }
}

/** @returns what `to` answers by TCP, "host:port" */
export async function ask(lan: Lan, from: LanHost, to: string, text = "hello"): Promise<string> {
  const socket = new TcpSocket(from.sockets);
  await lan.finish(socket.connect(to));
  await lan.finish(socket.sendAll(Buffer.from(text)));
  await lan.finish(socket.shutdown("write"));
  let answer = "";
  await lan.finish(
    (async () => {
      for await (const data of socket) answer += Buffer.from(data).toString();
    })(),
  );
  await socket.close();
  return answer;
}

/** @returns what `to` answers by UDP */
export async function askByUdp(lan: Lan, from: LanHost, to: string, data: Uint8Array): Promise<Uint8Array> {
  const socket = new UdpSocket(from.sockets);
  await socket.connect(to);
  await lan.finish(socket.send(data));
  const answer = await lan.finish(socket.recv());
  await socket.close();
  return answer;
}
