import { SocketAddress, parseIpAddress } from "wirelet/address/index";
import { TcpSocket, UdpSocket, type AddressLike } from "wirelet/socket/index";
import { equal, mentions, rejects } from "../assert.js";
import { ascii, text } from "../bytes.js";
import type { SocketCase, Topic } from "../case.js";
import { bound, connected, listening } from "../kit.js";

/** Each way to write an address. */
const FORMS: Readonly<Record<string, (address: string, port: number) => AddressLike>> = Object.freeze({
  '"address:port"': (address, port) => `${address}:${port}`,
  "{ address, port }": (address, port) => ({ address, port }),
  "[address, port]": (address, port) => [address, port],
  "a SocketAddress": (address, port) => new SocketAddress(parseIpAddress(address), port),
  "an IpAddress and a port": (address, port) => ({ address: parseIpAddress(address), port }),
});

const MALFORMED: readonly AddressLike[] = [
  "",
  "10.0.0.1",
  "10.0.0.1:",
  "10.0.0.1:65536",
  "10.0.0.1:-1",
  "10.0.0.1:8o",
  "10.0.0.256:80",
  "10.0.0:80",
  "::1:80",
  "[::1]",
  ["10.0.0.1", 1.5],
  ["10.0.0.1", 65_536],
  { address: "10.0.0.1", port: -1 },
  { address: "a name with spaces", port: 80 },
];

/** How addresses may be written, and where names go. */
export const addresses: Topic = {
  name: "addresses",
  cases: [
    ...Object.entries(FORMS).map(([form, write]): SocketCase => ({
      name: `connect takes ${form}`,
      async run(env) {
        const listener = await env.peer.listen();
        const socket = env.use(new TcpSocket(env.provider));
        await socket.connect(write(env.peerAddress, listener.port));
        equal(socket.remoteAddress?.toString(), `${env.peerAddress}:${listener.port}`, "remoteAddress");
      },
    })),
    {
      name: "sendTo takes all of them, too",
      async run(env) {
        const { socket } = await bound(env);
        const peer = await env.peer.udp();
        for (const [form, write] of Object.entries(FORMS)) {
          await socket.sendTo(ascii(form), write(env.peerAddress, peer.port));
          equal(text((await peer.recv()).data), form, "what arrives");
        }
      },
    },
    {
      name: "an IPv6 address stands in brackets",
      needs: ["ipv6"],
      async run(env) {
        const server = env.use(new TcpSocket(env.provider));
        await server.bind("[::1]:0");
        await server.listen();
        const { port } = server.localAddress!;
        const socket = env.use(new TcpSocket(env.provider));
        await socket.connect(`[::1]:${port}`);
        const { address } = await server.accept();
        equal(address.address.toString(), "::1", "the peer's address");
        equal(socket.remoteAddress?.toString(), `[::1]:${port}`, "remoteAddress");
      },
    },
    {
      name: "what is no address is refused with EINVAL",
      async run(env) {
        for (const address of MALFORMED) {
          // Moddable can't make JSON of what is in flash, where modules are preloaded to.
          const what = `connecting to ${Object.values(address).join("")}`;
          await rejects("EINVAL", env.use(new TcpSocket(env.provider)).connect(address), what);
        }
      },
    },
    {
      name: "port 0 is nobody's",
      async run(env) {
        const to = `${env.peerAddress}:0`;
        await rejects("EINVAL", env.use(new TcpSocket(env.provider)).connect(to), "connecting");
        await rejects("EINVAL", env.use(new UdpSocket(env.provider)).sendTo(ascii("a"), to), "sending");
      },
    },
    {
      name: "localhost needs no resolver",
      async run(env) {
        const { server, port } = await listening(env);
        const socket = env.use(new TcpSocket(env.provider));
        await socket.connect(`localhost:${port}`);
        env.use((await server.accept()).socket);
        equal(socket.remoteAddress?.toString(), `127.0.0.1:${port}`, "remoteAddress");
      },
    },
    {
      name: "a name goes through the resolver",
      async run(env) {
        const listener = await env.peer.listen();
        const asked: string[] = [];
        const resolve = (name: string) => {
          asked.push(name);
          return Promise.resolve([parseIpAddress(env.peerAddress)]);
        };
        const socket = env.use(new TcpSocket({ ...env.provider, resolve }));
        await socket.connect(`printer.local:${listener.port}`);
        equal(asked, ["printer.local"], "names asked for");
        equal(socket.remoteAddress?.toString(), `${env.peerAddress}:${listener.port}`, "remoteAddress");
      },
    },
    {
      name: "a datagram to a name goes through the resolver",
      async run(env) {
        const peer = await env.peer.udp();
        const resolve = () => [parseIpAddress(env.peerAddress)];
        const socket = env.use(new UdpSocket({ ...env.provider, resolve }));
        await socket.sendTo(ascii("hello"), ["printer.local", peer.port]);
        equal(text((await peer.recv()).data), "hello", "what arrives");
      },
    },
    {
      name: "each of a name's addresses is tried in turn",
      needs: ["no-route"],
      async run(env) {
        const listener = await env.peer.listen();
        const all = [env.unroutedAddress!, env.peerAddress].map(parseIpAddress);
        const socket = env.use(new TcpSocket({ ...env.provider, resolve: () => all }));
        await socket.connect(["printer.local", listener.port]);
        equal(socket.remoteAddress?.address.toString(), env.peerAddress, "the address that answered");
      },
    },
    {
      name: "a name without a resolver is refused, and the message has it",
      async run(env) {
        const socket = env.use(new TcpSocket({ io: env.provider.io, timers: env.provider.timers }));
        const error = await rejects("ENOTSUP", socket.connect("printer.local:80"), "connecting to a name");
        mentions(error, ["connect", "printer.local"]);
      },
    },
    {
      name: "what the resolver fails with is passed on",
      async run(env) {
        const failure = new Error("the name server is on fire");
        const resolve = () => Promise.reject(failure);
        const socket = env.use(new TcpSocket({ ...env.provider, resolve }));
        const told = await socket.connect("printer.local:80").then(
          () => undefined,
          (error: unknown) => error,
        );
        equal(told, failure, "what connect is rejected with");
      },
    },
    {
      name: "both ends' addresses are there while it is connected, and not before",
      async run(env) {
        const fresh = env.use(new TcpSocket(env.provider));
        equal([fresh.localAddress, fresh.remoteAddress], [undefined, undefined], "addresses before");
        const { socket, peer } = await connected(env);
        equal(socket.remoteAddress?.toString(), `${env.peerAddress}:${peer.port}`, "remoteAddress");
        const local = socket.localAddress?.toString() ?? `${peer.remoteAddress}:${peer.remotePort}`;
        equal(local, `${peer.remoteAddress}:${peer.remotePort}`, "localAddress");
      },
    },
  ],
};
