import { TcpSocket, UdpSocket } from "wirelet/socket/index";
import { equal, mentions, rejects } from "../assert.js";
import { ascii, checksum, pattern, text } from "../bytes.js";
import type { Env, Topic } from "../case.js";
import { bound, listening, recvAll } from "../kit.js";

/** A host that talks to itself: no link is needed for that. */
export const loopback: Topic = {
  name: "loopback",
  cases: [
    ...["127.0.0.1", "localhost", "its own address"].map((to) => ({
      name: `a connection to ${to}`,
      async run(env: Env) {
        const { server, port } = await listening(env);
        const client = env.use(new TcpSocket(env.provider));
        const host = to === "its own address" ? env.address : to;
        const [, { socket }] = await Promise.all([client.connect(`${host}:${port}`), server.accept()]);
        env.use(socket);
        await client.sendAll(ascii("question"));
        equal(text(await recvAll(socket, 8)), "question", "what the server receives");
        await socket.sendAll(ascii("answer"));
        await socket.close();
        equal(text(await recvAll(client)), "answer", "what the client receives");
      },
    })),
    {
      name: "much data, both ways at once",
      async run(env) {
        const { server, port } = await listening(env);
        const client = env.use(new TcpSocket(env.provider));
        await client.connect(["127.0.0.1", port]);
        const socket = env.use((await server.accept()).socket);
        const count = env.bulk / 2;
        const [up, down] = [pattern(count, 1), pattern(count, 2)];
        const [arrived, received] = await Promise.all([
          recvAll(socket, count),
          recvAll(client, count),
          client.sendAll(up),
          socket.sendAll(down),
        ]);
        equal(checksum(arrived), checksum(up), "the checksum of what the server receives");
        equal(checksum(received), checksum(down), "the checksum of what the client receives");
      },
    },
    {
      name: "a closed port is ECONNREFUSED",
      needs: ["causes"],
      async run(env) {
        const { server, port } = await listening(env);
        await server.close();
        await env.quiet();
        const connecting = new TcpSocket(env.provider).connect(`127.0.0.1:${port}`);
        mentions(await rejects("ECONNREFUSED", connecting, "connect"), [`127.0.0.1:${port}`]);
      },
    },
    {
      name: "datagrams to itself",
      async run(env) {
        const { socket, port } = await bound(env);
        await socket.sendTo(ascii("to myself"), `127.0.0.1:${port}`);
        const { data, address } = await socket.recvFrom();
        equal(text(data), "to myself", "what is received");
        equal(address.toString(), `127.0.0.1:${port}`, "where it came from");
      },
    },
    {
      name: "datagrams between two sockets, by localhost",
      async run(env) {
        const { socket: server, port } = await bound(env);
        const client = env.use(new UdpSocket(env.provider));
        await client.sendTo(ascii("question"), `localhost:${port}`);
        const { data, address } = await server.recvFrom();
        equal(text(data), "question", "what the server receives");
        await server.sendTo(ascii("answer"), address);
        equal(text((await client.recvFrom()).data), "answer", "what the client receives");
      },
    },
    {
      name: "listening on 127.0.0.1 is not reached at another address",
      needs: ["listen-on-address", "deaf-neighbor"],
      async run(env) {
        const server = env.use(new TcpSocket(env.provider));
        await server.bind("127.0.0.1:0");
        await server.listen();
        const { port } = server.localAddress!;
        if (env.address === "127.0.0.1") return;
        await rejects("ECONNREFUSED", env.peer.connect(env.address, port), "the peer's connect");
      },
    },
  ],
};
