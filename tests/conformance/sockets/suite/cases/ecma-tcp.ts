import type { Tcp } from "wirelet/host/index";
import { checkError, equal, mentions, ok, throws } from "../assert.js";
import { ascii, pattern, text } from "../bytes.js";
import type { Topic } from "../case.js";
import { tcpEar } from "../ear.js";
import { answer, closedPort, dial, readBytes } from "../kit.js";
import { receive } from "../peer.js";

/** ECMA-419's TCP: making one, being called back, and closing. */
export const ecmaTcp: Topic = {
  name: "ECMA-419 TCP",
  cases: [
    {
      name: "the constructor calls nothing back",
      async run(env) {
        const listener = await env.peer.listen();
        const ear = tcpEar();
        const { TCP } = env.provider.io;
        env.use(new TCP({ address: env.peerAddress, port: listener.port, ...ear.callbacks }));
        equal(ear.names, [], "callbacks from inside the constructor");
        await ear.next("writable");
      },
    },
    {
      name: "onWritable is the first callback, and tells the room there is",
      async run(env) {
        const listener = await env.peer.listen();
        const ear = tcpEar();
        const { TCP } = env.provider.io;
        env.use(new TCP({ address: env.peerAddress, port: listener.port, ...ear.callbacks }));
        const room = await ear.next("writable");
        equal(ear.names[0], "writable", "the first callback");
        ok(typeof room === "number" && room > 0, `the room is ${String(room)} bytes`);
      },
    },
    {
      name: "callbacks have the socket as this",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        await peer.send(ascii("a"));
        await ear.next("readable");
        tcp.read();
        await peer.close();
        await ear.next("end");
        ok(
          ear.selves.every((self) => self === tcp),
          "this is the socket",
        );
      },
    },
    {
      name: "target is kept, and may be replaced",
      async run(env) {
        const target = { of: "the caller" };
        const { tcp } = await dial(env, { target });
        ok(tcp.target === target, "target is the option's value");
        tcp.target = 7;
        equal(tcp.target, 7, "target");
      },
    },
    {
      name: "a callback may be null",
      async run(env) {
        const { tcp, ear, peer } = await dial(env, { onEnd: null, onError: null });
        await peer.send(ascii("a"));
        await ear.next("readable");
        tcp.read();
        await peer.close();
        await env.quiet();
        equal(ear.names, ["writable", "readable"], "callbacks");
      },
    },
    {
      name: "both ends' addresses are what the peer sees",
      async run(env) {
        const { tcp, peer } = await dial(env);
        equal(tcp.remoteAddress, env.peerAddress, "remoteAddress");
        equal(tcp.remotePort, peer.port, "remotePort");
        if (tcp.localPort === undefined) return;
        equal(tcp.localPort, peer.remotePort, "localPort");
        equal(tcp.localAddress, peer.remoteAddress, "localAddress");
      },
    },
    {
      name: "noDelay is taken in both spellings",
      async run(env) {
        for (const options of [{ noDelay: true }, { nodelay: true }]) {
          const { tcp, peer } = await dial(env, options);
          tcp.write(ascii("hello"));
          equal(text(await receive(peer, 5)), "hello", "what arrives");
        }
      },
    },
    {
      name: "a bad address or port is refused by the constructor",
      async run(env) {
        const { TCP } = env.provider.io;
        const address = env.peerAddress;
        const bad = [
          {},
          { address },
          { port: 80 },
          { address, port: 0 },
          { address, port: 65_536 },
          { address, port: -1 },
          { address, port: 1.5 },
          { address: "printer.local", port: 80 },
          { address: "", port: 80 },
          { address: "1.2.3", port: 80 },
          { address: "1.2.3.256", port: 80 },
        ];
        for (const options of bad) {
          throws("EINVAL", () => env.use(new TCP(options)), `a TCP with ${JSON.stringify(options)}`);
        }
      },
    },
    {
      name: "from takes the connection over, and closes the socket it is taken from",
      async run(env) {
        const first = await dial(env);
        const ear = tcpEar();
        const second = env.use(new env.provider.io.TCP({ from: first.tcp, ...ear.callbacks }));
        throws("EBADF", () => first.tcp.read(), "reading the old socket");
        first.tcp.close();
        await first.peer.send(ascii("hello"));
        const bytes = await readBytes({ tcp: second, ear, peer: first.peer }, 5);
        equal(text(bytes), "hello", "what the new socket reads");
        equal(first.ear.names, ["writable"], "callbacks of the old socket");
      },
    },
    {
      name: "from a closed socket is refused",
      async run(env) {
        const { tcp } = await dial(env);
        tcp.close();
        throws(undefined, () => new env.provider.io.TCP({ from: tcp }), "taking over a closed socket");
      },
    },
    {
      name: "data that came before from is told to the new socket",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        await peer.send(ascii("hello"));
        await ear.next("readable");
        const late = tcpEar();
        const taken = env.use(new env.provider.io.TCP({ from: tcp, ...late.callbacks }));
        equal(late.names, [], "callbacks from inside the constructor");
        equal(text(await readBytes({ tcp: taken, ear: late, peer }, 5)), "hello", "what it reads");
      },
    },
    {
      name: "an accepted connection calls onWritable too",
      async run(env) {
        const { ear, tcp, peer } = await answer(env);
        await ear.next("writable");
        tcp.write(ascii("hello"));
        equal(text(await receive(peer, 5)), "hello", "what arrives");
      },
    },
    {
      name: "onEnd comes after all was read",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        await peer.send(ascii("last words"));
        await peer.close();
        await ear.next("readable");
        await env.quiet();
        ok(!ear.names.includes("end"), "onEnd waits until all was read");
        equal(text(await readBytes({ tcp, ear, peer }, 10)), "last words", "what is read");
        await ear.next("end");
      },
    },
    {
      name: "without onEnd, onError without a cause is the end",
      async run(env) {
        const errors: unknown[] = [];
        const done = new Promise<void>((resolve) => {
          const onError = (...args: unknown[]): void => {
            errors.push(...args);
            resolve();
          };
          void dial(env, { onEnd: null, onError }).then(({ peer }) => peer.close());
        });
        await done;
        equal(
          errors.filter((error) => error !== undefined),
          [],
          "causes",
        );
      },
    },
    {
      name: "a refused connection calls onError with ECONNREFUSED and the address, and nothing else",
      needs: ["causes"],
      async run(env) {
        const port = await closedPort(env);
        const ear = tcpEar();
        env.use(new env.provider.io.TCP({ address: env.peerAddress, port, ...ear.callbacks }));
        const error = checkError(await ear.next("error"), "ECONNREFUSED", "the cause");
        mentions(error, [`${env.peerAddress}:${port}`]);
        await env.quiet();
        equal(ear.names, ["error"], "callbacks");
      },
    },
    {
      name: "a reset calls onError with ECONNRESET, and nothing after it",
      needs: ["causes", "peer-reset"],
      async run(env) {
        const { ear, peer } = await dial(env);
        await peer.reset();
        checkError(await ear.next("error"), "ECONNRESET", "the cause");
        await env.quiet();
        equal(ear.names, ["writable", "error"], "callbacks");
      },
    },
    {
      name: "nothing is called after close",
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        tcp.close();
        await peer.send(ascii("too late")).catch(() => undefined);
        await peer.close();
        await env.quiet();
        equal(ear.names, ["writable"], "callbacks");
      },
    },
    {
      name: "closed while it connects, nothing is called",
      async run(env) {
        const listener = await env.peer.listen();
        const ear = tcpEar();
        const { TCP } = env.provider.io;
        new TCP({ address: env.peerAddress, port: listener.port, ...ear.callbacks }).close();
        await env.quiet();
        equal(ear.names, [], "callbacks");
      },
    },
    {
      name: "close is legal in each callback, and the last thing that is called",
      async run(env) {
        for (const when of ["onWritable", "onReadable", "onEnd"] as const) {
          const calls: string[] = [];
          const note = (name: string) =>
            function (this: Tcp) {
              calls.push(name);
              if (name === when) this.close();
              else if (name === "onReadable") this.read();
            };
          const { peer } = await dial(env, {
            onWritable: note("onWritable"),
            onReadable: note("onReadable"),
            onEnd: note("onEnd"),
            onError: note("onError"),
          });
          await peer.send(ascii("a")).catch(() => undefined);
          await env.quiet();
          await peer.close();
          await env.quiet();
          equal(calls.indexOf(when), calls.length - 1, `${when} is the last of ${calls.join(", ")}`);
        }
      },
    },
    {
      name: "close twice is harmless",
      async run(env) {
        const { tcp } = await dial(env);
        tcp.close();
        tcp.close();
      },
    },
    {
      name: "read and write throw EBADF after close",
      async run(env) {
        const { tcp } = await dial(env);
        tcp.close();
        throws("EBADF", () => tcp.read(), "read");
        throws("EBADF", () => tcp.read(new Uint8Array(1)), "read(buffer)");
        throws("EBADF", () => tcp.write(ascii("a")), "write");
      },
    },
    {
      name: "close sends what was written",
      async run(env) {
        const { tcp, peer } = await dial(env);
        const bytes = pattern(1000);
        tcp.write(bytes);
        tcp.close();
        equal(await receive(peer, 2000), bytes, "what arrives before the end");
      },
    },
    {
      name: "shutdown ends this side, and reading goes on",
      needs: ["half-close"],
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        tcp.write(ascii("question"));
        tcp.shutdown!();
        equal(text(await receive(peer, 100)), "question", "what arrives before the end");
        await peer.send(ascii("answer"));
        equal(text(await readBytes({ tcp, ear, peer }, 6)), "answer", "what is read after shutdown");
        await peer.close();
        await ear.next("end");
      },
    },
    {
      name: "shutdown twice is harmless, and a write after it throws EPIPE",
      needs: ["half-close"],
      async run(env) {
        const { tcp } = await dial(env);
        tcp.shutdown!();
        tcp.shutdown!();
        throws("EPIPE", () => tcp.write(ascii("a")), "a write after shutdown");
      },
    },
    {
      name: "after onEnd, writing goes on",
      needs: ["half-close"],
      async run(env) {
        const { tcp, ear, peer } = await dial(env);
        await peer.shutdown();
        await ear.next("end");
        tcp.write(ascii("answer"));
        tcp.close();
        equal(text(await receive(peer, 100)), "answer", "what arrives");
      },
    },
    {
      name: "localPort is the port that the connection comes from",
      needs: ["local-endpoint"],
      async run(env) {
        const first = await dial(env);
        const localPort = first.tcp.localPort!;
        first.tcp.close();
        await first.peer.close();
        const chosen = localPort === 65_000 ? 65_001 : 65_000;
        const { tcp, peer } = await dial(env, { localPort: chosen });
        equal(tcp.localPort, chosen, "localPort");
        equal(peer.remotePort, chosen, "the port that the peer sees");
      },
    },
  ],
};
