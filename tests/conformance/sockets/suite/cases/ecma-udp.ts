import { checkError, equal, mentions, ok, throws } from "../assert.js";
import { ascii, pattern, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { bindUdp } from "../kit.js";

/** ECMA-419's UDP. */
export const ecmaUdp: Topic = {
  name: "ECMA-419 UDP",
  cases: [
    {
      name: "a datagram is read as an ArrayBuffer that knows where it came from",
      async run(env) {
        const { udp, ear, port } = bindUdp(env);
        const peer = await env.peer.udp();
        await peer.send(ascii("hello"), env.address, port);
        equal(await ear.next("readable"), 1, "the count");
        const datagram = udp.read();
        ok(datagram instanceof ArrayBuffer, "it is an ArrayBuffer");
        equal(text(datagram), "hello", "what is read");
        equal(datagram.address, env.peerAddress, "its address");
        equal(datagram.port, peer.port, "its port");
        equal(udp.read(), undefined, "read when there is none");
      },
    },
    {
      name: "callbacks have the socket as this, and none comes from inside the constructor or write",
      async run(env) {
        const { udp, ear, port } = bindUdp(env);
        udp.write(ascii("to myself"), env.address, port);
        equal(ear.names, [], "callbacks from inside");
        await ear.next("readable");
        ok(ear.selves[0] === udp, "this is the socket");
      },
    },
    {
      name: "target is kept, and format is buffer",
      async run(env) {
        const target = { of: "the caller" };
        const { udp } = bindUdp(env, { target });
        ok(udp.target === target, "target is the option's value");
        equal(udp.format, "buffer", "format");
      },
    },
    {
      name: "another format is refused",
      async run(env) {
        const options = { port: 0, format: "number" as "buffer" };
        throws("EINVAL", () => env.use(new env.provider.io.UDP(options)), "a UDP with format number");
      },
    },
    {
      name: "write takes an ArrayBuffer, and a view's part of one",
      async run(env) {
        const { udp } = bindUdp(env);
        const peer = await env.peer.udp();
        const bytes = ascii("0123456789");
        for (const data of [
          bytes.buffer as ArrayBuffer,
          bytes.subarray(2, 4),
          new DataView(bytes.buffer, 8, 1),
        ])
          udp.write(data, env.peerAddress, peer.port);
        const heard = [await peer.recv(), await peer.recv(), await peer.recv()];
        equal(
          heard.map(({ data }) => text(data)),
          ["0123456789", "23", "8"],
          "what arrives",
        );
      },
    },
    {
      name: "the peer sees the port it was sent from",
      async run(env) {
        const { udp, port } = bindUdp(env);
        const peer = await env.peer.udp();
        udp.write(ascii("hello"), env.peerAddress, peer.port);
        const { address, port: from } = await peer.recv();
        equal(from, port, "the port");
        equal(address, env.address, "the address");
      },
    },
    {
      name: "what was written may be overwritten at once",
      async run(env) {
        const { udp } = bindUdp(env);
        const peer = await env.peer.udp();
        const bytes = ascii("hello");
        udp.write(bytes, env.peerAddress, peer.port);
        bytes.fill(0);
        equal(text((await peer.recv()).data), "hello", "what arrives");
      },
    },
    {
      name: "an empty datagram is one",
      async run(env) {
        const { udp, ear, port } = bindUdp(env);
        const peer = await env.peer.udp();
        await peer.send(new Uint8Array(0), env.address, port);
        await ear.next("readable");
        equal(udp.read()?.byteLength, 0, "bytes read");
        udp.write(new Uint8Array(0), env.peerAddress, peer.port);
        equal((await peer.recv()).data.length, 0, "bytes that arrive");
      },
    },
    {
      name: "read(buffer) copies a datagram, and attaches where it came from",
      async run(env) {
        const { udp, ear, port } = bindUdp(env);
        const peer = await env.peer.udp();
        await peer.send(ascii("hello"), env.address, port);
        await ear.next("readable");
        const buffer = new Uint8Array(8) as Uint8Array & { address?: string; port?: number };
        equal(udp.read(buffer), 5, "its length");
        equal(text(buffer), "hello\0\0\0", "the buffer");
        equal(buffer.address, env.peerAddress, "its address");
        equal(buffer.port, peer.port, "its port");
        equal(udp.read(buffer), undefined, "read when there is none");
      },
    },
    {
      name: "read(buffer) refuses a datagram that is longer, which can still be read",
      async run(env) {
        const { udp, ear, port } = bindUdp(env);
        const peer = await env.peer.udp();
        await peer.send(ascii("hello"), env.address, port);
        await ear.next("readable");
        throws("EMSGSIZE", () => udp.read(new Uint8Array(4)), "a read into a small buffer");
        equal(text(udp.read()), "hello", "what is read then");
      },
    },
    {
      name: "onReadable counts the datagrams that wait",
      async run(env) {
        const { udp, ear, port } = bindUdp(env);
        const peer = await env.peer.udp();
        for (const data of ["a", "b", "c"]) await peer.send(ascii(data), env.address, port);
        for (let count = 0; count < 3;) count = Number(await ear.next("readable"));
        equal([1, 2, 3].map(() => text(udp.read())).join(""), "abc", "what is read");
      },
    },
    {
      name: "a bad address or port is refused",
      async run(env) {
        const { UDP } = env.provider.io;
        for (const port of [-1, 65_536, 1.5]) {
          throws("EINVAL", () => env.use(new UDP({ port })), `a UDP on port ${port}`);
        }
        const { udp } = bindUdp(env);
        const data = ascii("a");
        throws("EINVAL", () => udp.write(data, env.peerAddress, 0), "a write to port 0");
        throws("EINVAL", () => udp.write(data, env.peerAddress, 65_536), "a write to port 65536");
        throws("EINVAL", () => udp.write(data, "printer.local", 9), "a write to a name");
        throws("EINVAL", () => udp.write(data), "a write to nobody");
      },
    },
    {
      name: "a datagram that is too long is refused with EMSGSIZE and the address",
      async run(env) {
        const { udp } = bindUdp(env);
        const write = (): void => udp.write(new Uint8Array(65_508), env.peerAddress, 9);
        mentions(throws("EMSGSIZE", write, "a write of 65,508 bytes"), [`${env.peerAddress}:9`]);
      },
    },
    {
      name: "a port in use is refused with EADDRINUSE, and free again after close",
      needs: ["address-in-use"],
      async run(env) {
        const { udp, port } = bindUdp(env);
        const error = throws("EADDRINUSE", () => bindUdp(env, { port }), "a second socket");
        mentions(error, [`${port}`]);
        udp.close();
        equal(bindUdp(env, { port }).port, port, "the port of a third");
      },
    },
    {
      name: "all methods throw EBADF after close, and close twice is harmless",
      async run(env) {
        const { udp } = bindUdp(env);
        udp.close();
        udp.close();
        throws("EBADF", () => udp.read(), "read");
        throws("EBADF", () => udp.write(ascii("a"), env.peerAddress, 9), "write");
      },
    },
    {
      name: "nothing is called after close",
      async run(env) {
        const { udp, ear, port } = bindUdp(env);
        const peer = await env.peer.udp();
        await peer.send(ascii("a"), env.address, port);
        udp.close();
        await peer.send(ascii("b"), env.address, port);
        await env.quiet();
        equal(
          ear.names.filter((name) => name === "error"),
          [],
          "errors",
        );
        ok(ear.names.length <= 1, "what came before close is all that was told");
      },
    },
    {
      name: "connect chooses the one peer that is heard",
      needs: ["udp-connect"],
      async run(env) {
        const { udp, ear, port } = bindUdp(env);
        const [peer, stranger] = [await env.peer.udp(), await env.peer.udp()];
        udp.connect!(env.peerAddress, peer.port);
        udp.write(pattern(10));
        equal((await peer.recv()).data, pattern(10), "what arrives");
        await stranger.send(ascii("stranger"), env.address, port);
        await peer.send(ascii("peer"), env.address, port);
        await ear.next("readable");
        await env.quiet();
        equal(text(udp.read()), "peer", "what is read");
        equal(udp.read(), undefined, "read again");
      },
    },
    {
      name: "after connect an address is refused with EISCONN",
      needs: ["udp-connect"],
      async run(env) {
        const { udp } = bindUdp(env);
        const peer = await env.peer.udp();
        udp.connect!(env.peerAddress, peer.port);
        throws("EISCONN", () => udp.write(ascii("a"), env.peerAddress, peer.port), "a write to an address");
      },
    },
    {
      name: "a connected socket learns of a closed port, and goes on",
      needs: ["udp-connect", "icmp-errors"],
      async run(env) {
        const { udp, ear } = bindUdp(env);
        const gone = await env.peer.udp();
        await gone.close();
        udp.connect!(env.peerAddress, gone.port);
        udp.write(ascii("anybody there?"));
        const error = checkError(await ear.next("error"), "ECONNREFUSED", "the cause");
        mentions(error, [`${env.peerAddress}:${gone.port}`]);
        const back = await env.peer.udp({ port: gone.port });
        udp.write(ascii("now?"));
        equal(text((await back.recv()).data), "now?", "what arrives");
      },
    },
  ],
};
