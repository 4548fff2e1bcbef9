import { equal, ok, throws } from "../assert.js";
import { ascii, pattern, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { answer, dial, readBytes } from "../kit.js";
import { receive } from "../peer.js";

/** ECMA-419's TCP: read and write. */
export const ecmaTransfer: Topic = {
  name: "ECMA-419 read and write",
  cases: [
    {
      name: "the format is buffer, unless number is asked for",
      async run(env) {
        const { tcp } = await dial(env);
        equal(tcp.format, "buffer", "format");
      },
    },
    {
      name: "another format is refused, and changes nothing",
      async run(env) {
        const { tcp } = await dial(env);
        throws("EINVAL", () => (tcp.format = "string" as "buffer"), "setting format to string");
        equal(tcp.format, "buffer", "format");
        const options = { address: env.peerAddress, port: 9, format: "socket/tcp" as "buffer" };
        throws("EINVAL", () => env.use(new env.provider.io.TCP(options)), "a TCP with format socket/tcp");
      },
    },
    {
      name: "format number reads one byte at a time",
      needs: ["number-format"],
      async run(env) {
        const { tcp, ear, peer } = await dial(env, { format: "number" });
        await peer.send(Uint8Array.of(0, 128, 255));
        const bytes: unknown[] = [];
        while (bytes.length < 3) {
          const byte = tcp.read();
          if (byte === undefined) await ear.next("readable");
          else bytes.push(byte);
        }
        equal(bytes, [0, 128, 255], "what is read");
        equal(tcp.read(), undefined, "what is read when there is nothing");
      },
    },
    {
      name: "format number writes one byte at a time",
      needs: ["number-format"],
      async run(env) {
        const { tcp, peer } = await dial(env, { format: "number" });
        for (const byte of [0, 128, 255]) tcp.write(byte);
        equal(await receive(peer, 3), [0, 128, 255], "what arrives");
      },
    },
    {
      name: "format may be changed between two reads",
      needs: ["number-format"],
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        await peer.send(ascii("abc"));
        await ear.next("readable");
        await env.quiet();
        tcp.format = "number";
        equal(tcp.read(), 97, "the first byte");
        tcp.format = "buffer";
        equal(text(tcp.read()), "bc", "the rest");
      },
    },
    {
      name: "onReadable counts what can be read",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        await peer.send(ascii("hello"));
        let count = Number(await ear.next("readable"));
        // A segment may have been cut in two.
        while (count < 5) count = Number(await ear.next("readable"));
        equal(count, 5, "the count, which has what was left unread in it");
        equal((tcp.read() as ArrayBuffer).byteLength, 5, "bytes read");
      },
    },
    {
      name: "read gives all there is as an ArrayBuffer, and undefined when there is nothing",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        equal(tcp.read(), undefined, "read before anything has come");
        await peer.send(ascii("hello"));
        await ear.next("readable");
        await env.quiet();
        const bytes = tcp.read();
        ok(bytes instanceof ArrayBuffer, "it is an ArrayBuffer");
        equal(text(bytes), "hello", "what is read");
        equal(tcp.read(), undefined, "read again");
      },
    },
    {
      name: "read(n) gives n bytes, and what is left of them",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        await peer.send(ascii("hello"));
        await ear.next("readable");
        await env.quiet();
        equal(text(tcp.read(3)), "hel", "read(3)");
        equal(text(tcp.read(10)), "lo", "read(10)");
        equal(tcp.read(1), undefined, "read(1) when there is nothing");
      },
    },
    {
      name: "read(n) refuses what is no number of bytes",
      async run(env) {
        const { tcp } = await dial(env);
        for (const count of [-1, 1.5, NaN]) throws("EINVAL", () => tcp.read(count), `read(${count})`);
      },
    },
    {
      name: "read(buffer) fills it as far as data goes",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        equal(tcp.read(new Uint8Array(4)), undefined, "read(buffer) when there is nothing");
        await peer.send(ascii("hello"));
        await ear.next("readable");
        await env.quiet();
        const part = new Uint8Array(3);
        equal(tcp.read(part), 3, "bytes read into a small buffer");
        equal(text(part), "hel", "the small buffer");
        const whole = new ArrayBuffer(4);
        equal(tcp.read(whole), 2, "bytes read into a large buffer");
        equal(text(whole), "lo\0\0", "the large buffer");
      },
    },
    {
      name: "read(view) fills only its part of the buffer",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        await peer.send(ascii("hello"));
        await ear.next("readable");
        await env.quiet();
        const bytes = new Uint8Array(8);
        equal(tcp.read(bytes.subarray(2, 4)), 2, "bytes read into a Uint8Array");
        equal(tcp.read(new DataView(bytes.buffer, 5, 2)), 2, "bytes read into a DataView");
        equal(text(bytes), "\0\0he\0ll\0", "the buffer");
      },
    },
    {
      name: "write takes an ArrayBuffer, and a view's part of one",
      async run(env) {
        const { tcp, peer } = await dial(env);
        const bytes = ascii("0123456789");
        tcp.write(bytes.buffer as ArrayBuffer);
        tcp.write(bytes.subarray(2, 4));
        tcp.write(new DataView(bytes.buffer, 8, 1));
        tcp.write(new Uint16Array(bytes.buffer, 4, 1));
        equal(text(await receive(peer, 15)), "012345678923845", "what arrives");
      },
    },
    {
      name: "what was written may be overwritten at once",
      async run(env) {
        const { tcp, peer } = await dial(env);
        const bytes = ascii("hello");
        tcp.write(bytes);
        bytes.fill(0);
        equal(text(await receive(peer, 5)), "hello", "what arrives");
      },
    },
    {
      name: "write of nothing sends nothing",
      async run(env) {
        const { tcp, peer } = await dial(env);
        tcp.write(new Uint8Array(0));
        tcp.write(ascii("a"));
        equal(text(await peer.recv(10)), "a", "what arrives");
      },
    },
    {
      name: "write returns the room that is left",
      async run(env) {
        const { tcp } = await dial(env);
        const before = tcp.write(new Uint8Array(0));
        const after = tcp.write(new Uint8Array(100));
        // Some of it may be gone already.
        ok(after >= before - 100, `the room was ${before} bytes, and is ${after}`);
        if (after > 0) tcp.write(new Uint8Array(after));
      },
    },
    {
      name: "write of more than there is room for throws, and sends none of it",
      async run(env) {
        const { tcp, peer } = await dial(env);
        const room = tcp.write(new Uint8Array(0));
        throws("EWOULDBLOCK", () => tcp.write(new Uint8Array(room + 1)), "a write of room + 1 bytes");
        tcp.write(ascii("hello"));
        equal(text(await peer.recv(5)), "hello", "what arrives");
      },
    },
    {
      name: "write of all there is room for is taken",
      async run(env) {
        const { tcp, peer } = await dial(env);
        const bytes = pattern(tcp.write(new Uint8Array(0)));
        const arriving = receive(peer, bytes.length);
        tcp.write(bytes);
        equal(await arriving, bytes, "what arrives");
      },
    },
    {
      name: "onWritable comes again when room comes free",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        let left = 1_000_000;
        let room = tcp.write(new Uint8Array(0));
        const arriving = receive(peer, left);
        while (left > 0) {
          if (room === 0) await ear.next("writable");
          // What a callback said may be less than there is by now.
          room = tcp.write(new Uint8Array(0));
          const count = Math.min(room, left);
          room = tcp.write(new Uint8Array(count));
          left -= count;
        }
        equal((await arriving).length, 1_000_000, "bytes that arrive");
      },
    },
    {
      name: "write before the connection is there throws EWOULDBLOCK",
      async run(env) {
        const listener = await env.peer.listen();
        const { TCP } = env.provider.io;
        const tcp = env.use(new TCP({ address: env.peerAddress, port: listener.port }));
        throws("EWOULDBLOCK", () => tcp.write(ascii("a")), "an early write");
      },
    },
    {
      name: "neither read nor write calls back",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        await peer.send(pattern(500));
        await ear.next("readable");
        await env.quiet();
        const before = ear.names.length;
        tcp.read(100);
        tcp.write(pattern(100));
        tcp.read();
        equal(ear.names.length, before, "callbacks from inside read and write");
      },
    },
    {
      name: "both directions carry data at the same time",
      async run(env) {
        const dialled = await answer(env);
        await dialled.ear.next("writable");
        const { tcp, peer } = dialled;
        const [up, down] = [pattern(500, 1), pattern(500, 2)];
        tcp.write(down);
        await peer.send(up);
        equal(await readBytes(dialled, 500), up, "what is read");
        equal(await receive(peer, 500), down, "what arrives");
      },
    },
  ],
};
