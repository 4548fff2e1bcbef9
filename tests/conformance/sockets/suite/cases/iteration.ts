import { codeOf, equal } from "../assert.js";
import { ascii, checksum, pattern, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { accepted, bound, connected, listening, recvAll } from "../kit.js";
import { receive } from "../peer.js";

/** for await. */
export const iteration: Topic = {
  name: "async iteration",
  cases: [
    {
      name: "over the bytes of a connection, until its end",
      async run(env) {
        const { socket, peer } = await connected(env);
        const bytes = pattern(env.bulk);
        const sending = peer.send(bytes).then(() => peer.close());
        let sum = 1;
        for await (const piece of socket) sum = checksum(piece, sum);
        await sending;
        equal(sum, checksum(bytes), "the checksum of what is received");
      },
    },
    {
      name: "leaving it leaves the connection open",
      async run(env) {
        const { socket, peer } = await accepted(env);
        await peer.send(ascii("a"));
        for await (const piece of socket) {
          equal(text(piece), "a", "the first piece");
          break;
        }
        await peer.send(ascii("b"));
        equal(text(await recvAll(socket, 1)), "b", "what is received then");
        await socket.sendAll(ascii("c"));
        equal(text(await receive(peer, 1)), "c", "what arrives");
      },
    },
    {
      name: "a reset ends it with ECONNRESET",
      needs: ["causes", "peer-reset"],
      async run(env) {
        const { socket, peer } = await connected(env);
        await peer.send(ascii("a"));
        let code: unknown;
        try {
          for await (const piece of socket) if (piece.length > 0) await peer.reset();
        } catch (error) {
          code = codeOf(error);
        }
        equal(code, "ECONNRESET", "the error's code");
      },
    },
    {
      name: "over connections, until the listening socket is closed",
      async run(env) {
        const { server, port } = await listening(env);
        const greeted: string[] = [];
        const serving = (async () => {
          for await (const socket of server.connections()) {
            await env.use(socket).sendAll(ascii("hello"));
          }
          return "over";
        })();
        for (let count = 0; count < 3; count++) {
          greeted.push(text(await receive(await env.peer.connect(env.address, port), 5)));
        }
        await server.close();
        equal(await serving, "over", "the loop");
        equal(greeted, ["hello", "hello", "hello"], "what the peers receive");
      },
    },
    {
      name: "over datagrams, until the socket is closed",
      async run(env) {
        const { socket, port } = await bound(env);
        const heard: string[] = [];
        const listeningOn = (async () => {
          for await (const { data, address } of socket) {
            heard.push(text(data));
            await socket.sendTo(data, address);
          }
          return "over";
        })();
        const peer = await env.peer.udp();
        for (const data of ["a", "b"]) {
          await peer.send(ascii(data), env.address, port);
          equal(text((await peer.recv()).data), data, "what comes back");
        }
        await socket.close();
        equal(await listeningOn, "over", "the loop");
        equal(heard, ["a", "b"], "what is received");
      },
    },
  ],
};
