import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import { DhcpServer } from "../../src/dhcp/index.js";
import type { Tcp } from "../../src/host/index.js";
import { Cable, loss, SimulatedHost, Simulation, Switch } from "../../simulator/index.js";

/** The device's, wherever it runs. */
export const DEVICE_MAC = MacAddress.parse("00:1A:2B:3C:4D:5E");

/** All that a host has to know besides its own address. */
export const NETWORK = {
  prefixLength: 24,
  gateway: Ipv4Address.parse("192.168.7.1"),
  dns: [Ipv4Address.parse("192.168.7.1")],
};

export interface LanOptions {
  readonly seed?: number;
  /** The part of the frames that the device's cable loses. */
  readonly lossRate?: number;
}

/** A switch with a router that is the DHCP server, a browser, and a free cable for the device. */
export class Lan {
  readonly simulation: Simulation;
  readonly deviceCable: Cable;
  readonly server: DhcpServer;
  readonly browser: SimulatedHost;
  /** Each frame that reached the switch, with its time. */
  readonly trace: string[] = [];
  readonly #switch = new Switch({ name: "lan" });

  constructor({ seed = 1, lossRate = 0 }: LanOptions = {}) {
    this.simulation = new Simulation({ seed });
    this.#switch.observe(({ time, port, bytes, length }) => {
      this.trace.push(`${time} ${port} ${Buffer.from(bytes.subarray(0, length)).toString("hex")}`);
    });
    const router = this.#host("router", NETWORK.gateway);
    this.server = new DhcpServer({
      ...router,
      ...NETWORK,
      link: router.network.dhcp,
      address: NETWORK.gateway,
      pool: { first: Ipv4Address.parse("192.168.7.100"), last: Ipv4Address.parse("192.168.7.199") },
      leaseSeconds: 7200,
    });
    this.server.start();
    this.browser = this.#host("browser", Ipv4Address.parse("192.168.7.50"));
    this.deviceCable = this.#cable("device");
    this.deviceCable.impair(loss(lossRate));
  }

  /** Another host at the switch. */
  addHost(name: string, address: string): SimulatedHost {
    return this.#host(name, Ipv4Address.parse(address));
  }

  #cable(name: string): Cable {
    const cable = new Cable(this.simulation, { name, latency: 1 });
    this.#switch.connect(cable);
    return cable;
  }

  #host(name: string, address: Ipv4Address): SimulatedHost {
    const host = new SimulatedHost(this.simulation, { name, cable: this.#cable(name) });
    host.network.configure({ ...NETWORK, address });
    return host;
  }
}

export interface Answer {
  readonly status: number;
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection from the browser to the device, kept alive. */
export class Tab {
  readonly #lan: Lan;
  readonly #tcp: Tcp;
  readonly #host: string;
  #received = Buffer.alloc(0);
  #room = 0;
  #ended = false;

  constructor(lan: Lan, address: string, { port = 80, from = lan.browser } = {}) {
    this.#lan = lan;
    this.#host = port === 80 ? address : `${address}:${port}`;
    this.#tcp = new from.stack.io.TCP({
      address,
      port,
      onWritable: (room) => (this.#room = room),
      onReadable: () => {
        const bytes = this.#tcp.read();
        if (bytes instanceof ArrayBuffer)
          this.#received = Buffer.concat([this.#received, Buffer.from(bytes)]);
      },
      onError: () => (this.#ended = true),
    });
  }

  /** Connects. */
  async open(): Promise<this> {
    await this.#lan.simulation.until(() => this.#room > 0 || this.#ended);
    return this;
  }

  /** @param body for methods that have one */
  async request(method: string, path: string, body = Buffer.alloc(0)): Promise<Answer> {
    const length = body.length === 0 ? "" : `Content-Length: ${body.length}\r\n`;
    await this.send(Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${length}\r\n`));
    await this.send(body);
    return this.answer(method);
  }

  /** As much as there is room for at a time. Once the connection has ended, nothing is sent. */
  async send(bytes: Uint8Array): Promise<void> {
    const { simulation } = this.#lan;
    for (let sent = 0; sent < bytes.length;) {
      await simulation.until(() => this.#room > 0 || this.#ended);
      if (this.#ended) return;
      const piece = bytes.subarray(sent, sent + this.#room);
      this.#room = this.#tcp.write(piece) ?? 0;
      sent += piece.length;
    }
  }

  /** The next answer, to a request that was sent. */
  async answer(method: string): Promise<Answer> {
    let answer: Answer | undefined;
    await this.#lan.simulation.until(() => (answer = this.#takeAnswer(method)) !== undefined || this.#ended);
    if (answer === undefined) throw new Error(`no answer to ${method}: ${this.#received.toString()}`);
    return answer;
  }

  /** Does nothing for some milliseconds. */
  rest(milliseconds: number): Promise<void> {
    return this.#lan.simulation.runFor(milliseconds);
  }

  /** Closes the connection, and lets both ends get over it. */
  async close(): Promise<void> {
    this.#tcp.close();
    await this.#lan.simulation.runFor("1s");
  }

  #takeAnswer(method: string): Answer | undefined {
    const headEnd = this.#received.indexOf("\r\n\r\n");
    if (headEnd < 0) return undefined;
    const [statusLine = "", ...lines] = this.#received.toString("latin1", 0, headEnd).split("\r\n");
    const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(": ", 2)));
    const bodyStart = headEnd + 4;
    const bodyEnd = bodyStart + (method === "HEAD" ? 0 : Number(headers["content-length"]));
    if (this.#received.length < bodyEnd) return undefined;
    const body = this.#received.toString("utf8", bodyStart, bodyEnd);
    this.#received = this.#received.subarray(bodyEnd);
    return { status: Number(statusLine.split(" ")[1]), headers, body };
  }
}
