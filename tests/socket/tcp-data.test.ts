import { describe, expect, it } from "@jest/globals";
import { TcpSocket } from "../../src/socket/index.js";
import { CLIENT, SERVER, bytes, failureOf, simulated, text } from "./network.js";

describe("receiving", () => {
  it(
    "gives at most so many bytes as were asked for, and keeps the rest",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      await near.sendAll(bytes("hello, world"));
      expect(text(await far.recv(5))).toBe("hello");
      expect(text(await far.recv(100))).toBe(", world");
    }),
  );

  it(
    "waits while nothing is there",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      const received = far.recv(100);
      await network.wait(1000);
      await near.sendAll(bytes("late"));
      expect(text(await received)).toBe("late");
    }),
  );

  it(
    "gives no bytes when the peer has closed in order, again and again, and not before all was received",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      await near.sendAll(bytes("last"));
      await near.close();
      await network.wait(100);
      expect(text(await far.recv(100))).toBe("last");
      expect(await far.recv(100)).toHaveLength(0);
      expect(await far.recv(100)).toHaveLength(0);
      expect(await far.recvInto(new Uint8Array(4))).toBe(0);
    }),
  );

  it(
    "fills the caller's buffer as far as data goes",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      await near.sendAll(bytes("abcdef"));
      const buffer = new Uint8Array(8).fill(0x2e);
      expect(await far.recvInto(buffer.subarray(1, 4))).toBe(3);
      expect(await far.recvInto(buffer.subarray(5))).toBe(3);
      expect(text(buffer)).toBe(".abc.def");
    }),
  );

  it(
    "serves calls that wait at the same time in their order",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      const buffer = new Uint8Array(2);
      const calls = [far.recv(2), far.recvInto(buffer), far.recv(2), far.recv(100)] as const;
      await near.sendAll(bytes("abcdefgh"));
      expect(text(await calls[0])).toBe("ab");
      expect(await calls[1]).toBe(2);
      expect(text(buffer)).toBe("cd");
      expect(text(await calls[2])).toBe("ef");
      expect(text(await calls[3])).toBe("gh");
    }),
  );

  it(
    "ends all calls that wait when the peer closes",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      const calls = [far.recv(2), far.recvInto(new Uint8Array(2)), far.recv(2)] as const;
      await near.close();
      expect(await calls[0]).toHaveLength(0);
      expect(await calls[1]).toBe(0);
      expect(await calls[2]).toHaveLength(0);
    }),
  );

  it.each([0, -1, 1.5, NaN, Infinity])(
    "refuses %d as a number of bytes",
    async (max) =>
      await simulated(async (network) => {
        const { near } = await network.pair();
        await expect(near.recv(max)).rejects.toThrow(
          `receive from ${SERVER}:7: ${max} is no number of bytes, 1 or more (EINVAL)`,
        );
      })(),
  );

  it(
    "refuses a buffer without room",
    simulated(async (network) => {
      const { near } = await network.pair();
      await expect(near.recvInto(new Uint8Array(0))).rejects.toThrow("the buffer has no room (EINVAL)");
    }),
  );
});

describe("backpressure", () => {
  it(
    "leaves what nobody receives with the provider, so that the window closes and sendAll waits",
    simulated(
      async (network) => {
        const { near, far } = await network.pair();
        const data = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
        let isSent = false;
        const sending = near.sendAll(data).then(() => (isSent = true));
        await network.wait(10_000);
        expect(isSent).toBe(false);
        const [connection] = network.serverHost.stack.tcp.connections;
        expect(connection?.readable).toBeGreaterThan(3_000);
        expect(connection?.readable).toBeLessThanOrEqual(4_096);
        const received: number[] = [];
        while (received.length < data.length) received.push(...(await far.recv(10_000)));
        await sending;
        expect(Uint8Array.from(received)).toEqual(data);
      },
      { stack: { tcp: { receiveBuffer: 4_096, sendBuffer: 4_096 } } },
    ),
  );

  it(
    "lets send take what there is room for, and wait where there is none",
    simulated(
      async (network) => {
        const { near, far } = await network.pair();
        const piece = new Uint8Array(3_000);
        const send = () => near.send(piece, { timeout: 1_000 });
        let taken = 0;
        await expect(
          (async () => {
            for (;;) taken += await send();
          })(),
        ).rejects.toThrow(`send to ${SERVER}:7: not within 1000 ms (ETIMEDOUT)`);
        // What both ends have room for.
        expect(taken).toBeGreaterThan(8_000);
        expect(taken).toBeLessThanOrEqual(8_192);
        let received = (await far.recv(4_096)).length;
        taken += await send();
        await near.close();
        for await (const { length } of far) received += length;
        expect(received).toBe(taken);
      },
      { stack: { tcp: { receiveBuffer: 4_096, sendBuffer: 4_096 } } },
    ),
  );
});

describe("sending", () => {
  it(
    "does not mix what is sent by several calls",
    simulated(
      async (network) => {
        const { near, far } = await network.pair();
        const calls = ["a", "b", "c"].map((letter) => near.sendAll(bytes(letter.repeat(9_000))));
        let received = "";
        while (received.length < 27_000) received += text(await far.recv(5_000));
        expect(received).toBe("a".repeat(9_000) + "b".repeat(9_000) + "c".repeat(9_000));
        await Promise.all(calls);
      },
      { stack: { tcp: { receiveBuffer: 4_096, sendBuffer: 4_096 } } },
    ),
  );

  it(
    "takes nothing at once",
    simulated(async (network) => {
      const { near } = await network.pair();
      expect(await near.send(new Uint8Array(0))).toBe(0);
      expect(await near.sendAll(new ArrayBuffer(0))).toBeUndefined();
    }),
  );

  it(
    "takes bytes of any kind, each view's own part",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      const buffer = new Uint8Array(bytes("0123456789")).buffer;
      expect(await near.send(buffer)).toBe(10);
      expect(await near.send(new DataView(buffer, 2, 3))).toBe(3);
      await near.sendAll(new Uint8Array(buffer, 8));
      await network.wait(100);
      expect(text(await far.recv(100))).toBe("012345678923489");
    }),
  );
});

describe("for await", () => {
  it(
    "gives all bytes until the peer closes",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      const sending = near.sendAll(new Uint8Array(300_000)).then(() => near.close());
      let count = 0;
      for await (const piece of far) count += piece.length;
      expect(count).toBe(300_000);
      await sending;
    }),
  );

  it(
    "leaves the socket open where the loop is left",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      await near.sendAll(bytes("one"));
      for await (const piece of far) {
        expect(text(piece)).toBe("one");
        break;
      }
      await near.sendAll(bytes("two"));
      await near.close();
      const pieces: string[] = [];
      for await (const piece of far) pieces.push(text(piece));
      expect(pieces).toEqual(["two"]);
      await far.sendAll(bytes("still here"));
    }),
  );

  it(
    "throws what ends the connection",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      network.clientHost.stack.tcp.connections[0]!.abort();
      await expect(
        (async () => {
          for await (const piece of far) expect(piece).toBeUndefined();
        })(),
      ).rejects.toThrow(/ECONNRESET/);
      expect(near.remoteAddress?.toString()).toBe(`${SERVER}:7`);
    }),
  );
});

describe("the end of a direction", () => {
  it(
    "is sent by shutdown, and the other direction goes on",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      await near.sendAll(bytes("question"));
      await near.shutdown("write");
      await near.shutdown("write");
      expect(text(await far.recv(100))).toBe("question");
      expect(await far.recv(100)).toHaveLength(0);
      await far.sendAll(bytes("answer"));
      expect(text(await near.recv(100))).toBe("answer");
      await expect(near.sendAll(bytes("more"))).rejects.toThrow(
        `send to ${SERVER}:7: peer no longer accepts data (EPIPE)`,
      );
      await far.close();
      expect(await near.recv(100)).toHaveLength(0);
    }),
  );

  it(
    "rejects calls that wait to send with EPIPE",
    simulated(
      async (network) => {
        const { near } = await network.pair();
        const failure = failureOf(near.sendAll(new Uint8Array(100_000)));
        await network.wait(1_000);
        await near.shutdown("both");
        await network.wait(1);
        expect(failure.message).toMatch(/EPIPE/);
      },
      { stack: { tcp: { receiveBuffer: 4_096, sendBuffer: 4_096 } } },
    ),
  );

  it(
    "of receiving lets through what has come, and waits no more",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      const waiting = near.recv(10);
      await near.shutdown("read");
      expect(await waiting).toHaveLength(0);
      await far.sendAll(bytes("unasked"));
      await network.wait(100);
      expect(text(await near.recv(100))).toBe("unasked");
      expect(await near.recv(100)).toHaveLength(0);
      await near.sendAll(bytes("heard"));
      expect(text(await far.recv(100))).toBe("heard");
    }),
  );
});

it(
  "knows both ends of a connection",
  simulated(async (network) => {
    const { near, far } = await network.pair();
    expect(near.remoteAddress?.toString()).toBe(`${SERVER}:7`);
    expect(far.localAddress?.toString()).toBe(`${SERVER}:7`);
    expect(near.localAddress?.address.toString()).toBe(CLIENT);
    expect(far.remoteAddress?.equals(near.localAddress!)).toBe(true);
    await near.close();
    expect([near.remoteAddress, near.localAddress]).toEqual([undefined, undefined]);
  }),
);

it(
  "works inside a host, without a link",
  simulated(async ({ server }) => {
    const listener = new TcpSocket(server);
    await listener.bind("127.0.0.1:80");
    await listener.listen();
    const near = new TcpSocket(server);
    const [{ socket, address }] = await Promise.all([listener.accept(), near.connect("localhost:80")]);
    expect(address.equals(near.localAddress!)).toBe(true);
    await socket.sendAll(bytes("here"));
    expect(text(await near.recv(10))).toBe("here");
  }),
);
