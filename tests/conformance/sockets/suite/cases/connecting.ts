import { Canceller, TcpSocket } from "wirelet/socket/index";
import { equal, mentions, ok, rejects } from "../assert.js";
import { ascii, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { closedPort, connected, watch } from "../kit.js";
import { receive } from "../peer.js";

/** connect, and how it fails. */
export const connecting: Topic = {
  name: "connect and its errors",
  cases: [
    {
      name: "connect resolves when data can be sent",
      async run(env) {
        const listener = await env.peer.listen();
        const socket = env.use(new TcpSocket(env.provider));
        await socket.connect([env.peerAddress, listener.port]);
        ok((await socket.send(ascii("hello"))) > 0, "send takes something");
        const peer = await listener.accept();
        equal(text(await receive(peer, 5)), "hello", "what arrives");
      },
    },
    {
      name: "a closed port is ECONNREFUSED, and the message has the operation and the address",
      needs: ["causes"],
      async run(env) {
        const to = `${env.peerAddress}:${await closedPort(env)}`;
        const error = await rejects("ECONNREFUSED", new TcpSocket(env.provider).connect(to), "connect");
        mentions(error, ["connect", to]);
      },
    },
    {
      name: "connect fails at a closed port, whatever the platform can tell of it",
      async run(env) {
        const port = await closedPort(env);
        const failed = await new TcpSocket(env.provider)
          .connect([env.peerAddress, port])
          .catch(() => "failed");
        equal(failed, "failed", "connect");
      },
    },
    {
      name: "after a failure the same socket can connect to somebody else",
      async run(env) {
        const port = await closedPort(env);
        const socket = env.use(new TcpSocket(env.provider));
        await socket.connect([env.peerAddress, port]).catch(() => undefined);
        const listener = await env.peer.listen();
        await socket.connect([env.peerAddress, listener.port]);
        await socket.sendAll(ascii("hello"));
        equal(text(await receive(await listener.accept(), 5)), "hello", "what arrives");
      },
    },
    {
      name: "an address without a route is ENETUNREACH",
      needs: ["no-route"],
      async run(env) {
        const to = `${env.unroutedAddress!}:80`;
        const error = await rejects("ENETUNREACH", new TcpSocket(env.provider).connect(to), "connect");
        mentions(error, ["connect", to]);
      },
    },
    {
      name: "a neighbor that does not answer is EHOSTUNREACH",
      needs: ["deaf-neighbor"],
      async run(env) {
        const to = `${env.deafAddress!}:80`;
        const error = await rejects("EHOSTUNREACH", new TcpSocket(env.provider).connect(to), "connect");
        mentions(error, [to]);
      },
    },
    {
      name: "a time limit is ETIMEDOUT",
      needs: ["deaf-neighbor"],
      async run(env) {
        const to = `${env.deafAddress!}:80`;
        const start = env.clock.now();
        const connecting = new TcpSocket(env.provider).connect(to, { timeout: 50 });
        mentions(await rejects("ETIMEDOUT", connecting, "connect"), ["connect", to]);
        // Timers of the platform may be a little early or late.
        ok(env.clock.now() - start > 45, `it took ${env.clock.now() - start} ms`);
      },
    },
    {
      name: "after a time limit the same socket can connect to somebody else",
      needs: ["deaf-neighbor"],
      async run(env) {
        const socket = env.use(new TcpSocket(env.provider));
        await rejects("ETIMEDOUT", socket.connect([env.deafAddress!, 80], { timeout: 10 }), "connect");
        const listener = await env.peer.listen();
        await socket.connect([env.peerAddress, listener.port]);
        equal((await listener.accept()).port, listener.port, "the peer's port");
      },
    },
    {
      name: "connecting while it connects is EALREADY",
      async run(env) {
        const listener = await env.peer.listen();
        const socket = env.use(new TcpSocket(env.provider));
        const first = socket.connect([env.peerAddress, listener.port]);
        await rejects("EALREADY", socket.connect([env.peerAddress, listener.port]), "a second connect");
        await first;
      },
    },
    {
      name: "connecting a connected socket is EISCONN",
      async run(env) {
        const { socket, peer } = await connected(env);
        const again = socket.connect([env.peerAddress, peer.port]);
        mentions(await rejects("EISCONN", again, "a second connect"), ["connect"]);
      },
    },
    {
      name: "before connect all is ENOTCONN",
      async run(env) {
        const socket = env.use(new TcpSocket(env.provider));
        await rejects("ENOTCONN", socket.send(ascii("a")), "send");
        await rejects("ENOTCONN", socket.sendAll(ascii("a")), "sendAll");
        await rejects("ENOTCONN", socket.recv(1), "recv");
        await rejects("ENOTCONN", socket.recvInto(new Uint8Array(1)), "recvInto");
        await rejects("ENOTCONN", socket.shutdown("write"), "shutdown");
      },
    },
    {
      name: "close while it connects rejects it with EBADF",
      async run(env) {
        const listener = await env.peer.listen();
        const socket = new TcpSocket(env.provider);
        const connecting = socket.connect([env.peerAddress, listener.port]);
        const failing = rejects("EBADF", connecting, "connect");
        await socket.close();
        await failing;
      },
    },
    {
      name: "cancelled while it connects, it is ECANCELED, and can connect again",
      async run(env) {
        const listener = await env.peer.listen();
        const socket = env.use(new TcpSocket(env.provider));
        const canceller = new Canceller();
        const connecting = socket.connect([env.peerAddress, listener.port], { signal: canceller.signal });
        const failing = rejects("ECANCELED", connecting, "connect");
        canceller.cancel();
        await failing;
        await socket.connect([env.peerAddress, listener.port]);
        await socket.sendAll(ascii("hello"));
        // The connection that was given up may have come through.
        for (;;) {
          const bytes = await receive(await listener.accept(), 5).catch(() => new Uint8Array(0));
          if (bytes.length === 0) continue;
          equal(text(bytes), "hello", "what arrives");
          return;
        }
      },
    },
    {
      name: "connect waits for an answer",
      needs: ["deaf-neighbor"],
      async run(env) {
        const socket = env.use(new TcpSocket(env.provider));
        const connecting = socket.connect([env.deafAddress!, 80]);
        const watched = watch(connecting);
        await env.wait(10);
        ok(!watched.isSettled, "connect waits");
        const failing = rejects("EBADF", connecting, "connect");
        await socket.close();
        await failing;
      },
    },
  ],
};
