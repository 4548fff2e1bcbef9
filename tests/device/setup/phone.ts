import type { SimulatedHost, Simulation } from "../../../simulator/index.js";

/** What a phone or a browser does, on a simulated host. */
export class Phone {
  constructor(
    readonly simulation: Simulation,
    readonly host: SimulatedHost,
    readonly server: string,
  ) {}

  /** The answer to a request on a connection of its own. @param fields lines of the head */
  ask(line: string, body = "", fields: readonly string[] = [], address = this.server): string {
    const length = body === "" ? [] : [`Content-Length: ${body.length}`];
    const host = fields.some((field) => field.startsWith("Host:")) ? [] : [`Host: ${address}`];
    const head = [`${line} HTTP/1.1`, ...host, "Connection: close", ...length, ...fields].join("\r\n");
    let answer = "";
    let isOver = false;
    const request = Buffer.from(`${head}\r\n\r\n${body}`, "latin1");
    let isSent = false;
    new this.host.stack.io.TCP({
      address,
      port: 80,
      onReadable() {
        answer += Buffer.from(this.read() as ArrayBuffer).toString("latin1");
      },
      onWritable() {
        if (isSent) return;
        isSent = true;
        this.write(request);
      },
      onError: () => (isOver = true),
    });
    for (let wait = 0; wait < 500 && !isOver; wait++) this.simulation.advance(20);
    return Buffer.from(answer, "latin1").toString("utf8");
  }

  /** Sends a form, as a browser does. */
  submit(path: string, form: Readonly<Record<string, string>>, fields: readonly string[] = []): string {
    const body = new URLSearchParams(form).toString();
    return this.ask(`POST ${path}`, body, ["Content-Type: application/x-www-form-urlencoded", ...fields]);
  }

  /** The hidden token of the page's forms. */
  token(path = "/"): string {
    return /name="token" value="([^"]*)"/.exec(this.ask(`GET ${path}`))![1]!;
  }

  /** The address that the server's DNS gives for a name, as the last four bytes of its answer. */
  lookUp(name: string): string | undefined {
    const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
    let address: string | undefined;
    const socket = new this.host.stack.io.UDP({
      onReadable() {
        address = [...new Uint8Array(this.read()!).subarray(-4)].join(".");
      },
    });
    const header = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    socket.write(Uint8Array.from([...header, ...labels, 0, 0, 1, 0, 1]), this.server, 53);
    this.simulation.advance(100);
    socket.close();
    return address;
  }
}
