import { Ipv4Address } from "../../src/address/index.js";
import { Device, type DeviceEvent, type DeviceOptions, type DeviceStatus } from "../../src/device/index.js";
import { DhcpServer } from "../../src/dhcp/index.js";
import { MemoryNetwork, seeded, type MemoryHost } from "../dhcp/memory-network.js";
import { MemoryIo } from "../http/memory-io.js";

export const SERVER = Ipv4Address.parse("10.77.0.1");

/** A device on virtual time, with a DHCP server on its link, and clients without a network. */
export class DeviceUnderTest {
  readonly lan = new MemoryNetwork(seeded(1));
  readonly sockets = new MemoryIo(this.lan.time);
  readonly dhcpServer: DhcpServer;
  readonly network: MemoryHost;
  readonly events: DeviceEvent[] = [];
  readonly device: Device;

  /** @param change options that differ; `dhcp: undefined` for an address from elsewhere */
  constructor(change: Partial<DeviceOptions> = {}, leaseSeconds = 3600) {
    const { time } = this.lan;
    const router = this.lan.attach();
    router.configure({ address: SERVER, prefixLength: 24, dns: [] });
    this.dhcpServer = new DhcpServer({
      link: router,
      clock: time,
      timers: time,
      random: seeded(2),
      address: SERVER,
      prefixLength: 24,
      pool: { first: Ipv4Address.parse("10.77.0.100"), last: Ipv4Address.parse("10.77.0.199") },
      gateway: SERVER,
      dns: [SERVER, Ipv4Address.parse("9.9.9.9")],
      leaseSeconds,
    });
    this.dhcpServer.start();
    this.network = this.lan.attach();
    this.device = new Device({
      io: this.sockets.io,
      network: this.network,
      dhcp: this.network,
      clock: time,
      timers: time,
      random: seeded(3),
      memory: () => ({ used: 49_152, total: 327_680 }),
      log: () => undefined,
      platform: "virtual",
      onEvent: (event) => this.events.push(event),
      ...change,
    });
  }

  /** Lets time pass. */
  pass(milliseconds: number): void {
    const { time } = this.lan;
    time.until(time.now() + milliseconds);
  }

  /** Starts, and waits for the address. */
  boot(): this {
    this.device.start();
    this.pass(10_000);
    return this;
  }

  /** Everything but DHCP's own events. */
  get story(): DeviceEvent[] {
    return this.events.filter((event) => event.type !== "dhcp");
  }

  /** The answer to a request on a new connection. */
  ask(line: string, port = 80): string {
    const client = this.sockets.connect(port);
    client.send(`${line} HTTP/1.1\r\nHost: device\r\nConnection: close\r\n\r\n`);
    this.pass(0);
    return Buffer.from(client.text, "latin1").toString("utf8");
  }

  body(line: string, port = 80): string {
    const answer = this.ask(line, port);
    return answer.slice(answer.indexOf("\r\n\r\n") + 4);
  }

  status(): DeviceStatus {
    return JSON.parse(this.body("GET /api/status")) as DeviceStatus;
  }
}
