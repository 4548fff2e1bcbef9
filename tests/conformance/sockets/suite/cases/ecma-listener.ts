import { checkError, equal, mentions, ok, throws } from "../assert.js";
import { ascii, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { tcpEar } from "../ear.js";
import { listen, listenError, readBytes } from "../kit.js";
import { receive } from "../peer.js";

/** ECMA-419's Listener. */
export const ecmaListener: Topic = {
  name: "ECMA-419 Listener",
  cases: [
    {
      name: "port 0 picks a port that the peer can connect to",
      async run(env) {
        const { listener, ear } = listen(env);
        ok(listener.port > 0 && listener.port < 65_536, `the port is ${listener.port}`);
        await env.peer.connect(env.address, listener.port);
        await ear.next("readable");
      },
    },
    {
      name: "two listeners on port 0 have different ports",
      async run(env) {
        const ports = [listen(env), listen(env)].map(({ listener }) => listener.port);
        ok(ports[0] !== ports[1], `the ports are ${ports.join(" and ")}`);
      },
    },
    {
      name: "target is kept, and format is socket/tcp",
      async run(env) {
        const target = { of: "the caller" };
        const { listener } = listen(env, { target });
        ok(listener.target === target, "target is the option's value");
        equal(listener.format, "socket/tcp", "format");
      },
    },
    {
      name: "another format is refused",
      async run(env) {
        const options = { port: 0, format: "buffer" as "socket/tcp" };
        throws(
          "EINVAL",
          () => env.use(new env.provider.io.Listener(options)),
          "a Listener with format buffer",
        );
      },
    },
    {
      name: "a bad port or address is refused",
      async run(env) {
        const { Listener } = env.provider.io;
        for (const port of [-1, 65_536, 1.5, NaN]) {
          throws("EINVAL", () => env.use(new Listener({ port })), `a Listener on port ${port}`);
        }
        throws("EINVAL", () => env.use(new Listener({ address: "here" })), "a Listener on a name");
      },
    },
    {
      name: "onReadable tells of connections, with the listener as this",
      async run(env) {
        const { listener, ear } = listen(env);
        equal(listener.read(), undefined, "read when no connection waits");
        await env.peer.connect(env.address, listener.port);
        equal(await ear.next("readable"), 1, "the count");
        ok(ear.selves[0] === listener, "this is the listener");
        ok(listener.read() !== undefined, "there is a connection to be read");
        equal(listener.read(), undefined, "read again");
      },
    },
    {
      name: "connections that wait are read in the order they came",
      async run(env) {
        const { listener, ear } = listen(env);
        const ports: number[] = [];
        for (let count = 0; count < 3; count++) {
          ports.push((await env.peer.connect(env.address, listener.port)).port);
          await ear.next("readable");
        }
        const read = ports.map(() => env.use(listener.read()!).remotePort);
        equal(read, ports, "the peers' ports");
      },
    },
    {
      name: "a connection can be read and written without callbacks",
      async run(env) {
        const { listener, ear } = listen(env);
        const peer = await env.peer.connect(env.address, listener.port);
        await ear.next("readable");
        const tcp = env.use(listener.read()!);
        await peer.send(ascii("hello"));
        await env.quiet();
        equal(text(tcp.read()), "hello", "what is read");
        tcp.write(ascii("world"));
        equal(text(await receive(peer, 5)), "world", "what arrives");
      },
    },
    {
      name: "data that came before a connection was read is not lost",
      async run(env) {
        const { listener, ear } = listen(env);
        const peer = await env.peer.connect(env.address, listener.port);
        await peer.send(ascii("early"));
        await peer.close();
        await ear.next("readable");
        await env.quiet();
        const heard = tcpEar();
        const tcp = env.use(new env.provider.io.TCP({ from: listener.read()!, ...heard.callbacks }));
        equal(text(await readBytes({ tcp, ear: heard, peer }, 5)), "early", "what is read");
        await heard.next("end");
      },
    },
    {
      name: "read throws EBADF after close, and close twice is harmless",
      async run(env) {
        const { listener } = listen(env);
        listener.close();
        listener.close();
        throws("EBADF", () => listener.read(), "read");
      },
    },
    {
      name: "after close the peer is refused, and nothing is called",
      async run(env) {
        const { listener, ear } = listen(env);
        const { port } = listener;
        listener.close();
        await env.quiet();
        const error = await env.peer.connect(env.address, port).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        checkError(error, "ECONNREFUSED", "the peer's error");
        equal(ear.names, [], "callbacks");
      },
    },
    {
      name: "connections outlive their listener",
      async run(env) {
        const { listener, ear } = listen(env);
        const peer = await env.peer.connect(env.address, listener.port);
        await ear.next("readable");
        const tcp = env.use(listener.read()!);
        listener.close();
        tcp.write(ascii("still here"));
        equal(text(await receive(peer, 10)), "still here", "what arrives");
      },
    },
    {
      name: "a connection that nobody has read ends with its listener",
      async run(env) {
        const { listener, ear } = listen(env);
        const peer = await env.peer.connect(env.address, listener.port);
        await ear.next("readable");
        listener.close();
        // In order or by a reset: the peer must learn of it.
        const rest = await peer.recv(1).catch(() => new Uint8Array(0));
        equal(rest.length, 0, "bytes that the peer receives");
      },
    },
    {
      name: "a port in use is refused with EADDRINUSE and its number",
      needs: ["address-in-use"],
      async run(env) {
        const { listener } = listen(env);
        const error = await listenError(env, { port: listener.port });
        checkError(error, "EADDRINUSE", "a second listener");
        mentions(error!, [`${listener.port}`]);
      },
    },
    {
      name: "a port is free again after close",
      async run(env) {
        const { listener } = listen(env);
        const { port } = listener;
        listener.close();
        await env.quiet();
        const again = listen(env, { port });
        await env.peer.connect(env.address, port);
        await again.ear.next("readable");
      },
    },
    {
      name: "an address of another host is refused with EADDRNOTAVAIL",
      needs: ["listen-on-address"],
      async run(env) {
        // TEST-NET-1 (RFC 5737): nobody's.
        const error = await listenError(env, { address: "192.0.2.1", port: 0 });
        checkError(error, "EADDRNOTAVAIL", "a listener on another host's address");
        mentions(error!, ["192.0.2.1"]);
      },
    },
    {
      name: "several connections that wait are read at once, each to its own peer",
      async run(env) {
        const { listener, ear } = listen(env);
        const peers = [];
        for (let count = 0; count < 4; count++) {
          peers.push(await env.peer.connect(env.address, listener.port));
          await ear.next("readable");
        }
        let read = 0;
        for (let tcp = listener.read(); tcp !== undefined; tcp = listener.read()) {
          env.use(tcp).write(Uint8Array.of(read++));
        }
        equal(read, 4, "connections read");
        for (const [index, peer] of peers.entries()) {
          equal(await receive(peer, 1), [index], `what the peer's connection ${index} receives`);
        }
      },
    },
  ],
};
