import { beforeEach, describe, expect, it } from "@jest/globals";
import { HttpClient } from "wirelet/http";
import { Lan, moddable, type LanHost } from "wirelet/simulator";
import { TcpSocket } from "wirelet/socket";

const EXAMPLES = "../../examples/moddable";

let lan: Lan;
let laptop: LanHost;

beforeEach(() => {
  lan = new Lan({ seed: 1 });
  laptop = lan.host("laptop", { address: "192.168.1.10/24" });
});

describe("the package's examples for Moddable", () => {
  it("echo what they are sent", async () => {
    const app = moddable(`${EXAMPLES}/sockets`, { platform: "simulator" });
    const host = lan.host("echo", { app, address: "192.168.1.5/24" });
    await lan.runFor("1s");
    const socket = new TcpSocket(laptop.sockets);
    const talk = async (): Promise<string> => {
      await socket.connect("echo:7007");
      await socket.sendAll(Buffer.from("hello"));
      const answer = await socket.recv(5);
      await socket.close();
      return Buffer.from(answer).toString();
    };
    expect(await lan.finish(talk())).toBe("hello");
    await lan.runFor("1s");
    expect(host.app.log).toEqual(["echoing on port 7007", expect.stringContaining("has sent 5 bytes")]);
  });

  it("switch lamps over HTTP", async () => {
    const app = moddable(`${EXAMPLES}/http-api`, { platform: "simulator", config: { port: 80 } });
    lan.host("lamps", { app, address: "192.168.1.5/24" });
    const { stack, timers, clock } = laptop.machine;
    const client = new HttpClient({ io: stack.io, timers, clock });
    const ask = async (method: string, path: string, body?: string): Promise<unknown> => {
      const json = body !== undefined && { body, headers: { "Content-Type": "application/json" } };
      const response = await client.request(`http://192.168.1.5${path}`, { method, ...json });
      return JSON.parse(await response.text());
    };
    expect(await lan.finish(ask("GET", "/api/lamps"))).toEqual({ kitchen: false, hall: true });
    expect(await lan.finish(ask("PUT", "/api/lamps/kitchen", '{"on": true}'))).toEqual({ on: true });
    expect(await lan.finish(ask("GET", "/api/lamps"))).toEqual({ kitchen: true, hall: true });
    client.close();
  });

  it("lease an address and renew it", async () => {
    const host = lan.host("dhcp", {
      app: moddable(`${EXAMPLES}/dhcp-events`, { platform: "simulator" }),
      address: "192.168.1.5/24",
    });
    await lan.runFor("30s");
    expect(host.app.log.join("\n")).toMatch(/bound: 192\.168\.7\.\d+[^]*renewed: 192\.168\.7\.\d+/);
  });
});
