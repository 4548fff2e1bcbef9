import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { Lan, type LanHost, type ModdableApp, type ModdablePlatform } from "../../../simulator/index.js";
import type { Tcp } from "../../../src/host/index.js";
import { app, removeAll } from "./support.js";

afterAll(removeAll);

const WIFI = `
  import WiFi from "embedded:network/interface/wifi";
  export default (done) => {
    const wifi = new WiFi({ onChanged() { if (this.connection === 500) { this.close(); done(); } } });
    wifi.configure({ static: { address: "192.0.2.1", mask: "255.255.255.0", gateway: "0.0.0.0" } });
    wifi.connect({ SSID: "home" });
  };
`;

let lan: Lan;
let peer: LanHost;

beforeEach(() => {
  lan = new Lan();
  peer = lan.host("peer", { address: "192.0.2.2/24" });
});

/** A host with an app and the address 192.0.2.1, once it runs. */
async function start(platform: ModdablePlatform, main: string): Promise<LanHost<ModdableApp>> {
  const modules = platform === "esp32" ? { "*": "./main", "setup/wifi": "./wifi" } : { "*": "./main" };
  const files = { "main.js": main, "wifi.js": WIFI, "manifest.json": JSON.stringify({ modules }) };
  const address = platform === "simulator" ? { address: "192.0.2.1/24" } : {};
  const host = lan.host("device", { app: app(files, { platform }), ...address });
  await lan.until(() => host.app.isRunning);
  return host;
}

/** What the peer has been sent on a port, and the connection. */
function listen(port: number): { socket: Tcp | undefined; text: string } {
  const state = { socket: undefined as Tcp | undefined, text: "" };
  new peer.stack.io.Listener({
    port,
    onReadable() {
      state.socket = new peer.stack.io.TCP({
        from: this.read()!,
        onReadable() {
          state.text += Buffer.from(this.read() as ArrayBuffer).toString();
        },
        onEnd: () => void (state.text += "<end>"),
      });
    },
  });
  return state;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe.each<ModdablePlatform>(["esp32", "simulator"])("the older module socket on %s", (platform) => {
  it("connects by name, writes what it is given, and reads as it is asked", async () => {
    const server = listen(80);
    const host = await start(
      platform,
      `
        import { Socket } from "socket";
        export const socket = new Socket({ host: "peer", port: 80 });
        socket.callback = function (message, value) {
          const name = Object.keys(Socket).find((each) => Socket[each] === message);
          trace(value === undefined ? name : \`\${name} \${value}\`, "\\n");
          if (message === Socket.connected) this.write("text ", 33, Uint8Array.of(34, 35), ArrayBuffer.fromString(" €"));
          if (message !== Socket.readable) return;
          trace([this.read(Number), this.read(String, ","), this.read(ArrayBuffer, 2).byteLength, this.read(null), this.read()].join("|"), "\\n");
        };
      `,
    );
    await lan.runFor("1s");
    expect(server.text).toBe('text !"# €');
    server.socket!.write(bytes("Hello, world"));
    await lan.runFor("1s");
    const room = platform === "esp32" ? 8192 : 1024;
    expect(host.app.log).toEqual(["connected", `writable ${room}`, "readable 12", "72|ello,|2|4|0"]);
    server.socket!.close();
    await lan.runFor("1s");
    expect(host.app.log.slice(4)).toEqual(["disconnected"]);
  });

  it("tells of what is left to read, and of the end after it", async () => {
    const server = listen(80);
    const host = await start(
      platform,
      `
        import { Socket } from "socket";
        const socket = new Socket({ address: "192.0.2.2", port: 80 });
        socket.callback = function (message, value) {
          trace([message, value].join(" "), "\\n");
          if (message === 2) this.read(null);
        };
      `,
    );
    await lan.runFor("1s");
    server.socket!.write(new Uint8Array(2000));
    server.socket!.close();
    await lan.runFor("1s");
    expect(host.app.log).toEqual(["1 ", "2 1436", "2 564", "-1 "]);
  });

  it("fails if nobody is there", async () => {
    const host = await start(
      platform,
      `
        import { Socket } from "socket";
        for (const remote of [{ address: "192.0.2.2", port: 9 }, { host: "nobody", port: 9 }])
          new Socket(remote).callback = (message) => trace(message, "\\n");
        for (const wrong of [{}, { address: "name", port: 1 }, { kind: "SCTP" }])
          try { new Socket(wrong); } catch (error) { trace(error.message, "\\n"); }
      `,
    );
    await lan.runFor("1s");
    expect(host.app.log).toEqual([
      ...["invalid dictionary", "invalid address", "invalid socket kind"],
      ...["-2", "-2"],
    ]);
  });

  it("accepts, and says nothing once closed", async () => {
    const host = await start(
      platform,
      `
        import { Socket, Listener } from "socket";
        let count = 0;
        new Listener({ port: 80 }).callback = function (message) {
          const socket = new Socket({ listener: this });
          socket.callback = function (message) {
            trace(\`\${message}\\n\`);
            if (message !== 2) return;
            this.write(\`\${++count}: \`, this.read(String), " ", this.get("REMOTE_IP"));
            this.close();
          };
        };
      `,
    );
    const answers: string[] = [];
    for (let count = 0; count < 2; count++) {
      let isAsked = false;
      new peer.stack.io.TCP({
        address: "192.0.2.1",
        port: 80,
        onWritable() {
          if (!isAsked) this.write(bytes("hello"));
          isAsked = true;
        },
        onReadable() {
          answers.push(Buffer.from(this.read() as ArrayBuffer).toString());
        },
      });
    }
    await lan.runFor("1s");
    expect(answers).toEqual(["1: hello 192.0.2.2", "2: hello 192.0.2.2"]);
    expect(host.app.log.sort()).toEqual(["1", "1", "2", "2"]);
  });

  it("moves datagrams", async () => {
    const other = new peer.stack.io.UDP({ port: 6000 });
    const host = await start(
      platform,
      `
        import { Socket } from "socket";
        const socket = new Socket({ kind: "UDP", port: 5000 });
        socket.callback = function (message, length, address, port) {
          trace([message, length, address, port, this.read(String)].join(" "), "\\n");
          this.write(address, port, ArrayBuffer.fromString("answer"));
        };
      `,
    );
    other.write(bytes("question"), "192.0.2.1", 5000);
    await lan.runFor("1s");
    expect(host.app.log).toEqual(["2 8 192.0.2.2 6000 question"]);
    expect(Buffer.from(other.read() as ArrayBuffer).toString()).toBe("answer");
  });

  it("can be extended by classes that have a callback", async () => {
    listen(80);
    const host = await start(
      platform,
      `
        import { Socket } from "socket";
        class Client extends Socket {
          sent = 0;
          callback(message) { trace(\`\${message} \${this.sent} \${this instanceof Socket}\\n\`); this.close(); }
        }
        new Client({ address: "192.0.2.2", port: 80 });
      `,
    );
    await lan.runFor("1s");
    expect(host.app.log).toEqual(["1 0 true"]);
  });

  it("refuses what there is no room for, and holds what is suspended", async () => {
    const server = listen(80);
    const host = await start(
      platform,
      `
        import { Socket } from "socket";
        export const socket = new Socket({ address: "192.0.2.2", port: 80 });
        socket.callback = function (message) {
          if (message === 1) try { this.write(new ArrayBuffer(this.write() + 1)); } catch (error) { trace(error.message, "\\n"); }
          else if (message === 2) trace(this.read(String), "\\n");
        };
      `,
    );
    await lan.runFor("1s");
    const { socket } = host.app.exports as { socket: { suspend(isSuspended: boolean): boolean } };
    expect(socket.suspend(true)).toBe(true);
    server.socket!.write(bytes("held"));
    await lan.runFor("1s");
    expect(host.app.log).toEqual(["can't write all data"]);
    expect(socket.suspend(false)).toBe(false);
    await lan.runFor("1s");
    expect(host.app.log).toEqual(["can't write all data", "held"]);
  });
});
