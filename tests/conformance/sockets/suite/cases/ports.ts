import { TcpSocket, UdpSocket } from "wirelet/socket/index";
import { equal, mentions, ok, rejects } from "../assert.js";
import { ascii, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { accepted, bound, connected, listening } from "../kit.js";

/** Ports: in use, free again, chosen, privileged. */
export const ports: Topic = {
  name: "ports",
  cases: [
    {
      name: "a port that is listened on is EADDRINUSE, and the message has it",
      needs: ["address-in-use"],
      async run(env) {
        const { port } = await listening(env);
        const second = env.use(new TcpSocket(env.provider));
        await second.bind(`0.0.0.0:${port}`);
        const error = await rejects("EADDRINUSE", second.listen(), "a second listener");
        mentions(error, ["listen", `${port}`]);
      },
    },
    {
      name: "after EADDRINUSE the first one goes on, and the port is had once it is closed",
      needs: ["address-in-use"],
      async run(env) {
        const { server, port } = await listening(env);
        const second = env.use(new TcpSocket(env.provider));
        await second.bind(`0.0.0.0:${port}`);
        await rejects("EADDRINUSE", second.listen(), "a second listener");
        await Promise.all([env.peer.connect(env.address, port), server.accept()]);
        await server.close();
        await env.quiet();
        await second.listen();
        const [peer, { address }] = await Promise.all([env.peer.connect(env.address, port), second.accept()]);
        equal(address.port, peer.port, "the peer's port");
      },
    },
    {
      name: "a port is free again after close, though its connections linger",
      async run(env) {
        const { server, port } = await listening(env);
        const [peer, { socket }] = await Promise.all([env.peer.connect(env.address, port), server.accept()]);
        // Who closes first keeps the connection in TIME-WAIT.
        await socket.close();
        equal((await peer.recv(1)).length, 0, "bytes that the peer receives");
        await peer.close();
        await server.close();
        await env.quiet();
        const again = env.use(new TcpSocket(env.provider));
        await again.bind(`0.0.0.0:${port}`);
        await again.listen();
        await Promise.all([env.peer.connect(env.address, port), again.accept()]);
      },
    },
    {
      name: "without reuseAddress, a port on which connections linger is EADDRINUSE",
      needs: ["time-wait"],
      async run(env) {
        const { server, port } = await listening(env);
        const [peer, { socket }] = await Promise.all([env.peer.connect(env.address, port), server.accept()]);
        await socket.close();
        equal((await peer.recv(1)).length, 0, "bytes that the peer receives");
        await peer.close();
        await server.close();
        await env.quiet();
        const again = env.use(new TcpSocket(env.provider, { reuseAddress: false }));
        await again.bind(`0.0.0.0:${port}`);
        await rejects("EADDRINUSE", again.listen(), "listen");
      },
    },
    {
      name: "TCP and UDP have their ports apart",
      async run(env) {
        const { port } = await listening(env);
        const socket = env.use(new UdpSocket(env.provider));
        await socket.bind(`0.0.0.0:${port}`);
        equal(socket.localAddress?.port, port, "the UDP port");
      },
    },
    {
      name: "a UDP port in use is EADDRINUSE, and free again after close",
      needs: ["address-in-use"],
      async run(env) {
        const { socket, port } = await bound(env);
        const second = env.use(new UdpSocket(env.provider));
        const error = await rejects("EADDRINUSE", second.bind(`0.0.0.0:${port}`), "a second socket");
        mentions(error, ["bind", `${port}`]);
        await socket.close();
        await second.bind(`0.0.0.0:${port}`);
      },
    },
    {
      name: "connections from the same host have ports of their own",
      async run(env) {
        const seen = new Set<number>();
        for (let count = 0; count < 5; count++) seen.add((await connected(env)).peer.remotePort);
        equal(seen.size, 5, "different ports");
      },
    },
    {
      name: "bind before connect chooses the port that the peer sees",
      needs: ["local-endpoint"],
      async run(env) {
        // One that was free a moment ago.
        const { server, port } = await listening(env);
        await server.close();
        await env.quiet();
        const listener = await env.peer.listen();
        const socket = env.use(new TcpSocket(env.provider));
        await socket.bind(`0.0.0.0:${port}`);
        await socket.connect([env.peerAddress, listener.port]);
        equal((await listener.accept()).remotePort, port, "the port that the peer sees");
        equal(socket.localAddress?.port, port, "the local port");
      },
    },
    {
      name: "the same connection twice is EADDRINUSE",
      needs: ["local-endpoint", "address-in-use"],
      async run(env) {
        const listener = await env.peer.listen();
        const first = env.use(new TcpSocket(env.provider));
        await first.connect([env.peerAddress, listener.port]);
        const second = env.use(new TcpSocket(env.provider));
        await second.bind(`0.0.0.0:${first.localAddress!.port}`);
        const again = second.connect([env.peerAddress, listener.port]);
        await rejects("EADDRINUSE", again, "a second connection between the same ports");
      },
    },
    {
      name: "connecting from another host's address is EADDRNOTAVAIL",
      needs: ["local-endpoint"],
      async run(env) {
        const listener = await env.peer.listen();
        const socket = env.use(new TcpSocket(env.provider));
        await socket.bind("192.0.2.1:0");
        await rejects("EADDRNOTAVAIL", socket.connect([env.peerAddress, listener.port]), "connect");
      },
    },
    {
      name: "privileged ports are EACCES",
      needs: ["privileged-ports"],
      async run(env) {
        for (const port of [1, 80, 1023]) {
          const server = env.use(new TcpSocket(env.provider));
          await server.bind(`0.0.0.0:${port}`);
          mentions(await rejects("EACCES", server.listen(), `listening on ${port}`), [`${port}`]);
          const socket = env.use(new UdpSocket(env.provider));
          await rejects("EACCES", socket.bind(`0.0.0.0:${port}`), `UDP on ${port}`);
        }
        const server = env.use(new TcpSocket(env.provider));
        await server.bind("0.0.0.0:1024");
        await server.listen();
      },
    },
    {
      name: "a listener's connections do not keep its port from being given back",
      async run(env) {
        const { socket, peer } = await accepted(env);
        await socket.sendAll(ascii("hello"));
        const { port } = await listening(env);
        ok(port > 0, "another listener has a port");
        equal(text(await peer.recv(5)), "hello", "what arrives");
      },
    },
  ],
};
