import { afterEach, expect, it } from "@jest/globals";
import type { Tcp } from "../../src/host/index.js";
import { describeWith } from "../support/tools.js";
import { requireXs } from "./engine.js";
import { Firmware } from "./firmware/boot.js";

describeWith([requireXs()], "an app for Moddable, inside XS, its rooms preloaded", () => {
  let firmware: Firmware;

  afterEach(() => firmware.stop());

  async function start(app: string): Promise<void> {
    firmware = await Firmware.start({ platform: "lin", settings: {}, app: `examples/moddable/${app}` });
    await firmware.lan.simulation.runFor("1s");
  }

  it("echoes over awaitable sockets", async () => {
    await start("sockets");
    const { lan, log } = firmware;
    let hasSent = false;
    let echoed = "";
    const socket = new lan.browser.stack.io.TCP({
      address: firmware.address!,
      port: 7007,
      onWritable(this: Tcp) {
        if (!hasSent) this.write(Buffer.from("hello"));
        hasSent = true;
      },
      onReadable(this: Tcp) {
        echoed += Buffer.from(this.read() as ArrayBuffer).toString();
      },
    });
    await lan.simulation.until(() => echoed.length >= 5);
    expect(echoed).toBe("hello");
    socket.close();
    await lan.simulation.runFor("1s");
    expect(log.at(-1)).toMatch(/has sent 5 bytes$/);
  });

  it("serves an API", async () => {
    await start("http-api");
    const tab = await firmware.connect();
    const put = async (body: string) => {
      const fields = ["Host: device", "Content-Type: application/json", `Content-Length: ${body.length}`];
      await tab.send(Buffer.from(`PUT /api/lamps/kitchen HTTP/1.1\r\n${fields.join("\r\n")}\r\n\r\n${body}`));
      return tab.answer("PUT");
    };
    expect(await put('{"on": true}')).toMatchObject({ status: 200, body: '{"on":true}' });
    expect(await put('{"on": 1}')).toMatchObject({ status: 400 });
    expect(await put("{")).toMatchObject({ status: 400 });
    expect(await tab.request("GET", "/api/lamps")).toMatchObject({
      status: 200,
      body: '{"kitchen":true,"hall":true}',
    });
    expect(await tab.request("GET", "/api/lamps/cellar")).toMatchObject({ status: 404 });
  });

  it("leases an address from itself, and renews it", async () => {
    await start("dhcp-events");
    await firmware.lan.simulation.runFor("60s");
    expect(firmware.log.join("\n")).toMatch(/client: bound: (192\.168\.7\.1\d\d)\n.*client: renewed: \1\n/s);
  });
});
