import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address } from "../../../src/address/index.js";
import type { Udp, UdpOptions } from "../../../src/host/index.js";
import { udp } from "../support/build.js";
import { Machine, OWN_IP, PEER_IP } from "../support/machine.js";

const GROUP = "239.1.2.3";
const SECOND_IP = "10.9.0.1";

/** A machine with two addresses, and sockets that share port 9. */
function sharing(...options: UdpOptions[]): { machine: Machine; sockets: Udp[] } {
  const machine = new Machine();
  machine.stack.attach({ ...machine.link, transmit: () => undefined }, { name: "eth1" }).configure({
    address: Ipv4Address.parse(SECOND_IP),
    prefixLength: 24,
    dns: [],
  });
  const { UDP } = machine.stack.io;
  return { machine, sockets: options.map((each) => new UDP({ port: 9, reuseAddress: true, ...each })) };
}

function arrives(machine: Machine, destination: string, from = 1000): void {
  machine.receiveIp(udp({ source: PEER_IP, destination }, from, 9, Buffer.from("hello")));
}

/** Which of the sockets have got something. */
function heardBy(sockets: readonly Udp[]): number[] {
  return sockets.flatMap((socket, at) => (socket.read() === undefined ? [] : [at]));
}

const inUse = expect.objectContaining({ code: "EADDRINUSE" });

describe("a port", () => {
  it.each<[string, UdpOptions, UdpOptions]>([
    ["the first does not share", {}, { reuseAddress: true }],
    ["the second does not share", { reuseAddress: true }, {}],
    ["one has every address", { address: OWN_IP }, {}],
    ["both have the same address", { address: OWN_IP }, { address: OWN_IP }],
  ])("cannot be had twice where %s", (_, first, second) => {
    const { UDP } = new Machine().stack.io;
    const socket = new UDP({ port: 9, ...first });
    expect(() => new UDP({ port: 9, ...second })).toThrow(inUse);
    socket.close();
    expect(new UDP({ port: 9, ...second }).port).toBe(9);
  });

  it("can be had on each address", () => {
    const { machine, sockets } = sharing(
      { address: OWN_IP, reuseAddress: false },
      { address: "127.0.0.1", reuseAddress: false },
    );
    expect(sockets.map(({ address }) => address)).toEqual([OWN_IP, "127.0.0.1"]);
    arrives(machine, OWN_IP);
    expect(heardBy(sockets)).toEqual([0]);
  });

  it("is free once the last of those that share it is closed, in whatever order", () => {
    const { machine, sockets } = sharing({}, {}, {});
    const { UDP } = machine.stack.io;
    for (const at of [1, 2]) sockets[at]!.close();
    arrives(machine, OWN_IP);
    expect(heardBy([sockets[0]!])).toEqual([0]);
    expect(() => new UDP({ port: 9 })).toThrow(inUse);
    sockets[0]!.close();
    expect(new UDP({ port: 9 }).port).toBe(9);
  });

  it("is not picked for somebody else", () => {
    const { UDP } = new Machine({ ephemeralPorts: { first: 50_000, last: 50_001 } }).stack.io;
    const ports = [new UDP({ reuseAddress: true }).port, new UDP({ reuseAddress: true }).port];
    expect(ports.sort()).toEqual([50_000, 50_001]);
    expect(() => new UDP({ reuseAddress: true })).toThrow(inUse);
  });
});

describe("any sockets on a port", () => {
  /** What is tried: to bind, to an address or all, sharing or not; or to close one of those there are. */
  const binding = fc.record({
    address: fc.constantFrom(undefined, OWN_IP, SECOND_IP, "127.0.0.1"),
    reuseAddress: fc.boolean(),
  });
  const steps = fc.array(fc.oneof(binding, fc.nat(5)), { maxLength: 24 });

  it("are there if none of the others objects, and get what is for them", () => {
    fc.assert(
      fc.property(steps, (tried) => {
        const { machine } = sharing();
        const { UDP } = machine.stack.io;
        const open: { socket: Udp; options: UdpOptions }[] = [];
        for (const step of tried) {
          if (typeof step === "number") {
            open.splice(step, 1)[0]?.socket.close();
            continue;
          }
          const { address, reuseAddress } = step;
          const objects = open.some(
            ({ options: other }) =>
              (address === undefined || other.address === undefined || other.address === address) &&
              !(reuseAddress && other.reuseAddress === true),
          );
          const bind = () => new UDP({ port: 9, ...step });
          if (objects) expect(bind).toThrow(inUse);
          else open.push({ socket: bind(), options: step });
        }
        const sockets = open.map(({ socket }) => socket);
        const boundTo = open.map(({ options }) => options.address);
        const one = boundTo.lastIndexOf(boundTo.includes(OWN_IP) ? OWN_IP : undefined);
        arrives(machine, OWN_IP);
        expect(heardBy(sockets)).toEqual(one < 0 ? [] : [one]);
        arrives(machine, "255.255.255.255");
        const unbound = boundTo.flatMap((address, at) => (address === undefined ? [at] : []));
        expect(heardBy(sockets)).toEqual(unbound);
      }),
    );
  });
});

describe("what comes for a shared port", () => {
  it("goes to the socket that was bound last, if it is for this host alone", () => {
    const { machine, sockets } = sharing({}, {}, {});
    arrives(machine, OWN_IP);
    expect(heardBy(sockets)).toEqual([2]);
    sockets.pop()!.close();
    arrives(machine, OWN_IP);
    expect(heardBy(sockets)).toEqual([1]);
  });

  it("goes rather to one that is bound to the address, and rather still to one that is connected to the peer", () => {
    const { machine, sockets } = sharing({}, { address: OWN_IP }, {});
    arrives(machine, OWN_IP);
    expect(heardBy(sockets)).toEqual([1]);
    sockets[0]!.connect!(PEER_IP, 1000);
    arrives(machine, OWN_IP);
    arrives(machine, OWN_IP, 1001);
    expect(heardBy(sockets)).toEqual([0, 1]);
  });

  it.each(["255.255.255.255", "10.0.0.255"])(
    "goes to each that is not bound to an address, if it is for %s",
    (all) => {
      const { machine, sockets } = sharing({}, { address: OWN_IP }, {});
      arrives(machine, all);
      expect(heardBy(sockets)).toEqual([0, 2]);
      expect(heardBy(sockets)).toEqual([]);
    },
  );

  it("goes to each member, if it is for a group, in bytes of its own", () => {
    const { machine, sockets } = sharing({ multicast: GROUP }, {}, { multicast: GROUP });
    arrives(machine, GROUP);
    const [first, , third] = sockets.map((socket) => socket.read());
    new Uint8Array(first!).fill(0);
    expect(Buffer.from(third!).toString()).toBe("hello");
    expect(heardBy(sockets)).toEqual([]);
  });

  it("is heard by the members on this host as by those on the link (RFC 1112 §6.1), and broadcasts by all", () => {
    const { machine, sockets } = sharing({ multicast: GROUP, broadcast: true }, { multicast: GROUP });
    const [sender] = sockets;
    sender!.write(Buffer.from("x"), GROUP, 9);
    machine.settle();
    expect(heardBy(sockets)).toEqual([0, 1]);
    sender!.write(Buffer.from("x"), "255.255.255.255", 9);
    machine.settle();
    expect(heardBy(sockets)).toEqual([0, 1]);
  });
});
