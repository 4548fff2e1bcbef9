import { describe, expect, it } from "@jest/globals";
import type { Udp, UdpOptions } from "../../../src/host/index.js";
import { icmp, udp } from "../support/build.js";
import { Machine, OWN_IP, PEER_IP } from "../support/machine.js";

const PEER_PORT = 1000;
const DATA = Buffer.from("x");

/** A socket on port 9 that is connected to the peer's port 1000. */
function connected(options: UdpOptions = {}): { machine: Machine; socket: Udp; heard: string[] } {
  const machine = new Machine();
  const heard: string[] = [];
  const socket = new machine.stack.io.UDP({
    port: 9,
    onReadable: (count) => heard.push(`readable ${count}`),
    onError: (error) => heard.push(String(error)),
    ...options,
  });
  socket.connect!(PEER_IP, PEER_PORT);
  return { machine, socket, heard };
}

describe("a connected UDP socket", () => {
  it("sends without an address, and to no other", () => {
    const { machine, socket } = connected();
    socket.write(DATA);
    machine.settle();
    expect(machine.sent).toMatchObject([{ destination: PEER_IP, udp: { from: 9, to: PEER_PORT } }]);
    expect(() => socket.write(DATA, PEER_IP, PEER_PORT)).toThrow(/connected to 10\.0\.0\.9:1000 \(EISCONN\)/);
  });

  it("hears its peer, and nobody else", () => {
    const { machine, socket } = connected();
    machine.receiveIp(udp({ source: PEER_IP, destination: OWN_IP }, PEER_PORT, 9, Buffer.from("peer")));
    for (const [source, from] of [
      [PEER_IP, PEER_PORT + 1],
      ["10.0.0.8", PEER_PORT],
    ] as const)
      machine.receiveIp(udp({ source, destination: OWN_IP }, from, 9, Buffer.from("other")));
    expect(Buffer.from(socket.read()!).toString()).toBe("peer");
    expect(socket.read()).toBeUndefined();
    expect(machine.stack.counters.drops["udp-no-port"]).toBe(2);
  });

  it("is told by ICMP that nobody is there", () => {
    const { machine, socket, heard } = connected();
    socket.write(DATA);
    machine.settle();
    const sent = udp({ source: OWN_IP, destination: PEER_IP }, 9, PEER_PORT, DATA);
    machine.receiveIp(icmp({ source: PEER_IP, destination: OWN_IP }, 3, 3, 0, sent));
    expect(heard).toEqual(["NetworkError: send UDP to 10.0.0.9:1000: connection refused (ECONNREFUSED)"]);
  });

  it("may be connected to another peer", () => {
    const { machine, socket } = connected();
    socket.connect!("10.0.0.8", 53);
    machine.neighbors.set("10.0.0.8", "02:00:00:00:00:08");
    socket.write(DATA);
    machine.settle();
    expect(machine.sent).toMatchObject([{ destination: "10.0.0.8", udp: { to: 53 } }]);
  });

  it.each<[string, string, number, string]>([
    ["no port", PEER_IP, 0, "EINVAL"],
    ["no address", "peer", 9, "EINVAL"],
    ["where no route leads", "192.0.2.1", 9, "ENETUNREACH"],
    ["to everybody", "10.0.0.255", 9, "EACCES"],
  ])("cannot be connected to %s, and stays as it was", (_, address, port, code) => {
    const { machine, socket } = connected();
    expect(() => socket.connect!(address, port)).toThrow(expect.objectContaining({ code }));
    socket.write(DATA);
    machine.settle();
    expect(machine.sent).toMatchObject([{ destination: PEER_IP }]);
  });

  it("can't be connected once it is closed", () => {
    const { socket } = connected();
    socket.close();
    expect(() => socket.connect!(PEER_IP, 9)).toThrow(/EBADF/);
  });
});
