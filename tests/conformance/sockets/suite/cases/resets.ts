import { codeOf, equal, mentions, ok, rejects } from "../assert.js";
import { ascii } from "../bytes.js";
import type { Topic } from "../case.js";
import { accepted, connected } from "../kit.js";
import { receive } from "../peer.js";

/** Resets, and writing after them. */
export const resets: Topic = {
  name: "resets",
  cases: [
    {
      name: "a recv that waits is rejected with ECONNRESET and the address",
      needs: ["causes", "peer-reset"],
      async run(env) {
        const { socket, peer } = await connected(env);
        const receiving = rejects("ECONNRESET", socket.recv(1), "recv");
        await env.quiet();
        await peer.reset();
        mentions(await receiving, [`${env.peerAddress}:${peer.port}`]);
      },
    },
    {
      name: "the next recv is rejected with ECONNRESET",
      needs: ["causes", "peer-reset"],
      async run(env) {
        const { socket, peer } = await accepted(env);
        await peer.reset();
        await env.quiet();
        await rejects("ECONNRESET", socket.recv(1), "recv");
      },
    },
    {
      name: "a recv after that does not look like an end",
      needs: ["causes", "peer-reset"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.reset();
        await rejects("ECONNRESET", socket.recv(1), "recv");
        await rejects("ECONNRESET", socket.recv(1), "recv again");
        await rejects("ECONNRESET", socket.recvInto(new Uint8Array(1)), "recvInto");
      },
    },
    {
      name: "after the reset was told, sending is EPIPE",
      needs: ["causes", "peer-reset"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.reset();
        await rejects("ECONNRESET", socket.recv(1), "recv");
        const error = await rejects("EPIPE", socket.send(ascii("a")), "send");
        mentions(error, ["send", `${env.peerAddress}:${peer.port}`]);
        await rejects("EPIPE", socket.sendAll(ascii("a")), "sendAll");
      },
    },
    {
      name: "a send after a reset fails with ECONNRESET, and the one after it with EPIPE",
      needs: ["causes", "peer-reset"],
      async run(env) {
        const { socket, peer } = await accepted(env);
        await peer.reset();
        await env.quiet();
        await rejects("ECONNRESET", socket.send(ascii("a")), "send");
        await rejects("EPIPE", socket.send(ascii("a")), "send again");
      },
    },
    {
      name: "a sendAll that waits is rejected with ECONNRESET",
      needs: ["causes", "peer-reset", "backpressure"],
      async run(env) {
        const { socket, peer } = await connected(env);
        const sending = rejects("ECONNRESET", socket.sendAll(new Uint8Array(env.flood)), "sendAll");
        await env.quiet();
        await peer.reset();
        await sending;
      },
    },
    {
      name: "sending to a peer that has closed fails in the end, with ECONNRESET or EPIPE",
      needs: ["causes"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.close();
        for (;;) {
          const error: unknown = await socket.send(ascii("anybody there?")).then(
            () => undefined,
            (failure: unknown) => failure,
          );
          if (error !== undefined) {
            ok(codeOf(error) === "ECONNRESET" || codeOf(error) === "EPIPE", String(error));
            return;
          }
          await env.quiet();
        }
      },
    },
    {
      name: "who closes without having received all resets the peer",
      needs: ["peer-reset"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.send(ascii("unread"));
        await env.quiet();
        await socket.close();
        await rejects("ECONNRESET", receive(peer, 1), "the peer's recv");
      },
    },
    {
      name: "the address of a connection that was reset is still known",
      needs: ["causes", "peer-reset"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.reset();
        await rejects("ECONNRESET", socket.recv(1), "recv");
        equal(socket.remoteAddress?.toString(), `${env.peerAddress}:${peer.port}`, "remoteAddress");
      },
    },
    {
      name: "one connection's reset leaves others alone",
      needs: ["peer-reset"],
      async run(env) {
        const [first, second] = [await connected(env), await connected(env)];
        await first.peer.reset();
        await env.quiet();
        await second.socket.sendAll(ascii("hello"));
        equal((await receive(second.peer, 5)).length, 5, "bytes that arrive");
      },
    },
  ],
};
