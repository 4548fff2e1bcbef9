import { equal, ok } from "../assert.js";
import { checksum, pattern } from "../bytes.js";
import type { Topic } from "../case.js";
import { accepted, connected, recvAll, watch } from "../kit.js";
import { receive } from "../peer.js";

/** Who does not read holds up who sends. */
export const backpressure: Topic = {
  name: "backpressure",
  cases: [
    {
      name: "sendAll waits while the peer does not read, and goes on when it does",
      needs: ["backpressure"],
      async run(env) {
        const { socket, peer } = await connected(env);
        const bytes = pattern(env.flood);
        const sending = socket.sendAll(bytes);
        const watched = watch(sending);
        await env.quiet();
        ok(!watched.isSettled, "sendAll waits");
        const got = await receive(peer, bytes.length);
        await sending;
        equal(checksum(got), checksum(bytes), "the checksum of what arrives");
      },
    },
    {
      name: "send takes a part when there is not room for all, and waits when there is none",
      needs: ["backpressure"],
      async run(env) {
        const { socket, peer } = await connected(env);
        let sent = 0;
        let sending = socket.send(new Uint8Array(env.flood));
        for (;;) {
          const watched = watch(sending);
          await env.quiet();
          if (!watched.isSettled) break;
          sent += await sending;
          ok(sent < env.flood, `${sent} bytes are taken that nobody reads`);
          sending = socket.send(new Uint8Array(env.flood - sent));
        }
        ok(sent > 0, "something is taken before it waits");
        equal((await receive(peer, sent)).length, sent, "bytes that arrive");
        ok((await sending) > 0, "send goes on when the peer has read");
      },
    },
    {
      name: "what is not received holds up the peer",
      needs: ["backpressure"],
      async run(env) {
        const { socket, peer } = await accepted(env);
        const bytes = pattern(env.flood);
        const sending = peer.send(bytes);
        const watched = watch(sending);
        await env.quiet();
        ok(!watched.isSettled, "the peer waits");
        const got = await recvAll(socket, bytes.length);
        await sending;
        equal(checksum(got), checksum(bytes), "the checksum of what is received");
      },
    },
    {
      name: "a slow receiver loses nothing",
      needs: ["backpressure"],
      async run(env) {
        const { socket, peer } = await connected(env);
        const bytes = pattern(env.flood);
        const sending = peer.send(bytes);
        let sum = 1;
        let length = 0;
        for (let round = 0; length < bytes.length; round++) {
          const piece = await socket.recv(30_000);
          length += piece.length;
          sum = checksum(piece, sum);
          if (round % 16 === 0) await env.wait(1);
        }
        await sending;
        equal(sum, checksum(bytes), "the checksum of what is received");
      },
    },
    {
      name: "a sender that is held up does not hold up what comes",
      needs: ["backpressure"],
      async run(env) {
        const { socket, peer } = await connected(env);
        const sending = socket.sendAll(new Uint8Array(env.flood));
        await env.quiet();
        await peer.send(pattern(100));
        equal(await recvAll(socket, 100), pattern(100), "what is received meanwhile");
        await receive(peer, env.flood);
        await sending;
      },
    },
  ],
};
