/** Sends back what each client sends, and counts it. `nc 127.0.0.1 7007`, or with the board's address. */
import config from "mc/config";
import { moddableHost } from "wirelet/moddable";
import { TcpSocket } from "wirelet/socket";

const host = moddableHost();

async function echo(socket: TcpSocket, client: string): Promise<void> {
  let count = 0;
  try {
    for await (const bytes of socket) {
      await socket.sendAll(bytes);
      count += bytes.length;
    }
  } finally {
    await socket.close();
    host.log("info", `${client} has sent ${count} bytes`);
  }
}

async function serve(port: number): Promise<void> {
  const listener = new TcpSocket(host);
  await listener.bind(["0.0.0.0", port]);
  await listener.listen();
  host.log("info", `echoing on port ${port}`);
  for (;;) {
    const { socket, address } = await listener.accept();
    echo(socket, address.address.toString()).catch(report);
  }
}

function report(error: unknown): void {
  host.log("error", String(error));
}

serve(Number(config.port)).catch(report);
