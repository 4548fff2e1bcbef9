import type { Timers } from "wirelet/host/index";
import { Canceller, UdpSocket, type CancelSignal } from "wirelet/socket/index";
import { equal, mentions, ok, rejects, throws } from "../assert.js";
import { ascii, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { bound, connected, listening, recvAll, watch } from "../kit.js";
import { receive } from "../peer.js";

/** Time limits and cancelling. */
export const limits: Topic = {
  name: "time limits and cancelling",
  cases: [
    {
      name: "recv is rejected with ETIMEDOUT when its time is over, and not before",
      async run(env) {
        const { socket, peer } = await connected(env);
        const start = env.clock.now();
        const error = await rejects("ETIMEDOUT", socket.recv(1, { timeout: 50 }), "recv");
        // Timers of the platform may be a little early.
        ok(env.clock.now() - start > 45, `it took ${env.clock.now() - start} ms`);
        mentions(error, [`${env.peerAddress}:${peer.port}`]);
      },
    },
    {
      name: "a recv that was given up loses no data",
      async run(env) {
        const { socket, peer } = await connected(env);
        await rejects("ETIMEDOUT", socket.recv(100, { timeout: 5 }), "recv");
        await peer.send(ascii("hello"));
        equal(text(await recvAll(socket, 5)), "hello", "what is received then");
      },
    },
    {
      name: "what comes in time is received, and no timer is left",
      async run(env) {
        const platform = env.provider.timers;
        const armed = new Set<unknown>();
        const timers: Timers = {
          set(callback, delay) {
            const timer: { handle?: unknown } = {};
            timer.handle = platform.set(() => {
              armed.delete(timer);
              callback();
            }, delay);
            armed.add(timer);
            return timer;
          },
          clear(timer) {
            armed.delete(timer);
            platform.clear((timer as { handle?: unknown } | undefined)?.handle);
          },
        };
        const { socket, peer } = await connected({ ...env, provider: { ...env.provider, timers } });
        const receiving = socket.recv(100, { timeout: 10_000 });
        equal(armed.size, 1, "timers while it waits");
        await peer.send(ascii("hello"));
        equal(text(await receiving), "hello", "what is received");
        equal(armed.size, 0, "timers after it");
      },
    },
    {
      name: "a call that is over listens to its signal no more",
      async run(env) {
        const { socket, peer } = await connected(env);
        const listeners = new Set<() => void>();
        const signal: CancelSignal = {
          aborted: false,
          addEventListener: (_, listener) => listeners.add(listener),
          removeEventListener: (_, listener) => listeners.delete(listener),
        };
        const receiving = socket.recv(100, { signal });
        equal(listeners.size, 1, "listeners while it waits");
        await peer.send(ascii("hello"));
        await receiving;
        equal(listeners.size, 0, "listeners after it");
      },
    },
    {
      name: "setTimeout is for all calls that name no limit",
      async run(env) {
        const { socket } = await connected(env);
        socket.setTimeout(5);
        await rejects("ETIMEDOUT", socket.recv(1), "recv");
        await rejects("ETIMEDOUT", socket.recvInto(new Uint8Array(1)), "recvInto");
        const { server } = await listening(env);
        server.setTimeout(5);
        await rejects("ETIMEDOUT", server.accept(), "accept");
        const { socket: udp } = await bound(env);
        udp.setTimeout(5);
        await rejects("ETIMEDOUT", udp.recvFrom(), "recvFrom");
      },
    },
    {
      name: "a call's own limit goes before setTimeout's, and Infinity is none",
      async run(env) {
        const { socket, peer } = await connected(env);
        socket.setTimeout(5);
        const receiving = socket.recv(1, { timeout: Infinity });
        const watched = watch(receiving);
        await env.wait(20);
        ok(!watched.isSettled, "recv still waits");
        await peer.send(ascii("a"));
        equal(text(await receiving), "a", "what is received");
      },
    },
    {
      name: "accept is rejected with ETIMEDOUT, and accepts the next one",
      async run(env) {
        const { server, port } = await listening(env);
        await rejects("ETIMEDOUT", server.accept({ timeout: 5 }), "accept");
        const peer = await env.peer.connect(env.address, port);
        equal((await server.accept()).address.port, peer.port, "the peer's port");
      },
    },
    {
      name: "sendAll is rejected with ETIMEDOUT while the peer does not read",
      needs: ["backpressure"],
      async run(env) {
        const { socket } = await connected(env);
        const bytes = new Uint8Array(env.flood);
        await rejects("ETIMEDOUT", socket.sendAll(bytes, { timeout: 50 }), "sendAll");
      },
    },
    {
      name: "recvFrom is rejected with ETIMEDOUT, and loses no datagram",
      async run(env) {
        const { socket, port } = await bound(env);
        await rejects("ETIMEDOUT", socket.recvFrom({ timeout: 5 }), "recvFrom");
        const peer = await env.peer.udp();
        await peer.send(ascii("hello"), env.address, port);
        equal(text((await socket.recvFrom()).data), "hello", "what is received");
      },
    },
    {
      name: "a limit that is none is refused with EINVAL",
      async run(env) {
        const { socket } = await connected(env);
        for (const timeout of [-1, NaN]) {
          throws("EINVAL", () => socket.setTimeout(timeout), `setTimeout(${timeout})`);
          await rejects("EINVAL", socket.recv(1, { timeout }), `a limit of ${timeout}`);
        }
      },
    },
    {
      name: "a cancelled recv is ECANCELED",
      async run(env) {
        const { socket } = await connected(env);
        const canceller = new Canceller();
        const receiving = rejects("ECANCELED", socket.recv(1, { signal: canceller.signal }), "recv");
        canceller.cancel();
        await receiving;
      },
    },
    {
      name: "cancelling with a reason rejects with that",
      async run(env) {
        const { socket } = await connected(env);
        const canceller = new Canceller();
        const reason = new Error("the user went home");
        const receiving = socket.recv(1, { signal: canceller.signal }).catch((error: unknown) => error);
        canceller.cancel(reason);
        equal(await receiving, reason, "what recv is rejected with");
      },
    },
    {
      name: "a signal that has fired already rejects at once, and nothing is taken",
      async run(env) {
        const { socket, peer } = await connected(env);
        const canceller = new Canceller();
        canceller.cancel();
        const wait = { signal: canceller.signal };
        await peer.send(ascii("hello"));
        await env.quiet();
        await rejects("ECANCELED", socket.recv(5, wait), "recv");
        await rejects("ECANCELED", socket.sendAll(ascii("never"), wait), "sendAll");
        equal(text(await recvAll(socket, 5)), "hello", "what is received");
        await socket.sendAll(ascii("later"));
        equal(text(await receive(peer, 5)), "later", "what arrives");
      },
    },
    {
      name: "one signal cancels all calls that wait for it",
      needs: ["backpressure"],
      async run(env) {
        const { socket } = await connected(env);
        const { server } = await listening(env);
        const udp = env.use(new UdpSocket(env.provider));
        await udp.bind("0.0.0.0:0");
        const canceller = new Canceller();
        const wait = { signal: canceller.signal };
        const calls = [
          rejects("ECANCELED", socket.recv(1, wait), "recv"),
          rejects("ECANCELED", socket.sendAll(new Uint8Array(env.flood), wait), "sendAll"),
          rejects("ECANCELED", server.accept(wait), "accept"),
          rejects("ECANCELED", udp.recvFrom(wait), "recvFrom"),
        ];
        await env.quiet();
        canceller.cancel();
        await Promise.all(calls);
      },
    },
    {
      name: "cancelling a call that is over does nothing",
      async run(env) {
        const { socket, peer } = await connected(env);
        const canceller = new Canceller();
        await peer.send(ascii("a"));
        equal(text(await socket.recv(1, { signal: canceller.signal })), "a", "what is received");
        canceller.cancel();
        await peer.send(ascii("b"));
        equal(text(await socket.recv(1)), "b", "what is received then");
      },
    },
  ],
};
