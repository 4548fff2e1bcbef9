import { describe, expect, it } from "@jest/globals";
import { icmp, ipv4, tcp, udp } from "../support/build.js";
import { dialogue, type Dialogue } from "../support/dialogue.js";
import { Machine, OWN_IP, PEER_IP } from "../support/machine.js";

const FROM_PEER = { source: PEER_IP, destination: OWN_IP };
const TO_PEER = { source: OWN_IP, destination: PEER_IP };

const UNREACHABLE = 3;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;
const PORT = 3;
const HOST = 1;

/** An ICMP error about `packet`, quoted as far as RFC 792 asks. */
function error(type: number, code: number, packet: Uint8Array): Uint8Array {
  return icmp(FROM_PEER, type, code, 0, packet.subarray(0, 28));
}

describe("an ICMP error reaches a UDP socket (RFC 1122 §4.1.3.3)", () => {
  function sending(): { machine: Machine; errors: string[]; port: number } {
    const machine = new Machine();
    const errors: string[] = [];
    const socket = new machine.stack.io.UDP({ onError: (cause) => errors.push(String(cause)) });
    socket.write(Buffer.from("hello"), PEER_IP, 53);
    machine.settle();
    return { machine, errors, port: socket.port! };
  }

  it.each([
    [PORT, "ECONNREFUSED"],
    [HOST, "EHOSTUNREACH"],
    [0, "EHOSTUNREACH"],
    [13, "EHOSTUNREACH"],
  ])("code %i as %s, with the address", (code, name) => {
    const { machine, errors, port } = sending();
    machine.receiveIp(error(UNREACHABLE, code, udp(TO_PEER, port, 53, Buffer.from("hello"))));
    expect(errors).toEqual([expect.stringMatching(`10\\.0\\.0\\.9:53.*${name}`)]);
  });

  it.each<[string, (port: number) => Uint8Array, Record<string, number>]>([
    ["time exceeded", (port) => error(TIME_EXCEEDED, 0, udp(TO_PEER, port, 53, Buffer.from("hello"))), {}],
    [
      "another port's",
      (port) => error(UNREACHABLE, PORT, udp(TO_PEER, port ^ 1, 53, Buffer.from("hello"))),
      { "icmpv4-not-ours": 1 },
    ],
    [
      "one about a destination it has never written to",
      (port) => error(UNREACHABLE, PORT, udp(TO_PEER, port, 54, Buffer.from("hello"))),
      { "icmpv4-not-ours": 1 },
    ],
    [
      "one about a fragment other than the first",
      (port) =>
        error(
          UNREACHABLE,
          PORT,
          ipv4(
            { ...TO_PEER, protocol: 17, fragment: 1 },
            udp(TO_PEER, port, 53, Buffer.from("x")).subarray(20),
          ),
        ),
      { "icmpv4-not-ours": 1 },
    ],
    [
      "another host's",
      (port) =>
        error(
          UNREACHABLE,
          PORT,
          udp({ source: "10.0.0.2", destination: PEER_IP }, port, 53, Buffer.from("x")),
        ),
      { "icmpv4-not-ours": 1 },
    ],
    [
      "too short a quotation",
      () => icmp(FROM_PEER, UNREACHABLE, PORT, 0, Buffer.alloc(27, 0x45)),
      { "icmpv4-truncated": 1 },
    ],
    ["no IPv4 header", () => icmp(FROM_PEER, UNREACHABLE, PORT, 0, Buffer.alloc(40)), { "icmpv4-quoted": 1 }],
    [
      "a quotation that ends with its options",
      () =>
        icmp(
          FROM_PEER,
          UNREACHABLE,
          PORT,
          0,
          ipv4({ ...TO_PEER, protocol: 17, options: [1, 1, 1, 1, 1, 1, 1, 0] }, Buffer.alloc(0)),
        ),
      { "icmpv4-truncated": 1 },
    ],
  ])("but not %s", (_, packet, drops) => {
    const { machine, errors, port } = sending();
    machine.receiveIp(packet(port));
    expect(errors).toEqual([]);
    expect(machine.stack.counters.drops).toEqual(drops);
  });
});

describe("an ICMP error reaches a TCP connection", () => {
  /** Quotes a segment of the connection with sequence number `seq`, counted from the SYN. */
  function quoting({ app }: Dialogue, type: number, code: number, seq: number): Uint8Array {
    const { localPort, remotePort, iss } = app.connection;
    return error(
      type,
      code,
      tcp(TO_PEER, {
        from: localPort,
        to: remotePort,
        sequence: (iss + seq) >>> 0,
        acknowledgment: 0,
        flags: 2,
        window: 0,
      }),
    );
  }

  it.each([2, PORT])("that is being opened: code %i refuses it (RFC 1122 §4.2.3.9)", (code) => {
    const d = dialogue();
    d.app.connects();
    d.peer.receives({ syn: true });
    d.machine.receiveIp(quoting(d, UNREACHABLE, code, 0));
    expect(d.app.heard()).toEqual(["error ECONNREFUSED"]);
  });

  it.each([
    [UNREACHABLE, HOST, "EHOSTUNREACH"],
    [UNREACHABLE, 0, "ENETUNREACH"],
    [TIME_EXCEEDED, 0, "EHOSTUNREACH"],
    [PARAMETER_PROBLEM, 0, "EHOSTUNREACH"],
  ])("type %i, code %i only explains the time-out, as %s", (type, code, name) => {
    const d = dialogue();
    d.app.connects();
    d.peer.receives({ syn: true });
    d.machine.receiveIp(quoting(d, type, code, 0));
    d.clock.advance(200_000);
    d.peer.ignores();
    expect(d.app.heard()).toEqual([`error ${name}`]);
  });

  it("is not a source quench, which means nothing any more (RFC 6633)", () => {
    const d = dialogue();
    d.app.connects();
    d.peer.receives({ syn: true });
    d.machine.receiveIp(quoting(d, 4, 0, 0));
    expect(d.drops).toEqual({ "icmpv4-type": 1 });
  });

  it("is believed only with a sequence number that is in flight (RFC 5927 §4.1)", () => {
    const d = dialogue();
    d.app.connects();
    d.peer.receives({ syn: true });
    for (const seq of [-1, 1, 1000]) d.machine.receiveIp(quoting(d, UNREACHABLE, PORT, seq));
    expect(d.app.states).toEqual(["SYN-SENT"]);
    expect(d.drops).toEqual({ "icmpv4-not-in-flight": 3 });
  });

  it("does not end one that is established (RFC 5461), and is forgotten with the next answer", () => {
    const d = dialogue();
    d.opens();
    d.app.writes("hello");
    d.peer.receives({ data: "hello", seq: 1, ack: 1 });
    d.machine.receiveIp(quoting(d, UNREACHABLE, PORT, 1));
    expect(d.app.states).toEqual(["ESTABLISHED"]);
    expect(d.app.connection.softError).toBe("ECONNREFUSED");
    d.peer.sends({ seq: 1, ack: 6 });
    expect(d.app.connection.softError).toBeUndefined();
  });
});
