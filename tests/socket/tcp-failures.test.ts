import { describe, expect, it } from "@jest/globals";
import { partition } from "../../simulator/index.js";
import type { NetworkError } from "../../src/error/index.js";
import { TcpSocket } from "../../src/socket/index.js";
import {
  CLIENT,
  NOBODY,
  SERVER,
  UNROUTED,
  bytes,
  failureOf,
  simulated,
  text,
  type Network,
} from "./network.js";

/** Resets the connection at the client's end, without its socket knowing. */
function reset({ clientHost }: Network): void {
  clientHost.stack.tcp.connections[0]!.abort();
}

describe("connecting fails", () => {
  it.each([
    ["to a closed port", [SERVER, 9], /^connect to 10\.0\.0\.2:9: connection refused \(ECONNREFUSED\)$/],
    ["where there is no route", [UNROUTED, 80], /192\.168\.9\.9.*80.*\(ENETUNREACH\)$/],
    ["where no neighbor answers", [NOBODY, 80], /^connect to 10\.0\.0\.9:80: .*\(EHOSTUNREACH\)$/],
    ["to port 0", [SERVER, 0], /^connect to 10\.0\.0\.2:0: 0 is no port \(EINVAL\)$/],
    ["to a group", ["224.0.0.1", 80], /224\.0\.0\.1.*\(EINVAL\)$/],
  ] as const)("%s", async (_, address, message) => {
    await simulated(async ({ client }) => {
      const socket = new TcpSocket(client);
      await expect(socket.connect(address)).rejects.toThrow(message);
      await expect(socket.recv(1)).rejects.toThrow(/ENOTCONN/);
      // Nothing is left of it.
      expect([socket.localAddress, socket.remoteAddress]).toEqual([undefined, undefined]);
    })();
  });

  it(
    "and can be tried again",
    simulated(async ({ client, server }) => {
      const socket = new TcpSocket(client);
      await expect(socket.connect([SERVER, 9])).rejects.toThrow(/ECONNREFUSED/);
      const listener = new TcpSocket(server);
      await listener.bind("0.0.0.0:9");
      await listener.listen();
      await socket.connect([SERVER, 9]);
      expect(socket.remoteAddress?.toString()).toBe(`${SERVER}:9`);
    }),
  );

  it(
    "while it connects already, and when it is connected",
    simulated(async (network) => {
      const { near } = await network.pair();
      await expect(near.connect([SERVER, 8])).rejects.toThrow(`connect to ${SERVER}:8: `);
      await expect(near.connect([SERVER, 8])).rejects.toMatchObject({ code: "EISCONN" });
      const socket = new TcpSocket(network.client);
      const first = failureOf(socket.connect([NOBODY, 80]));
      await expect(socket.connect([SERVER, 8])).rejects.toMatchObject({ code: "EALREADY" });
      await expect(socket.recv(1)).rejects.toMatchObject({ code: "ENOTCONN" });
      await network.wait(10_000);
      expect(first.message).toMatch(/EHOSTUNREACH/);
    }),
  );
});

describe("a reset", () => {
  it(
    "rejects all that wait, with the same cause; later sending is EPIPE, receiving goes on to say why",
    simulated(async (network) => {
      const { far } = await network.pair();
      const calls = [far.recv(1), far.recv(1), far.sendAll(new Uint8Array(9_000_000))].map(failureOf);
      await network.wait(100);
      reset(network);
      await network.wait(100);
      const cause = expect.stringMatching(/10\.0\.0\.1:\d+: connection reset by peer \(ECONNRESET\)$/);
      expect(calls).toEqual([{ message: cause }, { message: cause }, { message: cause }]);
      await expect(far.send(bytes("x"))).rejects.toThrow(/^send to 10\.0\.0\.1:\d+: .*\(EPIPE\)$/);
      await expect(far.recv(1)).rejects.toMatchObject({ code: "ECONNRESET" });
      await expect(far.recv(1)).rejects.toMatchObject({ code: "ECONNRESET" });
      await expect(far.shutdown("write")).rejects.toMatchObject({ code: "ENOTCONN" });
      expect(far.remoteAddress?.address.toString()).toBe(CLIENT);
    }),
  );

  it(
    "leaves what came before it to be received",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      await near.sendAll(bytes("before"));
      await network.wait(100);
      reset(network);
      await network.wait(100);
      expect(text(await far.recv(3))).toBe("bef");
      expect(text(await far.recv(100))).toBe("ore");
      await expect(far.recv(100)).rejects.toMatchObject({ code: "ECONNRESET" });
    }),
  );

  it(
    "is told to a call that sends, if that comes first, and is EPIPE from then on",
    simulated(async (network) => {
      const { far } = await network.pair();
      reset(network);
      await network.wait(100);
      await expect(far.sendAll(bytes("x"))).rejects.toMatchObject({ code: "ECONNRESET" });
      await expect(far.sendAll(bytes("x"))).rejects.toMatchObject({ code: "EPIPE" });
      await expect(far.recv(1)).rejects.toMatchObject({ code: "ECONNRESET" });
    }),
  );

  it(
    "after the peer's orderly end is EPIPE to who sends, and still the end to who receives",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      await near.close();
      expect(await far.recv(1)).toHaveLength(0);
      await far.sendAll(bytes("nobody reads this"));
      await network.wait(100);
      await expect(far.sendAll(bytes("x"))).rejects.toMatchObject({ code: "EPIPE" });
      expect(await far.recv(1)).toHaveLength(0);
    }),
  );

  it(
    "is what a peer gets whose data was not received before close",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      await near.sendAll(bytes("unread"));
      await network.wait(100);
      await far.close();
      await expect(near.recv(1)).rejects.toMatchObject({ code: "ECONNRESET" });
    }),
  );
});

it(
  "a peer that has vanished is ETIMEDOUT in the end",
  simulated(async (network) => {
    const { near } = await network.pair(7, { userTimeout: 3_000 });
    network.cable.impair(partition());
    await near.sendAll(bytes("anybody?"));
    await expect(near.recv(1)).rejects.toThrow(/^connection to 10\.0\.0\.2:7: timed out \(ETIMEDOUT\)$/);
    await expect(near.send(bytes("x"))).rejects.toMatchObject({ code: "EPIPE" });
  }),
);

describe("close", () => {
  it(
    "sends what was taken, then the end",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      await near.sendAll(new Uint8Array(60_000));
      await near.close();
      let count = 0;
      for await (const piece of far) count += piece.length;
      expect(count).toBe(60_000);
    }),
  );

  it(
    "rejects with EBADF what waits, and what comes later; more than once is harmless",
    simulated(async (network) => {
      const { near } = await network.pair();
      const calls = [near.recv(1), near.recvInto(new Uint8Array(1)), near.sendAll(new Uint8Array(9_000_000))];
      const failures = calls.map(failureOf);
      await near.close();
      await near.close();
      await network.wait(1);
      expect(failures).toEqual([
        { message: `receive from ${SERVER}:7: socket is closed (EBADF)` },
        { message: `receive from ${SERVER}:7: socket is closed (EBADF)` },
        { message: `send to ${SERVER}:7: socket is closed (EBADF)` },
      ]);
      const later: (() => Promise<unknown>)[] = [
        () => near.recv(1),
        () => near.recvInto(new Uint8Array(1)),
        () => near.send(bytes("x")),
        () => near.sendAll(bytes("x")),
        () => near.shutdown("write"),
        () => near.connect([SERVER, 7]),
        () => near.bind([CLIENT, 0]),
        () => near.listen(),
        () => near.accept(),
      ];
      for (const call of later) await expect(call()).rejects.toMatchObject({ code: "EBADF" });
    }),
  );

  it(
    "gives up connecting",
    simulated(async (network) => {
      const socket = new TcpSocket(network.client);
      const failure = failureOf(socket.connect([NOBODY, 80]));
      await network.wait(10);
      await socket.close();
      await network.wait(1);
      expect(failure.message).toBe(`connect to ${NOBODY}:80: socket is closed (EBADF)`);
      expect(network.clientHost.stack.tcp.connections).toEqual([]);
    }),
  );
});

describe("a socket that is not connected", () => {
  it.each<[string, (socket: TcpSocket) => Promise<unknown>, NetworkError["code"]]>([
    ["recv", (socket) => socket.recv(1), "ENOTCONN"],
    ["recvInto", (socket) => socket.recvInto(new Uint8Array(1)), "ENOTCONN"],
    ["send", (socket) => socket.send(bytes("x")), "ENOTCONN"],
    ["sendAll", (socket) => socket.sendAll(bytes("x")), "ENOTCONN"],
    ["shutdown", (socket) => socket.shutdown("both"), "ENOTCONN"],
    ["accept", (socket) => socket.accept(), "EINVAL"],
  ])("cannot %s", async (_, call, code) => {
    await simulated(async ({ client }) => {
      await expect(call(new TcpSocket(client))).rejects.toMatchObject({ code });
    })();
  });
});
