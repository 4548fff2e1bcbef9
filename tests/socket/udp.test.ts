import { describe, expect, it } from "@jest/globals";
import { Ipv4Address, SocketAddress } from "../../src/address/index.js";
import { UdpSocket } from "../../src/socket/index.js";
import { CLIENT, SERVER, UNROUTED, bytes, failureOf, simulated, text, type Network } from "./network.js";

const GROUP = "239.1.2.3";

async function bound({ server }: Network, port = 7): Promise<UdpSocket> {
  const socket = new UdpSocket(server);
  await socket.bind([SERVER, port]);
  return socket;
}

describe("datagrams", () => {
  it(
    "go to an address, and come with the one they are from",
    simulated(async (network) => {
      const far = await bound(network);
      const near = new UdpSocket(network.client);
      expect(near.localAddress).toBeUndefined();
      expect(await near.sendTo(bytes("ping"), `${SERVER}:7`)).toBe(4);
      const { data, address } = await far.recvFrom();
      expect(text(data)).toBe("ping");
      expect(address.toString()).toBe(`${CLIENT}:${near.localAddress?.port}`);
      await far.sendTo(bytes("pong"), address);
      expect(text((await near.recvFrom()).data)).toBe("pong");
    }),
  );

  it.each([
    ["a text", `${SERVER}:7`],
    ["a pair", [SERVER, 7]],
    ["an object", { address: SERVER, port: 7 }],
    ["an object with an address", { address: Ipv4Address.parse(SERVER), port: 7 }],
    ["a SocketAddress", SocketAddress.parse(`${SERVER}:7`)],
  ] as const)("go to %s", async (_, address) => {
    await simulated(async (network) => {
      const far = await bound(network);
      const near = new UdpSocket(network.client);
      await near.sendTo(bytes("1"), address);
      await near.sendTo(bytes("2"), address);
      expect(text((await far.recvFrom()).data)).toBe("1");
      expect(text((await far.recvFrom()).data)).toBe("2");
    })();
  });

  it(
    "go where an object says that has been changed meanwhile",
    simulated(async (network) => {
      const [first, second] = [await bound(network, 7), await bound(network, 8)];
      const near = new UdpSocket(network.client);
      const address = { address: SERVER, port: 7 };
      await near.sendTo(bytes("1"), address);
      address.port = 8;
      await near.sendTo(bytes("2"), address);
      expect(text((await first.recvFrom()).data)).toBe("1");
      expect(text((await second.recvFrom()).data)).toBe("2");
    }),
  );

  it(
    "keep their bounds, and may be empty",
    simulated(async (network) => {
      const far = await bound(network);
      const near = new UdpSocket(network.client);
      for (const data of ["one", "", "three"]) await near.sendTo(bytes(data), [SERVER, 7]);
      for (const data of ["one", "", "three"]) expect(text((await far.recvFrom()).data)).toBe(data);
    }),
  );

  it(
    "are served to calls that wait in their order",
    simulated(async (network) => {
      const far = await bound(network);
      const calls = [far.recvFrom(), far.recvFrom()];
      const near = new UdpSocket(network.client);
      for (const data of ["one", "two"]) await near.sendTo(bytes(data), [SERVER, 7]);
      expect((await Promise.all(calls)).map(({ data }) => text(data))).toEqual(["one", "two"]);
    }),
  );

  it(
    "are dropped by the provider when nobody receives them: nothing grows",
    simulated(
      async (network) => {
        const far = await bound(network);
        const near = new UdpSocket(network.client);
        await near.sendTo(bytes("whose MAC is it?"), [SERVER, 7]);
        await far.recvFrom();
        for (let i = 0; i < 100; i++) await near.sendTo(Uint8Array.of(i), [SERVER, 7]);
        await network.wait(100);
        let count = 0;
        await expect(
          (async () => {
            for (;;) expect((await far.recvFrom({ timeout: 10 })).data[0]).toBe(count++);
          })(),
        ).rejects.toMatchObject({ code: "ETIMEDOUT" });
        expect(count).toBe(16);
      },
      { stack: { profile: "device" } },
    ),
  );
});

describe("sending fails", () => {
  it.each([
    ["without a route", [UNROUTED, 7], /192\.168\.9\.9:7: .*\(ENETUNREACH\)$/],
    ["to a broadcast address that is not allowed", ["10.0.0.255", 7], /10\.0\.0\.255:7: .*\(EACCES\)$/],
    ["to port 0", [SERVER, 0], /^send to 10\.0\.0\.2:0: 0 is no port \(EINVAL\)$/],
    ["to what is no address", ["10.0.0.300", 7], /octet 300 is over 255 \(EINVAL\)$/],
    [
      "to a name without a resolver",
      ["printer.local", 7],
      /^send to printer\.local:7: .*no resolver.*\(ENOTSUP\)$/,
    ],
  ] as const)("%s", async (_, address, message) => {
    await simulated(async ({ client }) => {
      await expect(new UdpSocket(client).sendTo(bytes("x"), address)).rejects.toThrow(message);
    })();
  });

  it(
    "for what is too long",
    simulated(async ({ client }) => {
      const socket = new UdpSocket(client);
      await expect(socket.sendTo(new Uint8Array(65_508), [SERVER, 7])).rejects.toThrow(
        /10\.0\.0\.2:7: .*\(EMSGSIZE\)$/,
      );
      expect(await socket.sendTo(new Uint8Array(65_507), [SERVER, 7])).toBe(65_507);
    }),
  );
});

describe("a connected socket", () => {
  it(
    "sends to its peer, and hears nobody else",
    simulated(async (network) => {
      const far = await bound(network);
      const near = new UdpSocket(network.client);
      await near.connect([SERVER, 7]);
      expect(near.remoteAddress?.toString()).toBe(`${SERVER}:7`);
      await near.send(bytes("ping"));
      const { address } = await far.recvFrom();
      const stranger = await bound(network, 8);
      await stranger.sendTo(bytes("psst"), address);
      await network.wait(10);
      await far.sendTo(bytes("pong"), address);
      expect(text(await near.recv())).toBe("pong");
      await far.sendTo(bytes("again"), address);
      const { data, address: source } = await near.recvFrom();
      expect([text(data), source.toString()]).toEqual(["again", `${SERVER}:7`]);
      await expect(near.sendTo(bytes("x"), [SERVER, 8])).rejects.toMatchObject({ code: "EISCONN" });
    }),
  );

  it(
    "receives into the caller's buffer, and what does not fit is lost",
    simulated(async (network) => {
      const far = await bound(network);
      const near = new UdpSocket(network.client);
      await near.connect([SERVER, 7]);
      await near.send(bytes("?"));
      const { address } = await far.recvFrom();
      for (const data of ["short", "much longer"]) await far.sendTo(bytes(data), address);
      const buffer = new Uint8Array(8).fill(0x2e);
      expect(await near.recvInto(buffer)).toBe(5);
      expect(text(buffer)).toBe("short...");
      expect(await near.recvInto(buffer.subarray(0, 4))).toBe(4);
      expect(text(buffer)).toBe("mucht...");
    }),
  );

  it.each<[string, (socket: UdpSocket) => Promise<unknown>]>([
    ["send", (socket) => socket.send(bytes("x"))],
    ["recv", (socket) => socket.recv()],
    ["recvInto", (socket) => socket.recvInto(new Uint8Array(1))],
  ])("is what %s is for", async (_, call) => {
    await simulated(async ({ client }) => {
      await expect(call(new UdpSocket(client))).rejects.toMatchObject({ code: "ENOTCONN" });
    })();
  });
});

describe("binding", () => {
  it(
    "takes the port, and close gives it back",
    simulated(async (network) => {
      const socket = await bound(network, 80);
      expect(socket.localAddress?.toString()).toBe(`${SERVER}:80`);
      await expect(bound(network, 80)).rejects.toThrow(/80.*\(EADDRINUSE\)$/);
      await expect(socket.bind([SERVER, 81])).rejects.toThrow(/has an address already \(EINVAL\)$/);
      await socket.close();
      await bound(network, 80);
    }),
  );

  it(
    "fails on an address that is not this host's",
    simulated(async ({ client }) => {
      await expect(new UdpSocket(client).bind([SERVER, 80])).rejects.toThrow(
        /10\.0\.0\.2.*\(EADDRNOTAVAIL\)$/,
      );
    }),
  );

  it(
    "refuses a name",
    simulated(async ({ client }) => {
      await expect(new UdpSocket(client).bind("printer.local:80")).rejects.toThrow(/a name.*\(EINVAL\)$/);
    }),
  );
});

describe("groups and broadcasts", () => {
  it(
    "are heard by who has joined or may hear all",
    simulated(async (network) => {
      const far = new UdpSocket(network.server);
      await far.bind("0.0.0.0:7");
      await far.join(GROUP);
      const near = new UdpSocket(network.client, { broadcast: true, multicastTimeToLive: 1 });
      await near.sendTo(bytes("group"), [GROUP, 7]);
      expect(text((await far.recvFrom()).data)).toBe("group");
      await far.leave(Ipv4Address.parse(GROUP));
      await near.sendTo(bytes("nobody"), [GROUP, 7]);
      await near.sendTo(bytes("all"), "255.255.255.255:7");
      expect(text((await far.recvFrom()).data)).toBe("all");
    }),
  );

  it(
    "are joined on an interface of choice",
    simulated(async (network) => {
      const far = new UdpSocket(network.server);
      await far.bind("0.0.0.0:7");
      await far.join(GROUP, SERVER);
      await expect(far.join(GROUP, CLIENT)).rejects.toMatchObject({ code: "ENETUNREACH" });
      await new UdpSocket(network.client).sendTo(bytes("group"), [GROUP, 7]);
      expect(text((await far.recvFrom()).data)).toBe("group");
      await far.leave(GROUP, SERVER);
      await expect(far.leave(GROUP)).rejects.toMatchObject({ code: "EADDRNOTAVAIL" });
    }),
  );

  it(
    "cannot be joined unbound, nor left when they were not joined, nor be any address",
    simulated(async (network) => {
      const socket = new UdpSocket(network.server);
      await expect(socket.join(GROUP)).rejects.toThrow(
        `join group ${GROUP}: the socket is not bound to a port (EINVAL)`,
      );
      await socket.bind("0.0.0.0:7");
      await expect(socket.join(SERVER)).rejects.toMatchObject({ code: "EINVAL" });
      await expect(socket.leave(GROUP)).rejects.toMatchObject({ code: "EADDRNOTAVAIL" });
    }),
  );
});

describe("close", () => {
  it(
    "rejects with EBADF what waits, and what comes later; more than once is harmless",
    simulated(async (network) => {
      const socket = await bound(network);
      const failure = failureOf(socket.recvFrom());
      await socket.close();
      await socket.close();
      await network.wait(1);
      expect(failure.message).toMatch(/^receive.*\(EBADF\)$/);
      const later: (() => Promise<unknown>)[] = [
        () => socket.recvFrom(),
        () => socket.recv(),
        () => socket.send(bytes("x")),
        () => socket.sendTo(bytes("x"), [SERVER, 7]),
        () => socket.bind([SERVER, 7]),
        () => socket.connect([SERVER, 7]),
        () => socket.join(GROUP),
        () => socket.leave(GROUP),
      ];
      for (const call of later) await expect(call()).rejects.toMatchObject({ code: "EBADF" });
      expect([socket.localAddress, socket.remoteAddress]).toEqual([undefined, undefined]);
    }),
  );

  it(
    "ends the loop over datagrams, which can be left and entered again before",
    simulated(async (network) => {
      const socket = await bound(network);
      const near = new UdpSocket(network.client);
      for (const data of ["1", "2", "3"]) await near.sendTo(bytes(data), [SERVER, 7]);
      const heard: string[] = [];
      for await (const { data } of socket) {
        heard.push(text(data));
        break;
      }
      network.simulation.schedule(100, () => void socket.close());
      for await (const { data } of socket) heard.push(text(data));
      expect(heard).toEqual(["1", "2", "3"]);
    }),
  );
});

describe("what the network says of a datagram", () => {
  it(
    "is told once to a connected socket, in the next call or the one that waits",
    simulated(async (network) => {
      const socket = new UdpSocket(network.client);
      await socket.connect([SERVER, 9]);
      const waiting = failureOf(socket.recv());
      await socket.send(bytes("x"));
      await network.wait(100);
      expect(waiting.message).toMatch(/10\.0\.0\.2:9: connection refused \(ECONNREFUSED\)$/);
      await socket.send(bytes("x"));
      await network.wait(100);
      await expect(socket.send(bytes("x"))).rejects.toMatchObject({ code: "ECONNREFUSED" });
      await expect(socket.recv({ timeout: 0.5 })).rejects.toMatchObject({ code: "ETIMEDOUT" });
    }),
  );

  it(
    "is not told to one that is not connected",
    simulated(async (network) => {
      const socket = new UdpSocket(network.client);
      await socket.sendTo(bytes("x"), [SERVER, 9]);
      await expect(socket.recvFrom({ timeout: 1_000 })).rejects.toMatchObject({ code: "ETIMEDOUT" });
      await socket.sendTo(bytes("x"), [SERVER, 9]);
    }),
  );
});

it(
  "a port can be shared by sockets that all say so",
  simulated(async (network) => {
    const sockets = [true, true].map((reuseAddress) => new UdpSocket(network.server, { reuseAddress }));
    for (const socket of sockets) {
      await socket.bind("0.0.0.0:7");
      await socket.join(GROUP);
    }
    await expect(bound(network, 7)).rejects.toMatchObject({ code: "EADDRINUSE" });
    await new UdpSocket(network.client).sendTo(bytes("all"), [GROUP, 7]);
    for (const socket of sockets) expect(text((await socket.recvFrom()).data)).toBe("all");
  }),
);
