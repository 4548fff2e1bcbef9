import { UdpSocket } from "wirelet/socket/index";
import { equal, mentions, rejects } from "../assert.js";
import { ascii, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { bound } from "../kit.js";

/** UDP with one peer. */
export const connectedDatagrams: Topic = {
  name: "connected UDP",
  cases: [
    {
      name: "send and recv need no address",
      needs: ["udp-connect"],
      async run(env) {
        const socket = env.use(new UdpSocket(env.provider));
        const peer = await env.peer.udp();
        await socket.connect([env.peerAddress, peer.port]);
        equal(socket.remoteAddress?.toString(), `${env.peerAddress}:${peer.port}`, "remoteAddress");
        equal(await socket.send(ascii("question")), 8, "bytes sent");
        const asked = await peer.recv();
        equal(text(asked.data), "question", "what arrives");
        await peer.send(ascii("answer"), asked.address, asked.port);
        equal(text(await socket.recv()), "answer", "what is received");
      },
    },
    {
      name: "only the peer's datagrams arrive",
      needs: ["udp-connect"],
      async run(env) {
        const { socket, port } = await bound(env);
        const [peer, stranger] = [await env.peer.udp(), await env.peer.udp()];
        await socket.connect([env.peerAddress, peer.port]);
        await stranger.send(ascii("stranger"), env.address, port);
        await peer.send(ascii("peer"), env.address, port);
        equal(text(await socket.recv()), "peer", "what is received");
      },
    },
    {
      name: "another connect changes the peer",
      needs: ["udp-connect"],
      async run(env) {
        const { socket, port } = await bound(env);
        const [first, second] = [await env.peer.udp(), await env.peer.udp()];
        await socket.connect([env.peerAddress, first.port]);
        await socket.connect([env.peerAddress, second.port]);
        equal(socket.localAddress?.port, port, "the local port");
        await socket.send(ascii("hello"));
        equal(text((await second.recv()).data), "hello", "what arrives");
        await first.send(ascii("first"), env.address, port);
        await second.send(ascii("second"), env.address, port);
        equal(text(await socket.recv()), "second", "what is received");
      },
    },
    {
      name: "another connect changes the peer of a socket that was not bound",
      needs: ["udp-connect"],
      async run(env) {
        const socket = env.use(new UdpSocket(env.provider));
        for (const data of ["first", "second"]) {
          const peer = await env.peer.udp();
          await socket.connect([env.peerAddress, peer.port]);
          await socket.send(ascii(data));
          const heard = await peer.recv();
          equal(text(heard.data), data, "what arrives");
          await peer.send(ascii("answer"), heard.address, heard.port);
          equal(text(await socket.recv()), "answer", "what is received");
        }
      },
    },
    {
      name: "a closed port is ECONNREFUSED in the next call, once",
      needs: ["udp-connect", "icmp-errors"],
      async run(env) {
        const gone = await env.peer.udp();
        await gone.close();
        const socket = env.use(new UdpSocket(env.provider));
        await socket.connect([env.peerAddress, gone.port]);
        await socket.send(ascii("anybody there?"));
        const error = await rejects("ECONNREFUSED", socket.recv(), "recv");
        mentions(error, [`${env.peerAddress}:${gone.port}`]);
        const back = await env.peer.udp({ port: gone.port });
        await socket.send(ascii("now?"));
        equal(text((await back.recv()).data), "now?", "what arrives");
      },
    },
    {
      name: "ECONNREFUSED that nobody waited for is told to the next send",
      needs: ["udp-connect", "icmp-errors"],
      async run(env) {
        const gone = await env.peer.udp();
        await gone.close();
        const socket = env.use(new UdpSocket(env.provider));
        await socket.connect([env.peerAddress, gone.port]);
        await socket.send(ascii("anybody there?"));
        await env.quiet();
        await rejects("ECONNREFUSED", socket.send(ascii("hello?")), "the next send");
      },
    },
    {
      name: "sendTo is EISCONN",
      needs: ["udp-connect"],
      async run(env) {
        const socket = env.use(new UdpSocket(env.provider));
        const peer = await env.peer.udp();
        await socket.connect([env.peerAddress, peer.port]);
        await rejects("EISCONN", socket.sendTo(ascii("a"), [env.peerAddress, peer.port]), "sendTo");
      },
    },
    {
      name: "send before connect is ENOTCONN",
      async run(env) {
        const { socket } = await bound(env);
        await rejects("ENOTCONN", socket.send(ascii("a")), "send");
      },
    },
  ],
};
