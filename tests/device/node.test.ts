import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { nodeIo } from "../../hosts/node/io/index.js";
import { nodeServices } from "../../hosts/node/services.js";
import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import { Device, type DeviceEvent, type DeviceStatus } from "../../src/device/index.js";
import type { NetworkInterface } from "../../src/host/index.js";

let device: Device;
let port: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  const network: NetworkInterface = {
    name: "lo",
    mac: MacAddress.parse("02:00:00:3C:4D:5E"),
    mtu: 65536,
    up: true,
    ipv4: { address: Ipv4Address.loopback, prefixLength: 8, dns: [] },
    watch: () => () => undefined,
    configure: () => undefined,
  };
  const listening = new Promise<DeviceEvent & { type: "http-listening" }>((resolve) => {
    const onEvent = (event: DeviceEvent): void => {
      if (event.type === "http-listening") resolve(event);
    };
    device = new Device({ ...nodeServices, io: nodeIo, network, platform: "Node", httpPort: 0, onEvent });
  });
  device.start();
  ({ port } = await listening);
});

afterEach(() => {
  device.stop();
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Sends `request` in the given pieces, each when the one before has left; gives all that came until the end. */
async function talk(...pieces: string[]): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  sockets.push(socket);
  let answer = "";
  socket.setEncoding("latin1").on("data", (piece: string) => (answer += piece));
  const ended = once(socket, "end");
  for (const piece of pieces) await new Promise((resolve) => socket.write(piece, "latin1", resolve));
  await ended;
  return answer;
}

const request = (line: string, fields = "Connection: close\r\n"): string =>
  `${line} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;

describe("a device on Node's sockets", () => {
  it("serves its status", async () => {
    const response = await fetch(`http://127.0.0.1:${port}/api/status`);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
    const status = (await response.json()) as DeviceStatus;
    expect(status).toMatchObject({
      mac: "02:00:00:3C:4D:5E",
      ip: "127.0.0.1",
      mask: "255.0.0.0",
      platform: "Node",
    });
    expect(status.hostname).toBe("wirelet-3c4d5e");
    expect(status.memory.used).toBeGreaterThan(0);
  });

  it("serves its page whole", async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    const page = await response.text();
    expect(Number(response.headers.get("content-length"))).toBe(Buffer.byteLength(page));
    expect(page).toMatch(/<\/html>\n$/);
  });

  it("answers twenty clients at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => talk(request("GET /api/status"))));
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  });

  it("answers pipelined requests in order, the last closing", async () => {
    const answer = await talk(request("HEAD /", "") + request("GET /nowhere", "") + request("DELETE /"));
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 404", "HTTP/1.1 405"]);
  });

  it("reads a request that comes in pieces", async () => {
    expect(await talk(...request("GET /api/status"))).toMatch(/^HTTP\/1.1 200/);
  });

  it("has its refusal reach a client that still sends", async () => {
    const large = "x".repeat(30_000);
    const answer = await talk(request("POST /", "Content-Length: 60000\r\n"), large, large);
    expect(answer).toMatch(/^HTTP\/1.1 405 Method Not Allowed\r\n/);
  });

  it("is not disturbed by clients that go away", async () => {
    for (let count = 0; count < 20; count++) {
      const socket = connect(port, "127.0.0.1");
      sockets.push(socket);
      await once(socket, "connect");
      socket.write(request("GET /").slice(0, 5 * count));
      socket.resetAndDestroy();
    }
    expect(await talk(request("GET /api/status"))).toMatch(/^HTTP\/1.1 200/);
  });
});
