import { afterEach, describe, expect, it } from "@jest/globals";
import { nodeIo } from "../../hosts/node/io/index.js";
import { createIo, type Platform } from "../../hosts/xs/io/index.js";
import type { Io, Listener, Tcp, TcpOptions, Udp } from "../../src/host/index.js";
import { Machine, PEER_IP } from "../stack/support/machine.js";
import { makeNetwork, PEER_ADDRESS } from "./xs/moddable/network.js";

function moddableIo(platform: Platform): Io {
  const { native, simulation } = makeNetwork(platform);
  return createIo(native, simulation.timers, platform);
}

/** The peer is nobody: these are the rules that need none. */
const PROVIDERS: readonly [name: string, make: () => Io, address: string][] = [
  ["the stack", () => new Machine().stack.io, PEER_IP],
  ["Node", () => nodeIo, "127.0.0.1"],
  ["Moddable on ESP32", () => moddableIo("esp32"), PEER_ADDRESS],
  ["Moddable's simulator", () => moddableIo("desktop"), PEER_ADDRESS],
];

const opened: (Tcp | Listener | Udp)[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

function keep<Socket extends Tcp | Listener | Udp>(socket: Socket): Socket {
  opened.push(socket);
  return socket;
}

describe.each(PROVIDERS)("ECMA-419's classes of %s", (_, make, address) => {
  const io = make();
  const remote = { address, port: 9 };
  const classes: [string, (options?: object) => Tcp | Listener | Udp, string][] = [
    ["TCP", (options) => keep(new io.TCP({ ...remote, ...options } as TcpOptions)), "buffer"],
    ["Listener", (options) => keep(new io.Listener({ ...options })), "socket/tcp"],
    ["UDP", (options) => keep(new io.UDP({ ...options })), "buffer"],
  ];

  describe.each(classes)("%s", (name, create, format) => {
    it("must be given options, and leaves them as they are", () => {
      const Class = io[name as keyof Io] as unknown as new (options?: object) => unknown;
      expect(() => new Class()).toThrow(Error);
      const options = Object.freeze({ target: 1, io: "ignored", unknown: "ignored" });
      expect(() => create(options)).not.toThrow();
    });

    it("keeps a target, which may be set anew", () => {
      const socket = create({ target: "mine" });
      expect(socket.target).toBe("mine");
      socket.target = "yours";
      expect(socket.target).toBe("yours");
      expect(create().target).toBeUndefined();
    });

    it("has a format, and keeps it when it is set to one that it does not have", () => {
      const socket = create() as { format: string };
      expect(socket.format).toBe(format);
      socket.format = format;
      for (const other of ["string", "uint8", "object", ""]) {
        expect(() => (socket.format = other)).toThrow(expect.objectContaining({ code: "EINVAL" }));
      }
      expect(socket.format).toBe(format);
      expect(() => create({ format: "string" })).toThrow(expect.objectContaining({ code: "EINVAL" }));
    });

    it("takes functions as callbacks, or null for none", () => {
      expect(() => create({ onReadable: null, onError: null })).not.toThrow();
      for (const callback of ["onReadable", "onError"])
        expect(() => create({ [callback]: "call me" })).toThrow(expect.objectContaining({ code: "EINVAL" }));
    });

    it("has its callbacks to itself", () => {
      const socket = create({ onReadable: () => undefined });
      expect("onReadable" in socket).toBe(false);
    });

    it("may be closed again, and does nothing else then", () => {
      const socket = create();
      socket.close();
      socket.close();
      expect(() => socket.read()).toThrow(expect.objectContaining({ code: "EBADF" }));
    });
  });

  it("TCP takes over what is one of its own, and open", () => {
    const socket = keep(new io.TCP(remote));
    const next = keep(new io.TCP({ from: socket, address: "not looked at", port: -1 }));
    expect(next.remotePort).toBe(9);
    expect(() => socket.read()).toThrow(expect.objectContaining({ code: "EBADF" }));
    expect(() => new io.TCP({ from: socket })).toThrow(expect.objectContaining({ code: "EBADF" }));
    const foreign = { ...next } as Tcp;
    expect(() => new io.TCP({ from: foreign })).toThrow(expect.objectContaining({ code: "EINVAL" }));
  });

  it.each<[string, TcpOptions]>([
    ["no address", { port: 9 }],
    ["port 65536", { address, port: 65_536 }],
    ["half a millisecond of keep-alive", { address, port: 9, keepAlive: 0.5 }],
  ])("TCP refuses %s", (_, options) => {
    expect(() => keep(new io.TCP(options))).toThrow(/EINVAL|EAFNOSUPPORT/);
  });

  it("TCP writes what its format has, and nothing else", () => {
    const socket = keep(new io.TCP(remote));
    const invalid = expect.objectContaining({ code: "EINVAL" });
    for (const data of [65, "text", null, undefined, {}, [1]])
      expect(() => socket.write(data as never)).toThrow(invalid);
    socket.format = "number";
    for (const data of [-1, 256, 1.5, Number.NaN, new Uint8Array(1)])
      expect(() => socket.write(data)).toThrow(invalid);
    // Nothing is connected: that the format is right is all that can be seen.
    for (const data of [0, 255]) expect(() => socket.write(data)).toThrow(/EWOULDBLOCK/);
  });

  it("UDP sends bytes to a host that it is told", () => {
    const socket = keep(new io.UDP({}));
    expect(() => socket.write(Uint8Array.of(1))).toThrow(/EINVAL|EAFNOSUPPORT/);
    expect(() => socket.write("text" as never, address, 9)).toThrow(/EINVAL/);
    expect(() => socket.write(Uint8Array.of(1), address, 0)).toThrow(/EINVAL/);
  });
});

it("a local end is refused where it can't be chosen", () => {
  const { TCP } = moddableIo("esp32");
  const notSupported = expect.objectContaining({ code: "ENOTSUP" });
  expect(() => new TCP({ address: "192.0.2.7", port: 9, localPort: 5000 })).toThrow(notSupported);
  expect(() => new TCP({ address: "192.0.2.7", port: 9, localAddress: "192.0.2.1" })).toThrow(notSupported);
});
