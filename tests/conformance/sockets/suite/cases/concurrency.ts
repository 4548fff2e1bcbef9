import { equal, rejects } from "../assert.js";
import { ascii, checksum, pattern, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { accepted, bound, connected, listening, recvAll } from "../kit.js";
import { receive } from "../peer.js";

/** Several calls at once. */
export const concurrency: Topic = {
  name: "several calls at once",
  cases: [
    {
      name: "several recv are served in the order in which they were made",
      async run(env) {
        const { socket, peer } = await connected(env);
        const calls = [socket.recv(1), socket.recv(1), socket.recvInto(new Uint8Array(1)), socket.recv(1)];
        await peer.send(ascii("abcd"));
        const [first, second, third, fourth] = await Promise.all(calls);
        equal([first, second, third, fourth], [ascii("a"), ascii("b"), 1, ascii("d")], "what they give");
      },
    },
    {
      name: "several recv that wait all learn of the end",
      async run(env) {
        const { socket, peer } = await accepted(env);
        const calls = [socket.recv(10), socket.recv(10), socket.recv(10)];
        await peer.send(ascii("last"));
        await peer.close();
        const pieces = await Promise.all(calls);
        equal(pieces.map((piece) => text(piece)).join(""), "last", "what they give");
        equal(pieces[2]!.length, 0, "bytes that the last one gives");
      },
    },
    {
      name: "several sendAll do not mix",
      async run(env) {
        const { socket, peer } = await connected(env);
        const third = Math.floor(env.bulk / 3);
        const parts = [1, 2, 3].map((seed) => pattern(third, seed));
        const arriving = receive(peer, 3 * third);
        await Promise.all(parts.map((part) => socket.sendAll(part)));
        const sum = parts.reduce((sum, part) => checksum(part, sum), 1);
        equal(checksum(await arriving), sum, "the checksum of what arrives");
      },
    },
    {
      name: "recv and sendAll wait at the same time",
      needs: ["backpressure"],
      async run(env) {
        const { socket, peer } = await connected(env);
        const calls = Promise.all([socket.recv(5), socket.sendAll(new Uint8Array(env.flood))]);
        await env.quiet();
        await peer.send(ascii("hello"));
        await receive(peer, env.flood);
        equal(text((await calls)[0]), "hello", "what is received");
      },
    },
    {
      name: "several accept get one connection each, in order",
      async run(env) {
        const { server, port } = await listening(env);
        const calls = [server.accept(), server.accept(), server.accept()];
        const ports: number[] = [];
        for (let count = 0; count < 3; count++) {
          ports.push((await env.peer.connect(env.address, port)).port);
          env.use((await calls[count]!).socket);
        }
        equal(
          (await Promise.all(calls)).map(({ address }) => address.port),
          ports,
          "the peers' ports",
        );
      },
    },
    {
      name: "several recvFrom get one datagram each, in order",
      async run(env) {
        const { socket, port } = await bound(env);
        const calls = [socket.recvFrom(), socket.recvFrom(), socket.recvFrom()];
        const peer = await env.peer.udp();
        for (const data of ["a", "b", "c"]) await peer.send(ascii(data), env.address, port);
        const received = await Promise.all(calls);
        equal(received.map(({ data }) => text(data)).join(""), "abc", "what they give");
      },
    },
    {
      name: "a call that is given up leaves its place to the next",
      async run(env) {
        const { socket, peer } = await connected(env);
        const first = socket.recv(1);
        const second = rejects("ETIMEDOUT", socket.recv(1, { timeout: 5 }), "the second recv");
        const third = socket.recv(1);
        await second;
        await peer.send(ascii("ab"));
        equal([text(await first), text(await third)], ["a", "b"], "what the others give");
      },
    },
    {
      name: "many connections at once, each with its own data",
      async run(env) {
        const { server, port } = await listening(env);
        const peers = await Promise.all(
          Array.from({ length: 4 }, async (_, index) => {
            const peer = await env.peer.connect(env.address, port);
            await peer.send(Uint8Array.of(index));
            return peer;
          }),
        );
        const serving = peers.map(async () => {
          const socket = env.use((await server.accept()).socket);
          const [index = 0] = await socket.recv(1);
          await socket.sendAll(pattern(2000, index + 1));
        });
        await Promise.all(serving);
        for (const [index, peer] of peers.entries()) {
          equal(await receive(peer, 2000), pattern(2000, index + 1), `what peer ${index} receives`);
        }
      },
    },
    {
      name: "what was answered at once and what waited keep their order",
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.send(ascii("ab"));
        await env.quiet();
        const calls = [socket.recv(1), socket.recv(5), socket.recv(5)];
        await peer.send(ascii("c"));
        equal(
          (await Promise.all(calls)).map((piece) => text(piece)),
          ["a", "b", "c"],
          "what they give",
        );
        await peer.close();
        equal((await recvAll(socket)).length, 0, "bytes left");
      },
    },
  ],
};
