import { UdpSocket } from "wirelet/socket/index";
import { equal, mentions, ok, rejects } from "../assert.js";
import { ascii, pattern, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { bound, watch } from "../kit.js";

/** Around what fits into one packet on Ethernet, and what takes several. */
const SIZES = [1, 2, 512, 1471, 1472, 1473, 2960, 2961, 8000];

/** UDP without a peer of its own. */
export const datagrams: Topic = {
  name: "UDP",
  cases: [
    {
      name: "sendTo and recvFrom, with the peer's address",
      async run(env) {
        const { socket, port } = await bound(env);
        const peer = await env.peer.udp();
        equal(await socket.sendTo(ascii("question"), [env.peerAddress, peer.port]), 8, "bytes sent");
        const asked = await peer.recv();
        equal(text(asked.data), "question", "what arrives");
        equal([asked.address, asked.port], [env.address, port], "where it came from");
        await peer.send(ascii("answer"), asked.address, asked.port);
        const { data, address } = await socket.recvFrom();
        equal(text(data), "answer", "what is received");
        equal(address.toString(), `${env.peerAddress}:${peer.port}`, "where it came from");
      },
    },
    {
      name: "sendTo binds to a free port",
      async run(env) {
        const socket = env.use(new UdpSocket(env.provider));
        equal(socket.localAddress, undefined, "localAddress before");
        const peer = await env.peer.udp();
        await socket.sendTo(ascii("a"), [env.peerAddress, peer.port]);
        equal((await peer.recv()).port, socket.localAddress?.port, "the local port");
      },
    },
    {
      name: "recvFrom waits for a datagram",
      async run(env) {
        const { socket, port } = await bound(env);
        const receiving = socket.recvFrom();
        const watched = watch(receiving);
        await env.quiet();
        ok(!watched.isSettled, "recvFrom waits");
        const peer = await env.peer.udp();
        await peer.send(ascii("a"), env.address, port);
        equal(text((await receiving).data), "a", "what is received");
      },
    },
    {
      name: "datagrams wait to be received, in the order in which they came",
      async run(env) {
        const { socket, port } = await bound(env);
        const peer = await env.peer.udp();
        for (let index = 0; index < 10; index++) await peer.send(Uint8Array.of(index), env.address, port);
        await env.quiet();
        const received: number[] = [];
        for (let index = 0; index < 10; index++) received.push(...(await socket.recvFrom()).data);
        equal(received, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "what is received");
      },
    },
    {
      name: "datagrams are neither joined nor split",
      async run(env) {
        const { socket, port } = await bound(env);
        const peer = await env.peer.udp();
        for (const size of [3, 0, 5]) await peer.send(pattern(size), env.address, port);
        const sizes = [];
        for (let count = 0; count < 3; count++) sizes.push((await socket.recvFrom()).data.length);
        equal(sizes, [3, 0, 5], "their sizes");
      },
    },
    {
      name: "an empty datagram, both ways",
      async run(env) {
        const { socket, port } = await bound(env);
        const peer = await env.peer.udp();
        equal(await socket.sendTo(new Uint8Array(0), [env.peerAddress, peer.port]), 0, "bytes sent");
        equal((await peer.recv()).data.length, 0, "bytes that arrive");
        await peer.send(new Uint8Array(0), env.address, port);
        equal((await socket.recvFrom()).data.length, 0, "bytes received");
      },
    },
    {
      name: "sizes around those of a packet are sent",
      async run(env) {
        const { socket } = await bound(env);
        const peer = await env.peer.udp();
        for (const size of SIZES) {
          await socket.sendTo(pattern(size), [env.peerAddress, peer.port]);
          equal((await peer.recv()).data, pattern(size), `${size} bytes`);
        }
      },
    },
    {
      name: "sizes around those of a packet are received",
      async run(env) {
        const { socket, port } = await bound(env);
        const peer = await env.peer.udp();
        for (const size of SIZES) {
          await peer.send(pattern(size), env.address, port);
          equal((await socket.recvFrom()).data, pattern(size), `${size} bytes`);
        }
      },
    },
    {
      name: "the largest datagram is 65,507 bytes, both ways",
      needs: ["large-datagrams"],
      async run(env) {
        const { socket, port } = await bound(env);
        const peer = await env.peer.udp();
        await socket.sendTo(pattern(65_507), [env.peerAddress, peer.port]);
        equal((await peer.recv()).data, pattern(65_507), "what arrives");
        await peer.send(pattern(65_507), env.address, port);
        equal((await socket.recvFrom()).data, pattern(65_507), "what is received");
      },
    },
    {
      name: "one byte more is EMSGSIZE with the address, and the socket goes on",
      async run(env) {
        const { socket } = await bound(env);
        const peer = await env.peer.udp();
        const to = `${env.peerAddress}:${peer.port}`;
        const error = await rejects("EMSGSIZE", socket.sendTo(new Uint8Array(65_508), to), "sendTo");
        mentions(error, ["send", to]);
        await socket.sendTo(ascii("short"), to);
        equal(text((await peer.recv()).data), "short", "what arrives");
      },
    },
    {
      name: "recvInto truncates what does not fit, and the rest is gone",
      async run(env) {
        const { socket, port } = await bound(env);
        const peer = await env.peer.udp();
        await socket.connect([env.peerAddress, peer.port]);
        await peer.send(ascii("a long one"), env.address, port);
        await peer.send(ascii("next"), env.address, port);
        const buffer = new Uint8Array(6);
        equal(await socket.recvInto(buffer), 6, "bytes received");
        equal(text(buffer), "a long", "the buffer");
        equal(text((await socket.recvFrom()).data), "next", "the next datagram");
      },
    },
    {
      name: "recvInto says how many bytes a short datagram has",
      async run(env) {
        const { socket, port } = await bound(env);
        const peer = await env.peer.udp();
        await socket.connect([env.peerAddress, peer.port]);
        await peer.send(ascii("abc"), env.address, port);
        const buffer = new Uint8Array(6);
        equal(await socket.recvInto(buffer), 3, "bytes received");
        equal(text(buffer), "abc\0\0\0", "the buffer");
      },
    },
    {
      name: "many that nobody receives do no harm",
      async run(env) {
        const { socket, port } = await bound(env);
        const peer = await env.peer.udp();
        for (let count = 0; count < 300; count++) await peer.send(pattern(1000), env.address, port);
        await env.quiet();
        // What is kept is the provider's choice; it is some of them, each whole, and then the socket goes on.
        let kept = 0;
        for (;;) {
          const datagram = await socket.recvFrom({ timeout: 20 }).catch(() => undefined);
          if (datagram === undefined) break;
          equal(datagram.data, pattern(1000), "a datagram");
          kept++;
        }
        ok(kept > 0 && kept <= 300, `${kept} datagrams were kept`);
        await peer.send(ascii("after all"), env.address, port);
        equal(text((await socket.recvFrom()).data), "after all", "what is received then");
      },
    },
    {
      name: "several peers are told apart",
      async run(env) {
        const { socket, port } = await bound(env);
        const peers = [await env.peer.udp(), await env.peer.udp()];
        for (const [index, peer] of peers.entries()) await peer.send(Uint8Array.of(index), env.address, port);
        for (let count = 0; count < 2; count++) {
          const { data, address } = await socket.recvFrom();
          equal(address.port, peers[data[0]!]?.port, "the port of who sent it");
        }
      },
    },
    {
      name: "no route is ENETUNREACH with the address",
      needs: ["no-route"],
      async run(env) {
        const { socket } = await bound(env);
        const to = `${env.unroutedAddress!}:9`;
        mentions(await rejects("ENETUNREACH", socket.sendTo(ascii("a"), to), "sendTo"), ["send", to]);
      },
    },
    {
      name: "bind twice, or to a name, is EINVAL",
      async run(env) {
        const { socket } = await bound(env);
        await rejects("EINVAL", socket.bind("0.0.0.0:0"), "a second bind");
        await rejects(
          "EINVAL",
          env.use(new UdpSocket(env.provider)).bind("printer.local:0"),
          "bind to a name",
        );
      },
    },
    {
      name: "another host's address is EADDRNOTAVAIL",
      needs: ["listen-on-address"],
      async run(env) {
        const socket = env.use(new UdpSocket(env.provider));
        await rejects("EADDRNOTAVAIL", socket.bind("192.0.2.1:0"), "bind");
      },
    },
    {
      name: "an unconnected socket does not hear of closed ports",
      needs: ["icmp-errors"],
      async run(env) {
        const { socket, port } = await bound(env);
        const gone = await env.peer.udp();
        await gone.close();
        await socket.sendTo(ascii("anybody there?"), [env.peerAddress, gone.port]);
        await env.quiet();
        const peer = await env.peer.udp();
        await peer.send(ascii("yes"), env.address, port);
        equal(text((await socket.recvFrom()).data), "yes", "what is received");
      },
    },
  ],
};
