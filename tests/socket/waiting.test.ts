import { describe, expect, it } from "@jest/globals";
import { Canceller, TcpSocket, UdpSocket, type WaitOptions } from "../../src/socket/index.js";
import { NOBODY, SERVER, bytes, simulated, text, type Network } from "./network.js";

/** Every kind of call that waits, and what it is called in errors. */
const CALLS: readonly (readonly [
  string,
  string,
  (network: Network, wait: WaitOptions) => Promise<unknown>,
])[] = [
  [
    "connect",
    `connect to ${NOBODY}:80`,
    async ({ client }, wait) => new TcpSocket(client).connect([NOBODY, 80], wait),
  ],
  ["recv", `receive from ${SERVER}:7`, async (network, wait) => (await network.pair()).near.recv(1, wait)],
  [
    "recvInto",
    `receive from ${SERVER}:7`,
    async (network, wait) => (await network.pair()).near.recvInto(new Uint8Array(1), wait),
  ],
  [
    "sendAll",
    `send to ${SERVER}:7`,
    async (network, wait) => (await network.pair()).near.sendAll(new Uint8Array(9_000_000), wait),
  ],
  [
    "accept",
    "accept on port 7",
    async ({ server }, wait) => {
      const socket = new TcpSocket(server);
      await socket.bind([SERVER, 7]);
      await socket.listen();
      return socket.accept(wait);
    },
  ],
  [
    "recvFrom",
    `receive on ${SERVER}:7`,
    async ({ server }, wait) => {
      const socket = new UdpSocket(server);
      await socket.bind([SERVER, 7]);
      return socket.recvFrom(wait);
    },
  ],
  [
    "the resolver",
    "connect to printer.local:80",
    async ({ client }, wait) =>
      new TcpSocket({ ...client, resolve: () => new Promise(() => undefined) }).connect(
        "printer.local:80",
        wait,
      ),
  ],
  [
    "the resolver for UDP",
    "send to printer.local:80",
    async ({ client }, wait) =>
      new UdpSocket({ ...client, resolve: () => new Promise(() => undefined) }).sendTo(
        bytes("x"),
        "printer.local:80",
        wait,
      ),
  ],
];

describe.each(CALLS)("%s", (_, name, call) => {
  it("has a time limit", async () => {
    await simulated(async (network) => {
      await expect(call(network, { timeout: 300 })).rejects.toThrow(`${name}: not within 300 ms (ETIMEDOUT)`);
    })();
  });

  it.each([undefined, new Error("enough")])("can be cancelled, with the reason %s", async (reason) => {
    await simulated(async (network) => {
      const canceller = new Canceller();
      network.simulation.schedule(50, () => canceller.cancel(reason));
      const expected = reason ?? `${name}: operation canceled (ECANCELED)`;
      await expect(call(network, { signal: canceller.signal })).rejects.toThrow(expected);
    })();
  });

  it("refuses a signal that has fired", async () => {
    await simulated(async (network) => {
      const canceller = new Canceller();
      canceller.cancel();
      canceller.cancel(new Error("later"));
      await expect(call(network, { signal: canceller.signal })).rejects.toMatchObject({ code: "ECANCELED" });
    })();
  });

  it("takes the web's AbortSignal", async () => {
    await simulated(async (network) => {
      const controller = new AbortController();
      network.simulation.schedule(50, () => controller.abort());
      await expect(call(network, { signal: controller.signal })).rejects.toMatchObject({
        name: "AbortError",
      });
    })();
  });

  it.each([-1, NaN])("refuses a time limit of %d ms", async (timeout) => {
    await simulated(async (network) => {
      await expect(call(network, { timeout })).rejects.toThrow(
        `set time limit ${timeout}: not a number of milliseconds (EINVAL)`,
      );
    })();
  });
});

it(
  "the socket's own time limit is for all calls that name none",
  simulated(async (network) => {
    const { near } = await network.pair();
    near.setTimeout(70);
    await expect(near.recv(1)).rejects.toThrow(/not within 70 ms/);
    await expect(near.recv(1, { timeout: 20 })).rejects.toThrow(/not within 20 ms/);
    const waiting = near.recv(1, { timeout: Infinity });
    await network.wait(500);
    await near.close();
    await expect(waiting).rejects.toMatchObject({ code: "EBADF" });
    expect(() => near.setTimeout(-1)).toThrow(/EINVAL/);
    expect(() => new UdpSocket(network.client).setTimeout(NaN)).toThrow(/EINVAL/);
  }),
);

describe("a call that is given up", () => {
  it(
    "leaves the data to the next one, and those behind it in their order",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      const canceller = new Canceller();
      const given = near.recv(2, { signal: canceller.signal });
      const others = [near.recv(2), near.recv(2, { timeout: 5 }), near.recv(2)] as const;
      canceller.cancel();
      await expect(given).rejects.toMatchObject({ code: "ECANCELED" });
      await expect(others[1]).rejects.toMatchObject({ code: "ETIMEDOUT" });
      await far.sendAll(bytes("abcd"));
      expect(text(await others[0])).toBe("ab");
      expect(text(await others[2])).toBe("cd");
    }),
  );

  it(
    "closes the connection that was being made; the socket can connect again",
    simulated(async (network) => {
      const canceller = new Canceller();
      const socket = new TcpSocket(network.client);
      network.simulation.schedule(10, () => canceller.cancel());
      await expect(socket.connect([NOBODY, 80], { signal: canceller.signal })).rejects.toThrow(/ECANCELED/);
      expect(network.clientHost.stack.tcp.connections).toEqual([]);
      const listener = new TcpSocket(network.server);
      await listener.bind([SERVER, 7]);
      await listener.listen();
      await socket.connect([SERVER, 7]);
    }),
  );

  it(
    "of sendAll may have sent a part; those behind it go on",
    simulated(
      async (network) => {
        const { near, far } = await network.pair();
        await expect(near.sendAll(bytes("a".repeat(50_000)), { timeout: 100 })).rejects.toThrow(/ETIMEDOUT/);
        const sending = near.sendAll(bytes("b".repeat(10_000))).then(() => near.close());
        let received = "";
        for await (const piece of far) received += text(piece);
        await sending;
        expect(received).toMatch(/^a{8000,8192}b{10000}$/);
      },
      { stack: { tcp: { receiveBuffer: 4_096, sendBuffer: 4_096 } } },
    ),
  );

  it(
    "leaves neither a timer nor a listener, and none is left by one that succeeds",
    simulated(async (network) => {
      const { near, far } = await network.pair();
      await network.wait(1_000);
      const { pending } = network.simulation;
      const listeners = new Set<() => void>();
      const signal = {
        aborted: false,
        addEventListener: (_: "abort", listener: () => void) => void listeners.add(listener),
        removeEventListener: (_: "abort", listener: () => void) => void listeners.delete(listener),
      };
      const receiving = near.recv(1, { signal, timeout: 1e6 });
      expect(listeners.size).toBe(1);
      await far.sendAll(bytes("x"));
      await receiving;
      await expect(near.recv(1, { signal, timeout: 5 })).rejects.toThrow(/ETIMEDOUT/);
      expect(listeners.size).toBe(0);
      await network.wait(1_000);
      expect(network.simulation.pending).toBe(pending);
    }),
  );
});
