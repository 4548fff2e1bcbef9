import { beforeEach, describe, expect, it } from "@jest/globals";
import { DATAGRAM_LIMIT, type Platform } from "../../../../hosts/xs/io/index.js";
import { DEVICE_ADDRESS, PEER_ADDRESS } from "../moddable/network.js";
import { network, io, start, settle, bytes, text, codeOf } from "./support.js";

describe.each<Platform>(["esp32", "desktop"])("UDP over Moddable's on %s", (platform) => {
  beforeEach(() => start(platform));

  it("moves datagrams both ways", () => {
    const counts: number[] = [];
    const socket = new io.UDP({ port: 5000, onReadable: (count) => void counts.push(count) });
    const peer = new network.peer.stack.io.UDP({ port: 9 });
    peer.write(bytes("ping"), DEVICE_ADDRESS, 5000);
    settle();
    const datagram = socket.read();
    expect([text(datagram), datagram?.address, datagram?.port]).toEqual(["ping", PEER_ADDRESS, 9]);
    expect(socket.read()).toBeUndefined();
    socket.write(bytes("pong"), PEER_ADDRESS, 9);
    settle();
    expect(text(peer.read())).toBe("pong");
    expect(counts).toEqual([1]);
    expect(socket.port).toBe(5000);
  });

  it("has a port of its own before anything is sent, which Moddable does not tell", () => {
    const taken = new network.device.stack.io.UDP({ port: 49_152 });
    const sockets = [new io.UDP({}), new io.UDP({})];
    expect(sockets.map(({ port }) => port)).toEqual([49_153, 49_154]);
    new network.peer.stack.io.UDP({}).write(bytes("hello"), DEVICE_ADDRESS, 49_153);
    settle();
    expect(text(sockets[0]!.read())).toBe("hello");
    taken.close();
  });

  it("has NetworkErrors for what Moddable throws, and for what it does not notice", () => {
    new network.device.stack.io.UDP({ port: 68 });
    expect(codeOf(() => new io.UDP({ port: 68 }))).toBe("EADDRINUSE");
    expect(codeOf(() => new io.UDP({ address: "127.0.0.1" }))).toBe("ENOTSUP");
    const socket = new io.UDP({});
    expect(codeOf(() => socket.write(bytes("x"), "203.0.113.1", 9))).toBe("ENETUNREACH");
    expect(codeOf(() => socket.write(bytes("x"), "255.255.255.255", 9))).toBe("EACCES");
    expect(codeOf(() => socket.write(bytes("x"), "::1", 9))).toBe("EAFNOSUPPORT");
    expect(codeOf(() => socket.write(bytes("x"), "192.0.2.7", 0))).toBe("EINVAL");
    expect(codeOf(() => socket.write(new Uint8Array(65_508), "192.0.2.7", 9))).toBe("EMSGSIZE");
    socket.close();
    socket.close();
    expect(codeOf(() => socket.read())).toBe("EBADF");
    expect(codeOf(() => socket.write(bytes("x"), "192.0.2.7", 9))).toBe("EBADF");
  });

  it("reads into a buffer, which Moddable can't, and loses nothing if it is too small", () => {
    const socket = new io.UDP({ port: 5000 });
    new network.peer.stack.io.UDP({ port: 9 }).write(bytes("ping"), DEVICE_ADDRESS, 5000);
    settle();
    expect(codeOf(() => socket.read(new ArrayBuffer(3)))).toBe("EMSGSIZE");
    const buffer = new Uint8Array(6);
    expect(socket.read(buffer)).toBe(4);
    expect(buffer).toMatchObject({ address: PEER_ADDRESS, port: 9 });
    expect(text(buffer.buffer)).toBe("ping\0\0");
    expect(socket.read()).toBeUndefined();
  });

  it("refuses what the platform can't", () => {
    expect(codeOf(() => new io.UDP({ reuseAddress: true }))).toBe("ENOTSUP");
    expect(codeOf(() => new io.UDP({ timeToLive: 0 }))).toBe("EINVAL");
    expect(codeOf(() => new io.Listener({ reuseAddress: false }))).toBe("ENOTSUP");
  });

  it("keeps what its one peer sends, once it has one", () => {
    const socket = new io.UDP({ port: 5000 });
    const peers = [new network.peer.stack.io.UDP({ port: 8 }), new network.peer.stack.io.UDP({ port: 9 })];
    const sendAll = (): void =>
      peers.forEach((peer) => peer.write(bytes(`from ${peer.port}`), DEVICE_ADDRESS, 5000));
    sendAll();
    settle();
    socket.connect!(PEER_ADDRESS, 9);
    sendAll();
    settle();
    expect([text(socket.read()), text(socket.read()), socket.read()]).toEqual([
      "from 9",
      "from 9",
      undefined,
    ]);
    socket.write(bytes("hello"));
    settle();
    expect(text(peers[1]!.read())).toBe("hello");
    expect(codeOf(() => socket.write(bytes("x"), PEER_ADDRESS, 9))).toBe("EISCONN");
    expect(codeOf(() => socket.connect!("255.255.255.255", 9))).toBe("EACCES");
  });

  it("keeps so many datagrams and no more", () => {
    const socket = new io.UDP({ port: 5000 });
    const peer = new network.peer.stack.io.UDP({});
    for (let sent = 0; sent < 2 * DATAGRAM_LIMIT; sent++) {
      peer.write(bytes(String(sent)), DEVICE_ADDRESS, 5000);
      settle(20);
    }
    for (let read = 0; read < DATAGRAM_LIMIT; read++) expect(text(socket.read())).toBe(String(read));
    expect(socket.read()).toBeUndefined();
  });

  it("sends broadcasts and joins groups where the platform can", () => {
    const isEsp32 = platform === "esp32";
    const socket = new io.UDP({ port: 5000, broadcast: true });
    expect(codeOf(() => socket.write(bytes("x"), "255.255.255.255", 9))).toBe(isEsp32 ? undefined : "EACCES");
    expect(codeOf(() => socket.add("239.1.2.3"))).toBe(isEsp32 ? undefined : "ENOTSUP");
    expect(codeOf(() => socket.add("192.0.2.1"))).toBe("EINVAL");
    expect(codeOf(() => socket.add("239.1.2.3"))).toBe(isEsp32 ? "EADDRINUSE" : "ENOTSUP");
    expect(codeOf(() => socket.remove("239.1.2.3"))).toBe(isEsp32 ? undefined : "EADDRNOTAVAIL");
    expect(codeOf(() => socket.remove("239.1.2.3"))).toBe("EADDRNOTAVAIL");
    expect(codeOf(() => new io.UDP({ multicast: "239.1.2.3" }))).toBe(isEsp32 ? undefined : "ENOTSUP");
  });
});
