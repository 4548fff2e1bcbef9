import { describe, expect, it } from "@jest/globals";
import { TcpSocket } from "../../src/socket/index.js";
import { CLIENT, SERVER, bytes, failureOf, simulated, text, type Network } from "./network.js";

async function listening({ server }: Network, port = 7, backlog?: number): Promise<TcpSocket> {
  const listener = new TcpSocket(server);
  await listener.bind({ address: SERVER, port });
  await listener.listen(backlog);
  return listener;
}

async function connected({ client }: Network, port = 7): Promise<TcpSocket> {
  const socket = new TcpSocket(client);
  await socket.connect([SERVER, port]);
  return socket;
}

describe("accept", () => {
  it(
    "waits for a connection, and gives its socket and where it comes from",
    simulated(async (network) => {
      const listener = await listening(network);
      const accepting = listener.accept();
      const near = await connected(network);
      const { socket, address } = await accepting;
      expect(address.equals(near.localAddress!)).toBe(true);
      expect(socket.remoteAddress?.equals(address)).toBe(true);
    }),
  );

  it(
    "gives connections in the order in which they came, and so with all they have sent",
    simulated(async (network) => {
      const listener = await listening(network);
      for (const name of ["one", "two"]) {
        const socket = await connected(network);
        await socket.sendAll(bytes(name));
        await socket.close();
      }
      await network.wait(100);
      for (const name of ["one", "two"]) {
        const { socket } = await listener.accept();
        expect(text(await socket.recv(10))).toBe(name);
        expect(await socket.recv(10)).toHaveLength(0);
      }
    }),
  );

  it(
    "serves calls that wait at the same time in their order",
    simulated(async (network) => {
      const listener = await listening(network);
      const [first, second] = [listener.accept(), listener.accept()];
      const sockets = [await connected(network), await connected(network)];
      expect((await first).address.equals(sockets[0]!.localAddress!)).toBe(true);
      expect((await second).address.equals(sockets[1]!.localAddress!)).toBe(true);
    }),
  );

  it(
    "is rejected with EBADF when the socket is closed, which resets who has not been accepted",
    simulated(async (network) => {
      const listener = await listening(network);
      const near = await connected(network);
      await network.wait(100);
      const { socket } = await listener.accept();
      const failure = failureOf(listener.accept());
      const late = connected(network);
      await network.wait(1.5);
      await listener.close();
      await network.wait(100);
      expect(failure.message).toBe("accept on port 7: socket is closed (EBADF)");
      await expect(late.then((other) => other.recv(1))).rejects.toMatchObject({ code: /ECONNRE/ });
      // Those who were accepted are not concerned.
      await near.sendAll(bytes("still here"));
      expect(text(await socket.recv(100))).toBe("still here");
    }),
  );

  it(
    "loses no connection when it is given up",
    simulated(async (network) => {
      const listener = await listening(network);
      await expect(listener.accept({ timeout: 50 })).rejects.toThrow(
        "accept on port 7: not within 50 ms (ETIMEDOUT)",
      );
      const near = await connected(network);
      expect((await listener.accept()).address.equals(near.localAddress!)).toBe(true);
    }),
  );
});

describe("listening", () => {
  it(
    "takes the port, and close gives it back",
    simulated(async (network) => {
      const listener = await listening(network, 80);
      expect(listener.localAddress?.toString()).toBe(`${SERVER}:80`);
      await expect(listening(network, 80)).rejects.toThrow(/80.*\(EADDRINUSE\)$/);
      await listener.close();
      await listening(network, 80);
    }),
  );

  it(
    "picks a free port of all addresses where none was bound",
    simulated(async ({ server }) => {
      const listener = new TcpSocket(server);
      expect(listener.localAddress).toBeUndefined();
      await listener.listen();
      expect(listener.localAddress?.address.isUnspecified).toBe(true);
      expect(listener.localAddress?.port).toBeGreaterThan(1023);
    }),
  );

  it(
    "fails on an address that is not this host's, and another can be bound by another socket",
    simulated(async ({ client }) => {
      const listener = new TcpSocket(client);
      await listener.bind([SERVER, 80]);
      await expect(listener.listen()).rejects.toThrow(/10\.0\.0\.2.*\(EADDRNOTAVAIL\)$/);
    }),
  );

  it.each([0, -1, 1.5, NaN])("refuses a backlog of %d", async (backlog) => {
    await simulated(async (network) => {
      await expect(listening(network, 7, backlog)).rejects.toThrow(/backlog.*\(EINVAL\)$/);
    })();
  });

  it(
    "lets no more wait than the backlog says",
    simulated(async (network) => {
      const listener = await listening(network, 7, 2);
      const calls = Array.from({ length: 3 }, () => new TcpSocket(network.client));
      for (const socket of calls) void socket.connect([SERVER, 7]).catch(() => undefined);
      await network.wait(500);
      expect(network.serverHost.stack.tcp.connections).toHaveLength(2);
      await listener.accept();
      await listener.accept();
      // Who was not let in tries again.
      await listener.accept({ timeout: 10_000 });
    }),
  );

  it(
    "is refused to a socket that is in use, as are binding and connecting then",
    simulated(async (network) => {
      const listener = await listening(network);
      await expect(listener.listen()).rejects.toMatchObject({ code: "EINVAL" });
      await expect(listener.bind([SERVER, 8])).rejects.toMatchObject({ code: "EINVAL" });
      await expect(listener.connect([SERVER, 8])).rejects.toMatchObject({ code: "EISCONN" });
      await expect(listener.recv(1)).rejects.toMatchObject({ code: "ENOTCONN" });
      const { near } = await network.pair(9);
      await expect(near.listen()).rejects.toMatchObject({ code: "EINVAL" });
    }),
  );
});

describe("binding", () => {
  it.each([
    ["a name", "printer.local:80", /a name is no address of this host \(EINVAL\)/],
    ["no address", "10.0.0:80", /EINVAL/],
    ["no port", "10.0.0.1", /EINVAL/],
  ])("refuses %s", async (_, address, message) => {
    await simulated(async ({ client }) => {
      await expect(new TcpSocket(client).bind(address)).rejects.toThrow(message);
    })();
  });

  it(
    "is done once",
    simulated(async ({ client }) => {
      const socket = new TcpSocket(client);
      await socket.bind("10.0.0.1:80");
      await expect(socket.bind("10.0.0.1:81")).rejects.toThrow(/has an address already \(EINVAL\)/);
      expect(socket.localAddress?.toString()).toBe("10.0.0.1:80");
    }),
  );
});

describe("connecting from a bound address", () => {
  it(
    "starts there",
    simulated(async (network) => {
      const listener = await listening(network);
      const near = new TcpSocket(network.client);
      await near.bind([CLIENT, 4_000]);
      await near.connect([SERVER, 7]);
      expect(near.localAddress?.toString()).toBe(`${CLIENT}:4000`);
      expect((await listener.accept()).address.toString()).toBe(`${CLIENT}:4000`);
      // There can be only one such connection.
      const second = new TcpSocket(network.client);
      await second.bind([CLIENT, 4_000]);
      await expect(second.connect([SERVER, 7])).rejects.toMatchObject({ code: "EADDRINUSE" });
      expect(second.localAddress?.toString()).toBe(`${CLIENT}:4000`);
    }),
  );

  it(
    "fails on one that is not this host's",
    simulated(async ({ client }) => {
      const socket = new TcpSocket(client);
      await socket.bind([SERVER, 0]);
      await expect(socket.connect([SERVER, 7])).rejects.toMatchObject({ code: "EADDRNOTAVAIL" });
    }),
  );
});

it(
  "reuseAddress: false refuses a port on which old connections linger",
  simulated(async (network) => {
    const { near, far } = await network.pair(80);
    await far.close();
    await near.close();
    await network.wait(1_000);
    const careful = new TcpSocket(network.server, { reuseAddress: false });
    await careful.bind([SERVER, 80]);
    await expect(careful.listen()).rejects.toMatchObject({ code: "EADDRINUSE" });
    await listening(network, 80);
  }),
);

describe("for await over connections", () => {
  it(
    "accepts until the socket is closed, and can be left and entered again",
    simulated(async (network) => {
      const listener = await listening(network);
      const peers = [await connected(network), await connected(network), await connected(network)];
      for await (const socket of listener.connections()) {
        expect(socket.remoteAddress?.equals(peers[0]!.localAddress!)).toBe(true);
        break;
      }
      let count = 0;
      for await (const socket of listener.connections()) {
        expect(socket.remoteAddress?.equals(peers[++count]!.localAddress!)).toBe(true);
        if (count === 2) await listener.close();
      }
      expect(count).toBe(2);
    }),
  );

  it(
    "ends where it waits, when the socket is closed",
    simulated(async (network) => {
      const listener = await listening(network);
      const loop = (async () => {
        for await (const socket of listener.connections()) expect(socket).toBeUndefined();
        return "ended";
      })();
      await network.wait(100);
      await listener.close();
      expect(await loop).toBe("ended");
    }),
  );

  it(
    "keeps its time limit for each",
    simulated(async (network) => {
      const listener = await listening(network);
      await expect(listener.connections({ timeout: 5 }).next()).rejects.toMatchObject({ code: "ETIMEDOUT" });
    }),
  );
});
