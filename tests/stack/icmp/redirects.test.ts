import { describe, expect, it } from "@jest/globals";
import { icmp, udp } from "../support/build.js";
import { ipBytes } from "../support/checksum.js";
import { Machine, OWN_IP, PEER_IP, PEER_MAC, type MachineOptions } from "../support/machine.js";
import { MAX_REDIRECTS } from "../../../src/stack/icmp/redirects.js";

const REDIRECT = 5;
const HOST = 1;
const FAR = "8.8.8.8";
const BETTER = "10.0.0.7";
const BETTER_MAC = "02:00:00:00:00:07";

function behindGateway(options: MachineOptions = {}): Machine {
  const machine = new Machine({ gateway: PEER_IP, ...options });
  machine.neighbors.set(BETTER, BETTER_MAC);
  return machine;
}

/** A redirect: whoever sends to `destination` should use `gateway`. */
function redirect(gateway: string, destination = FAR, from = PEER_IP, sender = OWN_IP): Uint8Array {
  const quoted = udp({ source: sender, destination }, 1000, 9, Buffer.from("x")).subarray(0, 28);
  const rest = Buffer.from(ipBytes(gateway)).readUInt32BE();
  return icmp({ source: from, destination: OWN_IP }, REDIRECT, HOST, rest, quoted);
}

/** The MAC that a datagram to `destination` goes to. */
function way(machine: Machine, destination = FAR): string {
  machine.sent.length = 0;
  new machine.stack.io.UDP({}).write(Buffer.from("x"), destination, 9);
  machine.settle();
  return machine.sent.at(-1)!.to;
}

describe("an ICMP redirect (RFC 1122 §3.2.2.2)", () => {
  it("is ignored and counted, unless the host wants it", () => {
    const machine = behindGateway();
    machine.receiveIp(redirect(BETTER));
    expect(way(machine)).toBe(PEER_MAC);
    expect(machine.stack.counters.drops).toEqual({ "icmpv4-redirect": 1 });
  });

  it("then moves the one destination to the other gateway", () => {
    const machine = behindGateway({ acceptRedirects: true });
    machine.receiveIp(redirect(BETTER));
    expect([way(machine), way(machine, "8.8.8.9")]).toEqual([BETTER_MAC, PEER_MAC]);
    expect(machine.stack.counters.drops).toEqual({});
  });

  it.each<[string, Uint8Array]>([
    ["not from the gateway in use", redirect(BETTER, FAR, "10.0.0.8")],
    ["to a gateway on another network", redirect("10.0.1.7")],
    ["to the network's broadcast address", redirect("10.0.0.255")],
    ["to this host", redirect(OWN_IP)],
    ["about a destination on the link", redirect(BETTER, "10.0.0.30")],
    ["about what somebody else has sent", redirect(BETTER, FAR, PEER_IP, "10.0.0.2")],
    [
      "that quotes nothing",
      icmp({ source: PEER_IP, destination: OWN_IP }, REDIRECT, HOST, 0x0a00_0007, Buffer.alloc(0)),
    ],
    [
      "that quotes no IPv4",
      icmp({ source: PEER_IP, destination: OWN_IP }, REDIRECT, HOST, 0x0a00_0007, Buffer.alloc(28)),
    ],
  ])("is not believed %s", (_, packet) => {
    const machine = behindGateway({ acceptRedirects: true });
    machine.receiveIp(packet);
    expect(way(machine)).toBe(PEER_MAC);
    expect(machine.stack.counters.drops).toEqual({ "icmpv4-redirect": 1 });
  });

  it("can be followed by another one, of the gateway in use by then", () => {
    const machine = behindGateway({ acceptRedirects: true });
    machine.neighbors.set("10.0.0.6", "02:00:00:00:00:06");
    machine.receiveIp(redirect(BETTER));
    machine.receiveIp(redirect("10.0.0.6", FAR, BETTER));
    expect(way(machine)).toBe("02:00:00:00:00:06");
    expect([...machine.stack.routes]).toHaveLength(3);
  });

  it("is forgotten when its gateway does not answer", () => {
    const machine = behindGateway({ acceptRedirects: true });
    machine.neighbors.delete(BETTER);
    machine.receiveIp(redirect(BETTER));
    way(machine);
    machine.advance(4_000);
    expect(way(machine)).toBe(PEER_MAC);
  });

  it("takes no more memory than a few of them need", () => {
    const machine = behindGateway({ acceptRedirects: true });
    for (let i = 0; i < 3 * MAX_REDIRECTS; i++) machine.receiveIp(redirect(BETTER, `8.8.1.${i}`));
    expect([...machine.stack.routes]).toHaveLength(2 + MAX_REDIRECTS);
    expect([way(machine, "8.8.1.0"), way(machine, "8.8.1.47")]).toEqual([PEER_MAC, BETTER_MAC]);
  });
});

describe("an echo request", () => {
  it("is answered in the class that it came in (RFC 1349 §5.1), without its congestion mark", () => {
    const machine = behindGateway();
    const request = Buffer.from(icmp({ source: PEER_IP, destination: OWN_IP }, 8, 0, 7, Buffer.from("x")));
    request[1] = 0xb9;
    request.writeUInt16BE(request.readUInt16BE(10) - 0xb9, 10);
    machine.receiveIp(request);
    expect(machine.sent).toMatchObject([{ tos: 0xb8, icmp: { type: 0, rest: 7 } }]);
  });
});

describe("an error about an echo request", () => {
  it("is told to who traces the route, and at a poll", () => {
    const machine = behindGateway();
    const heard: unknown[] = [];
    machine.stack.icmp.onEchoError = (from, ...rest) => heard.push([from.toString(), ...rest]);
    machine.stack.icmp.sendEcho(machine.eth0.ipv4!.gateway!, 7, 3, Buffer.from("x"), 1);
    machine.settle();
    expect(machine.sent).toMatchObject([{ ttl: 1 }]);
    const quoted = machine.sent[0]!.bytes.subarray(14);
    machine.whileNotPolled(() => {
      machine.receiveIp(icmp({ source: "10.0.0.254", destination: OWN_IP }, 11, 0, 0, quoted));
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual([["10.0.0.254", 7, 3, 11, 0, 0]]);
  });

  it("is dropped and counted if nobody does", () => {
    const machine = behindGateway();
    const quoted = icmp({ source: OWN_IP, destination: FAR }, 8, 0, 7, Buffer.alloc(8));
    machine.receiveIp(icmp({ source: PEER_IP, destination: OWN_IP }, 11, 0, 0, quoted));
    expect(machine.stack.counters.drops).toEqual({ "icmpv4-reply": 1 });
  });
});
