import { equal, rejects } from "../assert.js";
import { ascii, checksum, pattern, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { accepted, connected, recvAll } from "../kit.js";
import { receive } from "../peer.js";

/** The end of a direction, and of both. */
export const ends: Topic = {
  name: "half-close and ends",
  cases: [
    {
      name: "recv gives no bytes when the peer has closed, again and again",
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.close();
        for (let count = 0; count < 3; count++) equal((await socket.recv(10)).length, 0, "bytes at the end");
        equal(await socket.recvInto(new Uint8Array(10)), 0, "bytes that recvInto gives at the end");
      },
    },
    {
      name: "recv that waits gives no bytes when the peer closes",
      async run(env) {
        const { socket, peer } = await accepted(env);
        const receiving = socket.recv(10);
        await env.quiet();
        await peer.close();
        equal((await receiving).length, 0, "bytes at the end");
      },
    },
    {
      name: "all that came before the end is received first",
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.send(ascii("last words"));
        await peer.close();
        await env.quiet();
        equal(text(await socket.recv(4)), "last", "the first four bytes");
        equal(text(await recvAll(socket)), " words", "the rest");
        equal((await socket.recv(1)).length, 0, "bytes at the end");
      },
    },
    {
      name: "much data and the end arrive whole",
      async run(env) {
        const { socket, peer } = await accepted(env);
        const bytes = pattern(env.bulk);
        const sending = peer.send(bytes).then(() => peer.close());
        equal(checksum(await recvAll(socket)), checksum(bytes), "the checksum of what is received");
        await sending;
      },
    },
    {
      name: 'shutdown("write") ends this side, and receiving goes on',
      needs: ["half-close"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await socket.sendAll(ascii("question"));
        await socket.shutdown("write");
        equal(text(await receive(peer, 100)), "question", "what arrives before the end");
        await peer.send(ascii("answer"));
        equal(text(await recvAll(socket, 6)), "answer", "what is received after shutdown");
        await peer.close();
        equal((await socket.recv(1)).length, 0, "bytes at the end");
      },
    },
    {
      name: 'sending after shutdown("write") is EPIPE',
      needs: ["half-close"],
      async run(env) {
        const { socket } = await connected(env);
        await socket.shutdown("write");
        await rejects("EPIPE", socket.send(ascii("a")), "send");
        await rejects("EPIPE", socket.sendAll(ascii("a")), "sendAll");
      },
    },
    {
      name: "shutdown twice is harmless",
      needs: ["half-close"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await socket.shutdown("write");
        await socket.shutdown("write");
        equal((await peer.recv(1)).length, 0, "bytes that the peer receives");
      },
    },
    {
      name: 'shutdown("write") sends all that was taken before',
      needs: ["half-close"],
      async run(env) {
        const { socket, peer } = await accepted(env);
        const bytes = pattern(env.bulk);
        const arriving = receive(peer, env.bulk + 1);
        await socket.sendAll(bytes);
        await socket.shutdown("write");
        equal(checksum(await arriving), checksum(bytes), "the checksum of what arrives");
      },
    },
    {
      name: 'shutdown("write") rejects a send that waits with EPIPE',
      needs: ["half-close", "backpressure"],
      async run(env) {
        const { socket } = await connected(env);
        const sending = rejects("EPIPE", socket.sendAll(new Uint8Array(env.flood)), "sendAll");
        await env.quiet();
        await socket.shutdown("write");
        await sending;
      },
    },
    {
      name: "the peer ends its side, and sending goes on",
      needs: ["half-close"],
      async run(env) {
        const { socket, peer } = await accepted(env);
        await peer.send(ascii("question"));
        await peer.shutdown();
        equal(text(await recvAll(socket)), "question", "what is received");
        const bytes = pattern(env.bulk);
        const arriving = receive(peer, env.bulk + 1);
        await socket.sendAll(bytes);
        await socket.close();
        equal(checksum(await arriving), checksum(bytes), "the checksum of what arrives");
      },
    },
    {
      name: 'shutdown("read") gives what has come, and then no bytes',
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.send(ascii("hello"));
        await env.quiet();
        await socket.shutdown("read");
        equal(text(await socket.recv(100)), "hello", "what had come");
        equal((await socket.recv(100)).length, 0, "bytes after it");
      },
    },
    {
      name: 'shutdown("read") ends a recv that waits, and sending goes on',
      async run(env) {
        const { socket, peer } = await connected(env);
        const receiving = socket.recv(10);
        await socket.shutdown("read");
        equal((await receiving).length, 0, "bytes received");
        await socket.sendAll(ascii("hello"));
        equal(text(await receive(peer, 5)), "hello", "what arrives");
      },
    },
    {
      name: 'shutdown("both") ends both directions',
      needs: ["half-close"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await socket.shutdown("both");
        equal((await socket.recv(1)).length, 0, "bytes received");
        await rejects("EPIPE", socket.send(ascii("a")), "send");
        equal((await peer.recv(1)).length, 0, "bytes that the peer receives");
      },
    },
    {
      name: "both ends close at the same time",
      async run(env) {
        const { socket, peer } = await connected(env);
        await Promise.all([socket.close(), peer.close()]);
        await env.quiet();
      },
    },
    {
      name: "close sends all that sendAll was given",
      async run(env) {
        const { socket, peer } = await accepted(env);
        const bytes = pattern(env.bulk, 3);
        const arriving = receive(peer, env.bulk + 1);
        await socket.sendAll(bytes);
        await socket.close();
        equal(checksum(await arriving), checksum(bytes), "the checksum of what arrives");
      },
    },
  ],
};
