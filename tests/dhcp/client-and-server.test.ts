import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  DhcpClient,
  DhcpServer,
  type DhcpClientEvent,
  type DhcpServerEvent,
  type DhcpServerOptions,
} from "../../src/dhcp/index.js";
import { MemoryNetwork, seeded, type MemoryHost } from "./memory-network.js";
import { ip, SERVER } from "./messages.js";

const POOL = { first: ip("10.0.0.100"), last: ip("10.0.0.199") };
/** Where the hash of the first client's identifier leads. */
const FIRST = ip("10.0.0.129");

/** A server and its link. `story` is what server and clients tell, in order. */
class Lan {
  readonly network: MemoryNetwork;
  readonly serverHost: MemoryHost;
  readonly server: DhcpServer;
  readonly clients: { host: MemoryHost; client: DhcpClient }[] = [];
  readonly story: string[] = [];
  readonly #seed: number;

  constructor(seed: number, options: Partial<DhcpServerOptions> = {}) {
    this.#seed = seed;
    this.network = new MemoryNetwork(seeded(seed));
    this.serverHost = this.network.attach();
    this.serverHost.configure({ address: SERVER, prefixLength: 24, dns: [] });
    this.server = this.addServer(options);
    this.server.start();
  }

  addServer(options: Partial<DhcpServerOptions>): DhcpServer {
    const { time } = this.network;
    return new DhcpServer({
      link: this.serverHost,
      clock: time,
      timers: time,
      random: seeded(this.#seed + 1),
      address: SERVER,
      prefixLength: 24,
      pool: POOL,
      gateway: SERVER,
      dns: [SERVER],
      // So that the clients' own probes are what is seen.
      check: false,
      onEvent: (event) => this.tell("server", event),
      ...options,
    });
  }

  addClient(): { host: MemoryHost; client: DhcpClient } {
    const { time } = this.network;
    const host = this.network.attach();
    const random = seeded(this.#seed + 1000 * this.clients.length + 2);
    const name = `client ${this.clients.length + 1}`;
    const client = new DhcpClient({
      link: host,
      network: host,
      clock: time,
      timers: time,
      random,
      onEvent: (event) => this.tell(name, event),
    });
    client.start();
    this.clients.push({ host, client });
    return { host, client };
  }

  get bound(): number {
    return this.clients.filter(({ client }) => client.state === "BOUND").length;
  }

  get addresses(): (string | undefined)[] {
    return this.clients.map(({ host }) => host.ipv4?.address.toString());
  }

  tell(who: string, event: DhcpClientEvent | DhcpServerEvent): void {
    if (event.type === "state") return;
    const what =
      event.type === "sent" || event.type === "received"
        ? `${event.type} ${event.message}`
        : event.type === "changed"
          ? event.reason
          : event.type;
    this.story.push(`${this.network.time.now()} ${who} ${what}`);
  }
}

describe("a client and a server", () => {
  it("tell this story", () => {
    const lan = new Lan(1);
    const { client, host } = lan.addClient();
    lan.network.time.until(60_000);
    expect(lan.story).toEqual([
      "0 client 1 sent DISCOVER",
      "1 server received DISCOVER",
      "1 server sent OFFER",
      "2 client 1 received OFFER",
      "2 client 1 sent REQUEST",
      "3 server received REQUEST",
      "3 server sent ACK",
      "4 client 1 received ACK",
      "6004 client 1 bound",
    ]);
    expect(host.ipv4).toEqual({ address: FIRST, prefixLength: 24, gateway: SERVER, dns: [SERVER] });
    expect(client.lease).toMatchObject({ leaseSeconds: 3600, server: SERVER });
  });

  it("keep the lease for a month", () => {
    const lan = new Lan(2);
    const { host } = lan.addClient();
    lan.network.time.until(10_000);
    lan.story.length = 0;
    lan.network.time.until(30 * 86_400_000);
    expect(host.ipv4?.address).toEqual(FIRST);
    expect(lan.story.filter((line) => /expired|nak|ended|DISCOVER|NAK|ignored/.test(line))).toEqual([]);
    // Every half hour, or up to a sixteenth of an hour sooner.
    const renewals = lan.story.filter((line) => line.endsWith("renewed")).length;
    expect(renewals).toBeGreaterThanOrEqual(30 * 48);
    expect(renewals).toBeLessThan(30 * 48 * 1.2);
  });

  it("part with RELEASE, and meet again at the same address", () => {
    const lan = new Lan(3);
    const { client, host } = lan.addClient();
    const { time } = lan.network;
    time.until(10_000);
    client.stop();
    time.until(11_000);
    expect(lan.server.leases).toMatchObject([{ state: "free" }]);
    client.start();
    time.until(20_000);
    expect(host.ipv4?.address).toEqual(FIRST);
  });

  it("a taken address is declined, and another one leased", () => {
    const lan = new Lan(4);
    const { client } = lan.addClient();
    const squatter = lan.network.attach();
    squatter.configure({ address: FIRST, prefixLength: 24, dns: [] });
    lan.network.time.until(30_000);
    expect(client.state).toBe("BOUND");
    expect(client.lease?.address).not.toEqual(FIRST);
    expect(lan.story).toContain("6004 client 1 conflict");
    expect(lan.story).toContain("6005 server ended");
  });

  it("a taken address is not even offered where the link can check", () => {
    const lan = new Lan(4, { check: 500 });
    const { client } = lan.addClient();
    lan.network.attach().configure({ address: FIRST, prefixLength: 24, dns: [] });
    lan.network.time.until(30_000);
    expect(client.state).toBe("BOUND");
    expect(lan.story).toContain("1 server conflict");
    expect(lan.story).toContain("501 server sent OFFER");
    expect(lan.story).not.toContain("6004 client 1 conflict");
  });

  it("a server that restarts without memory lets its clients keep their addresses", () => {
    const lan = new Lan(5);
    lan.addClient();
    lan.addClient();
    const { time } = lan.network;
    time.until(20_000);
    const before = lan.addresses;
    lan.server.stop();
    const successor = lan.addServer({});
    successor.start();
    time.until(7_200_000);
    expect(lan.addresses).toEqual(before);
    expect(successor.leases).toHaveLength(2);
    expect(lan.story.filter((line) => /expired|nak$/.test(line))).toEqual([]);
  });

  it("a server that returns with another pool moves its clients", () => {
    const lan = new Lan(6);
    const { host } = lan.addClient();
    lan.network.time.until(20_000);
    lan.server.stop();
    lan.addServer({ pool: { first: ip("10.0.0.10"), last: ip("10.0.0.19") } }).start();
    lan.network.time.until(1_900_000);
    expect(host.ipv4?.address.toString()).toMatch(/^10\.0\.0\.1\d$/);
    expect(lan.story.filter((line) => /NAK|nak/.test(line))).toHaveLength(3);
  });

  it("a client whose server is gone loses the address when the lease ends, and gets one when it is back", () => {
    const lan = new Lan(7, { leaseSeconds: 600 });
    const { client, host } = lan.addClient();
    const { time } = lan.network;
    time.until(10_000);
    lan.server.stop();
    time.until(602_000);
    expect(host.ipv4).toBeUndefined();
    expect(client.state).toBe("SELECTING");
    lan.server.start();
    time.until(700_000);
    expect(host.ipv4?.address).toEqual(FIRST);
  });

  it("nothing is left when both stop", () => {
    const lan = new Lan(8);
    const { client } = lan.addClient();
    lan.network.time.until(10_000);
    client.stop();
    lan.server.stop();
    lan.network.time.until(20_000);
    expect(lan.network.time.pending).toBe(0);
  });
});

describe("with loss", () => {
  it("a client is bound in the end, whatever is lost", () => {
    fc.assert(
      // Eight hours, since at the worst one exchange in forty gets through.
      fc.property(fc.nat(), fc.double({ min: 0, max: 0.6, noNaN: true }), (seed, loss) => {
        const lan = new Lan(seed);
        lan.network.loss = loss;
        const { client } = lan.addClient();
        const boundAt = lan.network.time.until(30_000_000, () => client.state === "BOUND");
        expect(boundAt).toBeLessThan(30_000_000);
      }),
    );
  });

  it("fifty clients at once are all bound within five minutes, each with its own address", () => {
    const lan = new Lan(20);
    lan.network.loss = 0.2;
    for (let count = 0; count < 50; count++) lan.addClient();
    const boundAt = lan.network.time.until(300_000, () => lan.bound === 50);
    expect(boundAt).toBeLessThan(300_000);
    expect(new Set(lan.addresses).size).toBe(50);
  });

  it("a lease of two minutes survives two days of it", () => {
    const lan = new Lan(30, { leaseSeconds: 120 });
    lan.network.loss = 0.1;
    const { client } = lan.addClient();
    const { time } = lan.network;
    time.until(300_000, () => client.state === "BOUND");
    lan.story.length = 0;
    time.until(2 * 86_400_000);
    expect(lan.story.filter((line) => /expired|nak$/.test(line))).toEqual([]);
  });

  it("the same seed tells the same story", () => {
    const story = (): string[] => {
      const lan = new Lan(40);
      lan.network.loss = 0.3;
      for (let count = 0; count < 5; count++) lan.addClient();
      lan.network.time.until(4_000_000);
      return lan.story;
    };
    expect(story()).toEqual(story());
  });
});
