import { equal, ok, rejects } from "../assert.js";
import { ascii, checksum, pattern, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { accepted, connected, recvAll, watch } from "../kit.js";
import { receive } from "../peer.js";

/** send, sendAll, recv and recvInto. */
export const transferring: Topic = {
  name: "sending and receiving",
  cases: [
    {
      name: "recv waits while there is no data",
      async run(env) {
        const { socket, peer } = await connected(env);
        const receiving = socket.recv(100);
        const watched = watch(receiving);
        await env.quiet();
        ok(!watched.isSettled, "recv waits");
        await peer.send(ascii("hello"));
        equal(text(await receiving), "hello", "what is received");
      },
    },
    {
      name: "recv gives fewer bytes than asked for, if there are no more",
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.send(ascii("hello"));
        await env.quiet();
        equal(text(await socket.recv(1000)), "hello", "what is received");
      },
    },
    {
      name: "recv gives no more than asked for, and keeps the rest",
      async run(env) {
        const { socket, peer } = await accepted(env);
        await peer.send(ascii("hello"));
        await env.quiet();
        equal(text(await socket.recv(2)), "he", "the first two bytes");
        equal(text(await socket.recv(1)), "l", "the third");
        equal(text(await socket.recv(100)), "lo", "the rest");
      },
    },
    {
      name: "recv of no bytes is refused with EINVAL",
      async run(env) {
        const { socket } = await connected(env);
        for (const max of [0, -1, 1.5, NaN]) await rejects("EINVAL", socket.recv(max), `recv(${max})`);
        await rejects("EINVAL", socket.recvInto(new Uint8Array(0)), "recvInto an empty buffer");
      },
    },
    {
      name: "what recv has given stays as it is",
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.send(ascii("hello"));
        const first = await socket.recv(5);
        await peer.send(ascii("world"));
        await socket.recv(5);
        equal(text(first), "hello", "the first bytes, after the second have come");
      },
    },
    {
      name: "recvInto fills the caller's buffer, and says how far",
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.send(ascii("hello"));
        await env.quiet();
        const buffer = new Uint8Array(8);
        equal(await socket.recvInto(buffer), 5, "bytes received");
        equal(text(buffer), "hello\0\0\0", "the buffer");
      },
    },
    {
      name: "recvInto fills only a view's part of its buffer",
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.send(ascii("hello"));
        await env.quiet();
        const buffer = new Uint8Array(8);
        equal(await socket.recvInto(buffer.subarray(2, 4)), 2, "bytes received");
        equal(await socket.recvInto(new DataView(buffer.buffer, 5, 2)), 2, "bytes received into a DataView");
        equal(text(buffer), "\0\0he\0ll\0", "the buffer");
      },
    },
    {
      name: "recvInto waits while there is no data",
      async run(env) {
        const { socket, peer } = await connected(env);
        const buffer = new Uint8Array(5);
        const receiving = socket.recvInto(buffer);
        await peer.send(ascii("hello"));
        const count = await receiving;
        ok(count > 0, "it has received something");
        equal(text(buffer.subarray(0, count)), "hello".slice(0, count), "the buffer");
      },
    },
    {
      name: "send says how many bytes were taken",
      async run(env) {
        const { socket, peer } = await connected(env);
        const bytes = pattern(100);
        let sent = 0;
        while (sent < bytes.length) {
          const count = await socket.send(bytes.subarray(sent));
          ok(count > 0 && count <= bytes.length - sent, `send takes ${count} bytes`);
          sent += count;
        }
        equal(await receive(peer, 100), bytes, "what arrives");
      },
    },
    {
      name: "sending nothing sends nothing",
      async run(env) {
        const { socket, peer } = await connected(env);
        equal(await socket.send(new Uint8Array(0)), 0, "bytes taken");
        await socket.sendAll(new Uint8Array(0));
        await socket.sendAll(ascii("a"));
        equal(text(await peer.recv(10)), "a", "what arrives");
      },
    },
    {
      name: "an ArrayBuffer and a view's part of one are sent",
      async run(env) {
        const { socket, peer } = await connected(env);
        const bytes = ascii("0123456789");
        await socket.sendAll(bytes.buffer as ArrayBuffer);
        await socket.sendAll(new DataView(bytes.buffer, 8, 1));
        await socket.sendAll(bytes.subarray(2, 4));
        equal(text(await receive(peer, 13)), "0123456789823", "what arrives");
      },
    },
    {
      name: "what was sent may be overwritten",
      async run(env) {
        const { socket, peer } = await connected(env);
        const bytes = ascii("hello");
        await socket.sendAll(bytes);
        bytes.fill(0);
        equal(text(await receive(peer, 5)), "hello", "what arrives");
      },
    },
    {
      name: "all 256 bytes pass unchanged, both ways",
      async run(env) {
        const { socket, peer } = await connected(env);
        const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
        await socket.sendAll(bytes);
        equal(await receive(peer, 256), bytes, "what arrives");
        await peer.send(bytes);
        equal(await recvAll(socket, 256), bytes, "what is received");
      },
    },
    {
      name: "many small sends arrive in order",
      async run(env) {
        const { socket, peer } = await connected(env);
        const bytes = pattern(5050);
        for (let size = 1, at = 0; size <= 100; at += size++) {
          await socket.sendAll(bytes.subarray(at, at + size));
        }
        equal(await receive(peer, bytes.length), bytes, "what arrives");
      },
    },
    {
      name: "many small receives give all in order",
      async run(env) {
        const { socket, peer } = await accepted(env);
        const bytes = pattern(5050);
        await peer.send(bytes);
        const got: number[] = [];
        for (let max = 1; got.length < bytes.length; max = (max % 100) + 1) {
          got.push(...(await socket.recv(max)));
        }
        equal(got, bytes, "what is received");
      },
    },
    {
      name: "question and answer, a hundred times",
      async run(env) {
        const { socket, peer } = await connected(env);
        for (let round = 0; round < 100; round++) {
          await socket.sendAll(Uint8Array.of(round));
          equal(await peer.recv(10), [round], "the question");
          await peer.send(Uint8Array.of(255 - round));
          equal(await socket.recv(10), [255 - round], "the answer");
        }
      },
    },
    {
      name: "much data arrives whole",
      async run(env) {
        const { socket, peer } = await connected(env);
        const bytes = pattern(env.bulk);
        const [got] = await Promise.all([receive(peer, env.bulk), socket.sendAll(bytes)]);
        equal(checksum(got), checksum(bytes), "the checksum of what arrives");
      },
    },
    {
      name: "much data is received whole",
      async run(env) {
        const { socket, peer } = await accepted(env);
        const bytes = pattern(env.bulk, 2);
        const [got] = await Promise.all([recvAll(socket, env.bulk), peer.send(bytes)]);
        equal(got.length, bytes.length, "bytes received");
        equal(checksum(got), checksum(bytes), "the checksum of what is received");
      },
    },
    {
      name: "much data both ways at once",
      async run(env) {
        const { socket, peer } = await connected(env);
        const count = env.bulk / 2;
        const [up, down] = [pattern(count, 1), pattern(count, 2)];
        const [arrived, received] = await Promise.all([
          receive(peer, count),
          recvAll(socket, count),
          socket.sendAll(up),
          peer.send(down),
        ]);
        equal(checksum(arrived), checksum(up), "the checksum of what arrives");
        equal(checksum(received), checksum(down), "the checksum of what is received");
      },
    },
  ],
};
