import type { Closeable } from "../../../tests/conformance/sockets/suite/case.js";
import type { Peer, PeerTcp } from "../../../tests/conformance/sockets/suite/peer.js";
import type { NativeIo, NativeTcp, NativeTcpOptions, Platform } from "../io/native.js";

/** Five of the simulator's looks at its sockets. */
const A_WHILE = 100;

/** What Moddable's own classes are looked at in. */
export interface Scene {
  readonly platform: Platform;
  readonly native: NativeIo;
  readonly peer: Peer;
  readonly address: string;
  readonly peerAddress: string;
  wait(ms: number): Promise<void>;
  /** Has it closed at the end. @returns it */
  use<T extends Closeable>(resource: T): T;
}

/** Something that Moddable's classes do, or do not: what it is can differ from platform to platform. */
export interface Observation {
  readonly name: string;
  observe(scene: Scene): Promise<string>;
}

interface Established {
  readonly socket: NativeTcp;
  readonly events: string[];
  readonly other: PeerTcp;
}

/** A connection to the peer, whose callbacks are noted. */
async function dial(scene: Scene, more: NativeTcpOptions = {}): Promise<Established> {
  const listener = await scene.peer.listen();
  const events: string[] = [];
  const { TCP } = scene.native;
  const to = { address: scene.peerAddress, port: listener.port };
  const socket = scene.use(new TCP({ ...to, ...noting(events), ...more }));
  const other = await listener.accept();
  await scene.wait(A_WHILE);
  return { socket, events, other };
}

/** A connection from the peer, as a listener gives it. */
async function accept(scene: Scene): Promise<{ readonly bare: NativeTcp; readonly other: PeerTcp }> {
  const { Listener } = scene.native;
  const listener = scene.use(new Listener({ port: 0, onReadable: () => undefined, target: undefined }));
  const other = await scene.peer.connect(scene.address, listener.port);
  await scene.wait(A_WHILE);
  return { bare: listener.read()!, other };
}

function noting(events: string[]): NativeTcpOptions {
  return {
    onReadable: (count) => void events.push(`onReadable(${count})`),
    onWritable: (room) => void events.push(`onWritable(${room})`),
    onError: () => void events.push("onError()"),
  };
}

/** What a call gives, or throws. */
function outcome(action: () => unknown): string {
  try {
    const result = action();
    return result instanceof ArrayBuffer ? `${result.byteLength} bytes` : String(result);
  } catch (error) {
    // What follows the text differs between builds.
    return error instanceof SyntaxError ? "a SyntaxError" : `"${String((error as Error).message)}"`;
  }
}

const listed = (events: readonly string[]): string => events.join(", ") || "nothing";

/** What is seen of one class, in flash. */
function tabled(of: string, observations: readonly Observation[]): readonly Observation[] {
  return Object.freeze(
    observations.map(({ name, observe }) => Object.freeze({ name: `${of}: ${name}`, observe })),
  );
}

const TCP = tabled("TCP", [
  {
    name: "a connection to nowhere, and a port that is none",
    async observe({ native: { TCP }, peerAddress, wait }) {
      await wait(0);
      const attempts = [
        { address: "here", port: 80 },
        { address: "::1", port: 80 },
        { address: peerAddress, port: 65_536 },
        { address: peerAddress },
      ];
      return listed(attempts.map((options) => outcome(() => new TCP(options))));
    },
  },
  {
    name: "a write before the connection is there",
    async observe({ native: { TCP }, peer, peerAddress, use }) {
      const { port } = await peer.listen();
      const socket = use(new TCP({ address: peerAddress, port }));
      return outcome(() => socket.write(new Uint8Array(1)));
    },
  },
  {
    name: "a connection is made",
    observe: async (scene) => listed((await dial(scene)).events),
  },
  {
    name: "a connection is refused",
    async observe(scene) {
      const { native, peer, peerAddress } = scene;
      const listener = await peer.listen();
      await listener.close();
      const events: string[] = [];
      scene.use(new native.TCP({ address: peerAddress, port: listener.port, ...noting(events) }));
      await scene.wait(A_WHILE);
      return listed(events);
    },
  },
  {
    name: "a write, one of more than there is room for, and one of all the room",
    async observe(scene) {
      const { socket, events } = await dial(scene);
      const room = Number(/\d+/.exec(events[0] ?? "")?.[0]);
      const writes = [1, room, room - 1].map((length) => outcome(() => socket.write(new Uint8Array(length))));
      await scene.wait(A_WHILE);
      return `${listed(writes)}; ${listed(events)}`;
    },
  },
  {
    name: "4,000 bytes come, and are read as they come",
    async observe(scene) {
      const sizes: number[] = [];
      const { other } = await dial(scene, {
        onReadable(count) {
          sizes.push(count);
          this.read();
        },
      });
      await other.send(new Uint8Array(4000));
      await scene.wait(A_WHILE);
      return listed(sizes.map(String));
    },
  },
  {
    name: "4,000 bytes come, and are not read",
    async observe(scene) {
      const { other, events } = await dial(scene);
      await other.send(new Uint8Array(4000));
      await scene.wait(A_WHILE);
      return listed(events);
    },
  },
  {
    name: "of 5 bytes, 6 are read, then 6 into a buffer, then 2, and all",
    async observe(scene) {
      const { socket, other } = await dial(scene);
      await other.send(new Uint8Array(5));
      await scene.wait(A_WHILE);
      const reads = [6, new Uint8Array(6), 2].map((what) => outcome(() => socket.read(what)));
      return listed([...reads, outcome(() => socket.read()), outcome(() => socket.read())]);
    },
  },
  {
    name: "the peer's end comes while nothing is unread",
    async observe(scene) {
      const { socket, events, other } = await dial(scene);
      await other.shutdown();
      await scene.wait(A_WHILE);
      const ends = `${listed(events)}; from ${socket.remoteAddress === scene.peerAddress ? "the peer" : "nowhere"}`;
      return `${ends}; a write: ${outcome(() => socket.write(new Uint8Array(1)))}`;
    },
  },
  {
    name: "the peer's end comes while 5 bytes are unread, which are read then",
    async observe(scene) {
      const { socket, events, other } = await dial(scene);
      await other.send(new Uint8Array(5));
      await scene.wait(A_WHILE);
      await other.shutdown();
      await scene.wait(A_WHILE);
      const before = listed(events.splice(0));
      const read = outcome(() => socket.read());
      await scene.wait(A_WHILE);
      return `${before}; ${read}; ${listed(events)}`;
    },
  },
  {
    name: "a reset comes",
    async observe(scene) {
      const { socket, events, other } = await dial(scene);
      await other.reset();
      await scene.wait(A_WHILE);
      // To ask on ESP32 would be the end of the device.
      const from = scene.platform === "desktop" ? socket.remoteAddress : "not asked";
      return `${listed(events)}; from ${from}; a write: ${outcome(() => socket.write(new Uint8Array(1)))}`;
    },
  },
  {
    name: "a reset comes while 5 bytes are unread, which are read then",
    async observe(scene) {
      const { socket, events, other } = await dial(scene);
      await other.send(new Uint8Array(5));
      await scene.wait(A_WHILE);
      await other.reset();
      await scene.wait(A_WHILE);
      const before = listed(events.splice(0));
      const read = outcome(() => socket.read());
      await scene.wait(A_WHILE);
      return `${before}; ${read}; ${listed(events)}`;
    },
  },
  {
    name: "a connection that was reset is moved to another object",
    async observe(scene) {
      const { socket, other } = await dial(scene);
      await other.reset();
      await scene.wait(A_WHILE);
      return outcome(() => typeof scene.use(new scene.native.TCP({ from: socket })));
    },
  },
  {
    name: "a connection is moved to another object, and back",
    async observe(scene) {
      const { socket, events, other } = await dial(scene);
      const { TCP } = scene.native;
      events.length = 0;
      const moved = new TCP({ from: socket, ...noting(events) });
      await scene.wait(A_WHILE);
      const again = scene.use(new TCP({ from: moved, ...noting(events) }));
      await scene.wait(A_WHILE);
      await other.send(new Uint8Array(5));
      await scene.wait(A_WHILE);
      return `${outcome(() => moved.read())}; ${listed(events)}; ${outcome(() => again.read())}`;
    },
  },
  {
    name: "a connection whose end was met is moved to another object",
    async observe(scene) {
      const { socket, other } = await dial(scene);
      await other.shutdown();
      await scene.wait(A_WHILE);
      const events: string[] = [];
      const moved = scene.use(new scene.native.TCP({ from: socket, ...noting(events) }));
      await scene.wait(A_WHILE);
      return `${listed(events)}; a write: ${outcome(() => moved.write(new Uint8Array(1)))}`;
    },
  },
  {
    name: "a closed socket is closed, read and written",
    async observe(scene) {
      const { socket } = await dial(scene);
      socket.close();
      const calls = [() => socket.close(), () => socket.read(), () => socket.write(new Uint8Array(1))];
      return listed(calls.map(outcome));
    },
  },
]);

const LISTENER = tabled("Listener", [
  {
    name: "two connections come, and are read; one more read finds none",
    async observe(scene) {
      const counts: string[] = [];
      const onReadable = (count: number): void => void counts.push(`onReadable(${count})`);
      const listener = scene.use(new scene.native.Listener({ port: 0, onReadable, target: undefined }));
      await Promise.all([1, 2].map(() => scene.peer.connect(scene.address, listener.port)));
      await scene.wait(A_WHILE);
      const bare = [1, 2].map(() => scene.use(listener.read()!));
      const writes = bare.map((each) => outcome(() => each.write(new Uint8Array(1))));
      return `${counts.at(-1)}; writes: ${listed(writes)}; ${outcome(() => listener.read())}`;
    },
  },
  {
    name: "an accepted connection is wrapped, after 5 bytes and the end have come",
    async observe(scene) {
      const { bare, other } = await accept(scene);
      await other.send(new Uint8Array(5));
      await other.shutdown();
      await scene.wait(A_WHILE);
      const events: string[] = [];
      const from = outcome(() => bare.read());
      const socket = scene.use(new scene.native.TCP({ from: bare, ...noting(events) }));
      await scene.wait(A_WHILE);
      const before = listed(events.splice(0));
      const read = outcome(() => socket.read());
      await scene.wait(A_WHILE);
      return `bare: ${from}; ${before}; ${read}; ${listed(events)}`;
    },
  },
  {
    name: "the first callback of an accepted connection closes it, with bytes to tell of",
    async observe(scene) {
      const { bare, other } = await accept(scene);
      await other.send(new Uint8Array(5));
      await scene.wait(A_WHILE);
      const events: string[] = [];
      const onWritable = function (this: NativeTcp, room: number): void {
        events.push(`onWritable(${room})`);
        this.close();
      };
      scene.use(new scene.native.TCP({ from: bare, ...noting(events), onWritable }));
      await scene.wait(A_WHILE);
      return listed(events);
    },
  },
]);

const UDP = tabled("UDP", [
  {
    name: "datagrams of 3, 0, 5 and 3,000 bytes come",
    async observe(scene) {
      const counts: string[] = [];
      const onReadable = (count: number): void => void counts.push(`onReadable(${count})`);
      const socket = scene.use(new scene.native.UDP({ port: 50_017, onReadable, target: undefined }));
      const other = await scene.peer.udp();
      for (const length of [3, 0, 5, 3000]) await other.send(new Uint8Array(length), scene.address, 50_017);
      await scene.wait(2 * A_WHILE);
      const reads = [1, 2, 3, 4].map(() => outcome(() => socket.read()));
      return `${listed(counts)}; ${listed(reads)}`;
    },
  },
  {
    name: "a second socket on a port, a broadcast, a name, and the right to join groups",
    async observe(scene) {
      const { UDP } = scene.native;
      const options = { port: 50_018, onReadable: () => undefined, target: undefined };
      const socket = scene.use(new UDP(options));
      await scene.wait(0);
      const send = (address: string) => outcome(() => socket.write(new Uint8Array(1), address, 50_019));
      return listed([
        outcome(() => new UDP(options)),
        send("255.255.255.255"),
        send("here"),
        typeof socket.add,
      ]);
    },
  },
]);

/** Nothing here is the end of a device or of the simulator: what would be is in the tests of the doubles. */
export const OBSERVATIONS: readonly Observation[] = Object.freeze([...TCP, ...LISTENER, ...UDP]);

/** Looks at all, and prints what was seen as comments of a report. */
export async function printObservations(
  scene: Omit<Scene, "use">,
  print: (line: string) => void,
): Promise<void> {
  for (const { name, observe } of OBSERVATIONS) {
    const used: Closeable[] = [];
    const use = <T extends Closeable>(resource: T): T => {
      used.push(resource);
      return resource;
    };
    try {
      print(`# ${name}: ${await observe({ ...scene, use })}`);
    } catch (error) {
      print(`# ${name}: failed: ${String(error)}`);
    }
    for (const resource of used) await resource.close();
    await scene.peer.close();
  }
}
