import { describe, expect, it } from "@jest/globals";
import {
  DhcpServer,
  leaseRows,
  storedLeaseRows,
  type DhcpServerEvent,
  type DhcpServerOptions,
  type LeaseStore,
  type StoredLease,
} from "../../src/dhcp/index.js";
import type { Ipv4Address } from "../../src/address/index.js";
import type { DhcpMessage, DhcpMessageType, DhcpOptions } from "../../src/wire/index.js";
import { parseDhcp } from "../../src/wire/index.js";
import { MemoryNetwork, seeded, type MemoryHost } from "./memory-network.js";
import { ADDRESS, bytesOf, ip, MAC, SERVER } from "./messages.js";
import { mac, ServerDialogue } from "./server-dialogue.js";

const START = 1_790_000_000_000;
const TAKE = { requestedAddress: ADDRESS, serverIdentifier: SERVER };

/** Keeps what it is told by address, as a file would. */
class MemoryStore implements LeaseStore {
  readonly leases = new Map<number, StoredLease>();
  error: Error | undefined;

  load(): Iterable<StoredLease> {
    return this.leases.values();
  }

  record(lease: StoredLease): void {
    if (this.error !== undefined) throw this.error;
    this.leases.set(lease.address.value, lease);
  }

  remove(address: Ipv4Address): void {
    this.leases.delete(address.value);
  }
}

/** Servers that follow each other on one link, with one store, and clients that send single messages. */
class Succession {
  readonly network = new MemoryNetwork(seeded(1));
  readonly store = new MemoryStore();
  readonly events: DhcpServerEvent[] = [];
  readonly answers: DhcpMessage[] = [];
  readonly #router: MemoryHost;
  readonly #client: MemoryHost;
  server: DhcpServer;
  /** Ms that the wall clock is ahead of virtual time; undefined while the host does not know the time. */
  wallOffset: number | undefined = START;

  constructor() {
    this.#router = this.network.attach();
    this.#client = this.network.attach();
    this.#client.listen(68, (bytes) => {
      const message = parseDhcp(bytes);
      if (typeof message !== "string") this.answers.push(message);
    });
    this.server = this.restart();
  }

  /** Ends the server, without a word to anybody, and starts the next one. */
  restart(change: Partial<DhcpServerOptions> = {}): DhcpServer {
    const { time } = this.network;
    this.server?.stop();
    this.server = new DhcpServer({
      link: this.#router,
      clock: time,
      timers: time,
      random: seeded(2),
      store: this.store,
      wallClock: {
        now: () => (this.wallOffset === undefined ? undefined : time.now() + this.wallOffset),
      },
      address: SERVER,
      prefixLength: 24,
      pool: { first: ADDRESS, last: ip("10.0.0.102") },
      check: false,
      onEvent: (event) => this.events.push(event),
      ...change,
    });
    this.server.start();
    return this.server;
  }

  send(type: DhcpMessageType, fields: Partial<DhcpMessage> = {}, options: DhcpOptions = {}): this {
    const destination = { address: ip("255.255.255.255"), port: 67 };
    const bytes = bytesOf(type, { broadcast: true, ...fields }, options);
    this.#client.send(bytes, destination, ip("0.0.0.0"), 68);
    this.network.time.advance(2);
    return this;
  }

  bind(options: DhcpOptions = {}): this {
    return this.send("REQUEST", {}, { ...TAKE, ...options });
  }

  rows() {
    return leaseRows(this.server).map(({ address, state, expiresIn }) => `${address} ${state} ${expiresIn}`);
  }
}

describe("a lease is recorded before it is acknowledged", () => {
  it("with what makes the client known again, and when it ends", () => {
    const { store } = new Succession().bind({ clientIdentifier: Uint8Array.of(1, 2), hostName: "lamp" });
    expect([...store.leases.values()]).toEqual([
      {
        address: ADDRESS,
        mac: MAC,
        clientIdentifier: Uint8Array.of(1, 2),
        hostName: "lamp",
        state: "bound",
        duration: 3_600_000,
        expiresAt: START + 1 + 3_600_000,
      },
    ]);
  });

  it("and not acknowledged if the store fails: it stays what it was", () => {
    const lan = new Succession().bind();
    lan.store.error = new Error("disk full");
    lan.network.time.advance(1_000_000);
    lan.bind().send("REQUEST", { chaddr: mac(2), ciaddr: ip("10.0.0.101") });
    expect(lan.answers).toMatchObject([{ type: "ACK" }]);
    expect(lan.rows()).toEqual(["10.0.0.100 bound 2600"]);
    expect(lan.server.ignored).toEqual({ "not-recorded": 2 });
    expect(lan.events.filter(({ type }) => type === "store-failed")).toEqual([
      { type: "store-failed", operation: "record", address: ADDRESS, error: lan.store.error },
      { type: "store-failed", operation: "record", address: ip("10.0.0.101"), error: lan.store.error },
    ]);
    lan.store.error = undefined;
    lan.bind();
    expect(lan.answers).toHaveLength(2);
  });

  it("RELEASE and DECLINE count even if the store fails", () => {
    const dialogue = new ServerDialogue().bind(1, ADDRESS).bind(2, ip("10.0.0.101"));
    dialogue.storeError = new Error("disk full");
    dialogue.release(1, ADDRESS);
    const declined = { requestedAddress: ip("10.0.0.101"), serverIdentifier: SERVER };
    dialogue.receive("DECLINE", { chaddr: mac(2) }, declined);
    expect(dialogue.take()).toEqual([
      "0 record of 10.0.0.100 failed",
      "0 10.0.0.100 released",
      "0 record of 10.0.0.101 failed",
      "0 10.0.0.101 declined",
    ]);
    expect(dialogue.stateOf(ADDRESS)).toBe("free 1");
    expect(dialogue.until(600_000).take()).toEqual(["600000 remove of 10.0.0.101 failed"]);
  });

  it("an offer is not recorded", () => {
    expect(new Succession().send("DISCOVER").store.leases.size).toBe(0);
  });
});

describe("a server that is started again", () => {
  it("knows who has what, and until when", () => {
    const lan = new Succession().bind();
    lan.network.time.advance(1_000_000);
    lan.restart();
    expect(lan.rows()).toEqual(["10.0.0.100 bound 2600"]);
    lan.send("REQUEST", { chaddr: mac(2) }, TAKE);
    expect(lan.answers.at(-1)).toMatchObject({ type: "NAK" });
    lan.send("REQUEST", {}, { requestedAddress: ADDRESS });
    expect(lan.answers.at(-1)).toMatchObject({ type: "ACK", yiaddr: ADDRESS });
  });

  it("ends what it took up in its time", () => {
    const lan = new Succession().bind();
    lan.restart();
    lan.network.time.advance(3_600_000);
    expect(lan.events.at(-1)).toMatchObject({ type: "ended", reason: "expired", address: ADDRESS });
  });

  it("remembers who had what, for who returns", () => {
    const lan = new Succession().bind();
    lan.server.stop();
    lan.network.time.advance(4_000_000);
    lan.restart();
    expect(lan.rows()).toEqual(["10.0.0.100 free 0"]);
    lan.send("DISCOVER", {}, {});
    expect(lan.answers.at(-1)).toMatchObject({ type: "OFFER", yiaddr: ADDRESS });
  });

  it("remembers a quarantine, and a release", () => {
    const lan = new Succession().bind().send("DECLINE", {}, TAKE);
    lan.send("REQUEST", { ciaddr: ip("10.0.0.101") });
    lan.send("RELEASE", { ciaddr: ip("10.0.0.101") }, { serverIdentifier: SERVER });
    lan.restart();
    expect(lan.rows()).toEqual(["10.0.0.100 declined 600", "10.0.0.101 free 0"]);
  });

  it.each<[name: string, before: number | undefined, after: number | undefined, left: number]>([
    ["the time of day says how long it was off", START, START + 600_000, 3_000],
    ["without a time of day then, the lease counts from its start", undefined, START, 3_600],
    ["without a time of day now, too", START, undefined, 3_600],
    ["a clock that was set back does not make it longer", START, START - 9_000_000, 3_600],
  ])("%s", (_name, before, after, left) => {
    const lan = new Succession();
    lan.wallOffset = before;
    lan.bind();
    lan.wallOffset = after;
    lan.restart();
    expect(lan.rows()).toEqual([`10.0.0.100 bound ${left}`]);
  });

  it("drops what it does not give out any more, and keeps what is reserved for another until it ends", () => {
    const lan = new Succession().bind().send("REQUEST", { chaddr: mac(2), ciaddr: ip("10.0.0.101") });
    const pool = { first: ip("10.0.0.101"), last: ip("10.0.0.102") };
    lan.restart({ pool, reservations: [{ mac: mac(3), address: ip("10.0.0.101") }] });
    expect(lan.rows()).toEqual(["10.0.0.101 bound 3600"]);
    lan.network.time.advance(4_000_000);
    expect(lan.rows()).toEqual([]);
  });

  it("a client with two recorded addresses is the one whose lease lasts longer", () => {
    const lan = new Succession();
    for (const [address, duration] of [[ip("10.0.0.101"), 5_000] as const, [ADDRESS, 1_000] as const])
      lan.store.record({ address, mac: MAC, state: "bound", duration });
    lan.restart().start();
    lan.send("REQUEST", {}, { requestedAddress: ip("10.0.0.101") });
    expect(lan.answers).toMatchObject([{ type: "ACK" }]);
    // Nobody else gets the other one before its time.
    lan.send("REQUEST", { chaddr: mac(2) }, TAKE);
    expect(lan.answers.at(-1)).toMatchObject({ type: "NAK" });
  });

  it("does not start without its leases", () => {
    const lan = new Succession();
    lan.server.stop();
    lan.store.load = () => {
      throw new Error("not readable");
    };
    expect(() => lan.restart()).toThrow("not readable");
    // The port is free again.
    lan.store.load = () => [];
    lan.restart().stop();
    expect(lan.network.time.pending).toBe(0);
  });
});

describe("rows for a table", () => {
  it("are plain values, by address", () => {
    const lan = new Succession();
    lan.restart({ leaseSeconds: Infinity, reservations: [{ mac: mac(9), address: ip("10.0.0.7") }] });
    lan.send("REQUEST", { ciaddr: ip("10.0.0.102") }, { clientIdentifier: Uint8Array.of(0, 171) });
    lan.send("REQUEST", { chaddr: mac(9), ciaddr: ip("10.0.0.7") }, { hostName: "lamp" });
    expect(JSON.parse(JSON.stringify(leaseRows(lan.server)))).toEqual([
      {
        address: "10.0.0.7",
        mac: "02:00:00:00:00:09",
        clientId: null,
        hostName: "lamp",
        state: "bound",
        expiresIn: null,
        reserved: true,
      },
      {
        address: "10.0.0.102",
        mac: "02:00:00:00:00:01",
        clientId: "00:ab",
        hostName: null,
        state: "bound",
        expiresIn: null,
        reserved: false,
      },
    ]);
  });

  it("can be made of what is stored, with what is over as free", () => {
    const base = { mac: MAC, state: "bound", duration: 5_000 } as const;
    const rows = storedLeaseRows(
      [
        { ...base, address: ip("10.0.0.9"), expiresAt: 900 },
        { ...base, address: ip("10.0.0.8"), expiresAt: 3_500 },
        { ...base, address: ip("10.0.0.7") },
        { ...base, address: ip("10.0.0.6"), expiresAt: Infinity, duration: Infinity },
      ],
      1_000,
    );
    expect(
      rows.map(({ address, state, expiresIn, reserved }) => [address, state, expiresIn, reserved]),
    ).toEqual([
      ["10.0.0.6", "bound", null, null],
      ["10.0.0.7", "bound", 5, null],
      ["10.0.0.8", "bound", 3, null],
      ["10.0.0.9", "free", 0, null],
    ]);
  });
});

describe("stopped while an address is checked", () => {
  it("nothing comes of it", () => {
    const lan = new Succession();
    lan.restart({ check: 500 });
    lan.send("DISCOVER").server.stop();
    lan.network.time.advance(1_000);
    expect(lan.network.time.pending).toBe(0);
    expect(lan.answers).toEqual([]);
    lan.server.start();
    lan.send("DISCOVER", { xid: 2 });
    expect(lan.answers).toEqual([]);
    lan.network.time.advance(1_000);
    expect(lan.answers).toMatchObject([{ xid: 2, type: "OFFER" }]);
  });
});
