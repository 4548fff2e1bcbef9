import { TcpSocket } from "wirelet/socket/index";
import { equal, mentions, ok, rejects } from "../assert.js";
import { ascii, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { connected, listening, watch } from "../kit.js";
import { receive } from "../peer.js";

/** bind, listen and accept. */
export const accepting: Topic = {
  name: "bind, listen and accept",
  cases: [
    {
      name: "bind to port 0 and listen gives a port",
      async run(env) {
        const server = env.use(new TcpSocket(env.provider));
        await server.bind("0.0.0.0:0");
        await server.listen();
        ok(server.localAddress!.port > 0, `localAddress is ${server.localAddress!.toString()}`);
      },
    },
    {
      name: "listen without bind gives a port, too",
      async run(env) {
        const { server, port } = await listening(env);
        const [peer, { address }] = await Promise.all([env.peer.connect(env.address, port), server.accept()]);
        equal(address.port, peer.port, "the peer's port");
      },
    },
    {
      name: "accept gives a socket and the peer's address",
      async run(env) {
        const { server, port } = await listening(env);
        const peer = await env.peer.connect(env.address, port);
        const { socket, address } = await server.accept();
        env.use(socket);
        equal(address.toString(), `${env.peerAddress}:${peer.port}`, "the peer's address");
        equal(socket.remoteAddress?.toString(), address.toString(), "remoteAddress");
        await socket.sendAll(ascii("welcome"));
        equal(text(await receive(peer, 7)), "welcome", "what arrives");
      },
    },
    {
      name: "an accepted socket's local port is the listener's",
      async run(env) {
        const { server, port } = await listening(env);
        await env.peer.connect(env.address, port);
        const socket = env.use((await server.accept()).socket);
        equal(socket.localAddress?.port ?? port, port, "its local port");
      },
    },
    {
      name: "accept waits for a connection",
      async run(env) {
        const { server, port } = await listening(env);
        const accepting = server.accept();
        const watched = watch(accepting);
        await env.quiet();
        ok(!watched.isSettled, "accept waits");
        await env.peer.connect(env.address, port);
        env.use((await accepting).socket);
      },
    },
    {
      name: "connections wait to be accepted, in the order in which they came",
      async run(env) {
        const { server, port } = await listening(env);
        const ports: number[] = [];
        for (let count = 0; count < 3; count++) {
          ports.push((await env.peer.connect(env.address, port)).port);
          await env.quiet();
        }
        const accepted: number[] = [];
        for (let count = 0; count < 3; count++) accepted.push((await server.accept()).address.port);
        equal(accepted, ports, "the peers' ports");
      },
    },
    {
      name: "what came before accept is received after it",
      async run(env) {
        const { server, port } = await listening(env);
        const peer = await env.peer.connect(env.address, port);
        await peer.send(ascii("early"));
        await peer.close();
        await env.quiet();
        const socket = env.use((await server.accept()).socket);
        equal(text(await socket.recv(100)), "early", "what is received");
        equal((await socket.recv(100)).length, 0, "bytes at the end");
      },
    },
    {
      name: "more than the backlog come in one after the other",
      async run(env) {
        const server = env.use(new TcpSocket(env.provider));
        await server.listen(1);
        const { port } = server.localAddress!;
        const peers = [1, 2, 3, 4].map(() => env.peer.connect(env.address, port));
        for (let left = peers.length; left > 0; left--) {
          const { socket } = await server.accept();
          await env.use(socket).sendAll(ascii("next"));
        }
        for (const peer of await Promise.all(peers)) {
          equal(text(await receive(peer, 4)), "next", "what each receives");
        }
      },
    },
    {
      name: "a backlog that is none is refused",
      async run(env) {
        for (const backlog of [0, -1, 1.5]) {
          const server = env.use(new TcpSocket(env.provider));
          await rejects("EINVAL", server.listen(backlog), `a backlog of ${backlog}`);
        }
      },
    },
    {
      name: "bind twice is refused with EINVAL",
      async run(env) {
        const socket = env.use(new TcpSocket(env.provider));
        await socket.bind("0.0.0.0:0");
        await rejects("EINVAL", socket.bind("0.0.0.0:0"), "a second bind");
      },
    },
    {
      name: "bind to a name is refused with EINVAL",
      async run(env) {
        const socket = env.use(new TcpSocket(env.provider));
        mentions(await rejects("EINVAL", socket.bind("printer.local:0"), "bind"), ["bind", "printer.local"]);
      },
    },
    {
      name: "listen twice is refused with EINVAL",
      async run(env) {
        const { server } = await listening(env);
        await rejects("EINVAL", server.listen(), "a second listen");
      },
    },
    {
      name: "accept without listen is refused with EINVAL",
      async run(env) {
        await rejects("EINVAL", env.use(new TcpSocket(env.provider)).accept(), "accept");
        const { socket } = await connected(env);
        await rejects("EINVAL", socket.accept(), "accept on a connected socket");
      },
    },
    {
      name: "a listening socket is not connected, and cannot be",
      async run(env) {
        const { server } = await listening(env);
        await rejects("ENOTCONN", server.recv(1), "recv");
        await rejects("ENOTCONN", server.send(ascii("a")), "send");
        await rejects("ENOTCONN", server.shutdown("write"), "shutdown");
        const listener = await env.peer.listen();
        await rejects("EISCONN", server.connect([env.peerAddress, listener.port]), "connect");
      },
    },
    {
      name: "listening on another host's address is EADDRNOTAVAIL, and the message has it",
      needs: ["listen-on-address"],
      async run(env) {
        const server = env.use(new TcpSocket(env.provider));
        await server.bind("192.0.2.1:0");
        mentions(await rejects("EADDRNOTAVAIL", server.listen(), "listen"), ["listen", "192.0.2.1"]);
      },
    },
    {
      name: "listening on one address is heard there",
      needs: ["listen-on-address"],
      async run(env) {
        const server = env.use(new TcpSocket(env.provider));
        await server.bind([env.address, 0]);
        await server.listen();
        const { address, port } = server.localAddress!;
        equal(address.toString(), env.address, "its address");
        const [peer, { socket }] = await Promise.all([env.peer.connect(env.address, port), server.accept()]);
        await env.use(socket).sendAll(ascii("here"));
        equal(text(await receive(peer, 4)), "here", "what arrives");
      },
    },
    {
      name: "a connection that was reset before accept does not keep the next one out",
      needs: ["peer-reset"],
      async run(env) {
        const { server, port } = await listening(env);
        await (await env.peer.connect(env.address, port)).reset();
        await env.quiet();
        const peer = await env.peer.connect(env.address, port);
        await peer.send(ascii("second"));
        for (;;) {
          const { socket, address } = await server.accept();
          env.use(socket);
          if (address.port !== peer.port) continue;
          equal(text(await socket.recv(6)), "second", "what the second one sends");
          return;
        }
      },
    },
  ],
};
