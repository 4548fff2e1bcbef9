import { TcpSocket, UdpSocket } from "wirelet/socket/index";
import { equal, rejects } from "../assert.js";
import { ascii, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { bound, connected, listening } from "../kit.js";
import { receive } from "../peer.js";

/** close, in every state. */
export const closing: Topic = {
  name: "close in every state",
  cases: [
    {
      name: "a socket that was not used, once and twice",
      async run(env) {
        for (const socket of [new TcpSocket(env.provider), new UdpSocket(env.provider)]) {
          await socket.close();
          await socket.close();
        }
      },
    },
    {
      name: "a bound one, which gives the port back",
      async run(env) {
        const { socket, port } = await bound(env);
        await socket.close();
        await env.use(new UdpSocket(env.provider)).bind(`0.0.0.0:${port}`);
      },
    },
    {
      name: "a listening one: accept that waits is EBADF",
      async run(env) {
        const { server } = await listening(env);
        const accepting = [
          rejects("EBADF", server.accept(), "accept"),
          rejects("EBADF", server.accept(), "a second"),
        ];
        await server.close();
        await Promise.all(accepting);
      },
    },
    {
      name: "a listening one: the peer is refused from then on",
      async run(env) {
        const { server, port } = await listening(env);
        await server.close();
        await env.quiet();
        await rejects("ECONNREFUSED", env.peer.connect(env.address, port), "the peer's connect");
      },
    },
    {
      name: "a listening one: those who were accepted stay",
      async run(env) {
        const { server, port } = await listening(env);
        const peer = await env.peer.connect(env.address, port);
        const socket = env.use((await server.accept()).socket);
        await server.close();
        await socket.sendAll(ascii("still here"));
        equal(text(await receive(peer, 10)), "still here", "what arrives");
      },
    },
    {
      name: "a connected one: the peer gets the end",
      async run(env) {
        const { socket, peer } = await connected(env);
        await socket.close();
        equal((await peer.recv(1)).length, 0, "bytes that the peer receives");
      },
    },
    {
      name: "a connected one: recv and sendAll that wait are EBADF",
      needs: ["backpressure"],
      async run(env) {
        const { socket } = await connected(env);
        const waiting = [
          rejects("EBADF", socket.recv(1), "recv"),
          rejects("EBADF", socket.recvInto(new Uint8Array(1)), "recvInto"),
          rejects("EBADF", socket.sendAll(new Uint8Array(env.flood)), "sendAll"),
        ];
        await env.quiet();
        await socket.close();
        await Promise.all(waiting);
      },
    },
    {
      name: "after it every call is EBADF",
      async run(env) {
        const { socket } = await connected(env);
        await socket.close();
        await rejects("EBADF", socket.bind("0.0.0.0:0"), "bind");
        await rejects("EBADF", socket.listen(), "listen");
        await rejects("EBADF", socket.accept(), "accept");
        await rejects("EBADF", socket.connect([env.peerAddress, 80]), "connect");
        await rejects("EBADF", socket.send(ascii("a")), "send");
        await rejects("EBADF", socket.sendAll(ascii("a")), "sendAll");
        await rejects("EBADF", socket.recv(1), "recv");
        await rejects("EBADF", socket.recvInto(new Uint8Array(1)), "recvInto");
        await rejects("EBADF", socket.shutdown("write"), "shutdown");
      },
    },
    {
      name: "after it every call of a UDP socket is EBADF",
      async run(env) {
        const { socket } = await bound(env);
        await socket.close();
        await rejects("EBADF", socket.bind("0.0.0.0:0"), "bind");
        await rejects("EBADF", socket.connect([env.peerAddress, 80]), "connect");
        await rejects("EBADF", socket.sendTo(ascii("a"), [env.peerAddress, 80]), "sendTo");
        await rejects("EBADF", socket.send(ascii("a")), "send");
        await rejects("EBADF", socket.recv(), "recv");
        await rejects("EBADF", socket.recvFrom(), "recvFrom");
        await rejects("EBADF", socket.join("239.1.2.3"), "join");
      },
    },
    {
      name: "after it there are no addresses",
      async run(env) {
        const { socket } = await connected(env);
        await socket.close();
        equal(socket.remoteAddress, undefined, "remoteAddress");
      },
    },
    {
      name: "after the peer's end",
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.close();
        equal((await socket.recv(1)).length, 0, "bytes at the end");
        await socket.close();
        await rejects("EBADF", socket.recv(1), "recv");
      },
    },
    {
      name: "after a reset",
      needs: ["peer-reset"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.reset();
        await env.quiet();
        await socket.close();
        await rejects("EBADF", socket.recv(1), "recv");
      },
    },
    {
      name: "after shutdown, it ends the other direction too",
      needs: ["half-close"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await socket.shutdown("write");
        equal((await peer.recv(1)).length, 0, "bytes that the peer receives");
        await socket.close();
        await rejects("EBADF", socket.recv(1), "recv");
      },
    },
    {
      name: "a UDP socket: recvFrom that waits is EBADF",
      async run(env) {
        const { socket } = await bound(env);
        const peer = await env.peer.udp();
        await socket.connect([env.peerAddress, peer.port]);
        const waiting = [
          rejects("EBADF", socket.recvFrom(), "recvFrom"),
          rejects("EBADF", socket.recv(), "recv"),
          rejects("EBADF", socket.recvInto(new Uint8Array(1)), "recvInto"),
        ];
        await socket.close();
        await Promise.all(waiting);
      },
    },
  ],
};
