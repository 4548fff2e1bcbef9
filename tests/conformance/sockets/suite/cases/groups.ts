import { UdpSocket } from "wirelet/socket/index";
import { codeOf, equal, mentions, ok, rejects } from "../assert.js";
import { ascii, text } from "../bytes.js";
import type { Env, Topic } from "../case.js";
import { bound, watch } from "../kit.js";

/** For whoever wants them (RFC 5771 §8). */
const GROUP = "239.1.2.3";
const OTHER_GROUP = "239.1.2.4";

/** A socket on a port that others can have as well, in the group. */
async function member(env: Env, port: number, group = GROUP): Promise<UdpSocket> {
  const socket = env.use(new UdpSocket(env.provider, { reuseAddress: true }));
  await socket.bind(`0.0.0.0:${port}`);
  await socket.join(group);
  return socket;
}

/** Broadcast, multicast, and ports that are shared for them. */
export const groups: Topic = {
  name: "broadcast, multicast and shared ports",
  cases: [
    {
      name: "sending to all is EACCES unless it is allowed",
      needs: ["broadcast"],
      async run(env) {
        const { socket } = await bound(env);
        for (const address of [env.broadcastAddress!, "255.255.255.255"]) {
          const error = await rejects("EACCES", socket.sendTo(ascii("a"), [address, 9]), `sendTo ${address}`);
          mentions(error, ["send", `${address}:9`]);
        }
      },
    },
    {
      name: "without permission nothing is sent to all, and the next call fails at the latest",
      needs: ["broadcast"],
      async run(env) {
        const { socket } = await bound(env);
        const peer = await env.peer.udp();
        const to = [env.broadcastAddress!, peer.port] as const;
        const first: unknown = await socket.sendTo(ascii("a"), to).catch((error: unknown) => codeOf(error));
        await env.quiet();
        if (first !== "EACCES") await rejects("EACCES", socket.sendTo(ascii("b"), to), "the next sendTo");
        await socket.sendTo(ascii("c"), [env.peerAddress, peer.port]);
        equal(text((await peer.recv()).data), "c", "what arrives");
      },
    },
    {
      name: "the peer hears what is sent to all of the link",
      needs: ["broadcast"],
      async run(env) {
        const { socket, port } = await bound(env, { broadcast: true });
        const peer = await env.peer.udp();
        await socket.sendTo(ascii("to all"), [env.broadcastAddress!, peer.port]);
        const heard = await peer.recv();
        equal(text(heard.data), "to all", "what arrives");
        equal(heard.port, port, "the port it came from");
      },
    },
    {
      name: "what the peer sends to all of the link is received",
      needs: ["broadcast"],
      async run(env) {
        const { socket, port } = await bound(env);
        const peer = await env.peer.udp({ broadcast: true });
        await peer.send(ascii("to all"), env.broadcastAddress!, port);
        const { data, address } = await socket.recvFrom();
        equal(text(data), "to all", "what is received");
        equal(address.port, peer.port, "the port it came from");
      },
    },
    {
      name: "what the peer sends to a group is received by who has joined it",
      needs: ["multicast"],
      async run(env) {
        const { socket, port } = await bound(env);
        await socket.join(GROUP);
        const peer = await env.peer.udp();
        await peer.send(ascii("to the group"), GROUP, port);
        equal(text((await socket.recvFrom()).data), "to the group", "what is received");
      },
    },
    {
      name: "a peer in the group hears what is sent to it",
      needs: ["multicast"],
      async run(env) {
        const { socket } = await bound(env);
        const peer = await env.peer.udp({ group: GROUP });
        await socket.sendTo(ascii("to the group"), [GROUP, peer.port]);
        equal(text((await peer.recv()).data), "to the group", "what arrives");
      },
    },
    {
      name: "after leave, and in other groups, nothing is received",
      needs: ["multicast"],
      async run(env) {
        const { socket, port } = await bound(env);
        await socket.join(GROUP);
        const peer = await env.peer.udp();
        await peer.send(ascii("other"), OTHER_GROUP, port);
        await peer.send(ascii("mine"), GROUP, port);
        equal(text((await socket.recvFrom()).data), "mine", "what is received");
        await socket.leave(GROUP);
        await env.quiet();
        await peer.send(ascii("too late"), GROUP, port);
        await peer.send(ascii("for me"), env.address, port);
        equal(text((await socket.recvFrom()).data), "for me", "what is received after leave");
      },
    },
    {
      name: "a socket can be in several groups",
      needs: ["multicast"],
      async run(env) {
        const { socket, port } = await bound(env);
        await socket.join(GROUP);
        await socket.join(OTHER_GROUP);
        const peer = await env.peer.udp();
        for (const group of [GROUP, OTHER_GROUP]) {
          await peer.send(ascii(group), group, port);
          equal(text((await socket.recvFrom()).data), group, "what is received");
        }
      },
    },
    {
      name: "join of what is no group is EINVAL",
      async run(env) {
        const { socket } = await bound(env);
        await rejects("EINVAL", socket.join("10.0.0.7"), "join");
      },
    },
    {
      name: "join twice is EADDRINUSE, leave without join EADDRNOTAVAIL",
      needs: ["multicast"],
      async run(env) {
        const { socket } = await bound(env);
        await socket.join(GROUP);
        await rejects("EADDRINUSE", socket.join(GROUP), "a second join");
        await socket.leave(GROUP);
        mentions(await rejects("EADDRNOTAVAIL", socket.leave(GROUP), "a second leave"), [GROUP]);
      },
    },
    {
      name: "the sender hears itself in its group, unless it does not want to",
      needs: ["multicast-loop"],
      async run(env) {
        for (const multicastLoop of [true, false]) {
          const { socket, port } = await bound(env, { multicastLoop });
          await socket.join(GROUP);
          const receiving = socket.recvFrom();
          const watched = watch(receiving);
          await socket.sendTo(ascii("echo"), [GROUP, port]);
          await env.quiet();
          equal(watched.isSettled, multicastLoop, `heard, with multicastLoop ${multicastLoop}`);
          receiving.catch(() => undefined);
          await socket.close();
        }
      },
    },
    {
      name: "sockets that share a port all hear their group",
      needs: ["port-sharing", "multicast"],
      async run(env) {
        const first = await member(env, 0);
        const { port } = first.localAddress!;
        const second = await member(env, port);
        const peer = await env.peer.udp();
        await peer.send(ascii("to both"), GROUP, port);
        for (const socket of [first, second]) {
          equal(text((await socket.recvFrom()).data), "to both", "what each receives");
        }
      },
    },
    {
      name: "sockets that share a port all hear a broadcast",
      needs: ["port-sharing", "broadcast"],
      async run(env) {
        const first = await member(env, 0);
        const { port } = first.localAddress!;
        const second = await member(env, port);
        const peer = await env.peer.udp({ broadcast: true });
        await peer.send(ascii("to all"), env.broadcastAddress!, port);
        for (const socket of [first, second]) {
          equal(text((await socket.recvFrom()).data), "to all", "what each receives");
        }
      },
    },
    {
      name: "of sockets that share a port, the last one bound hears what is for this host alone",
      needs: ["port-sharing"],
      async run(env) {
        const first = env.use(new UdpSocket(env.provider, { reuseAddress: true }));
        await first.bind("0.0.0.0:0");
        const { port } = first.localAddress!;
        const second = env.use(new UdpSocket(env.provider, { reuseAddress: true }));
        await second.bind(`0.0.0.0:${port}`);
        const peer = await env.peer.udp();
        await peer.send(ascii("to one"), env.address, port);
        equal(text((await second.recvFrom()).data), "to one", "what the second one receives");
        await second.close();
        await peer.send(ascii("to the other"), env.address, port);
        equal(text((await first.recvFrom()).data), "to the other", "what the first one receives");
      },
    },
    {
      name: "a port is shared only if all say so",
      needs: ["port-sharing", "address-in-use"],
      async run(env) {
        for (const [first, second] of [
          [false, true],
          [true, false],
        ] as const) {
          const { socket, port } = await bound(env, { reuseAddress: first });
          const other = env.use(new UdpSocket(env.provider, { reuseAddress: second }));
          await rejects("EADDRINUSE", other.bind(`0.0.0.0:${port}`), `reuseAddress ${first} and ${second}`);
          ok(socket.localAddress?.port === port, "the first one keeps its port");
        }
      },
    },
  ],
};
