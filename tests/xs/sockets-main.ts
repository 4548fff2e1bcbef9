import { createFramesHost } from "../../hosts/xs/frames/index.js";
import { Ipv4Address } from "../../src/address/index.js";
import type { Listener, Tcp } from "../../src/host/index.js";
import { Stack } from "../../src/stack/index.js";
import { serve } from "./serve.js";

declare global {
  /** Opens a listener on `port` that does nothing. */
  var listen: (port: number) => void;
}

/** Of all connections: an app that is short of memory makes them once. */
const ECHO = Object.freeze({
  onReadable(this: Tcp) {
    this.write(this.read() as ArrayBuffer);
  },
  onError(this: Tcp) {
    this.close();
  },
});

/** A stack of the device profile at 192.168.7.60 that echoes on port 7: sockets, and nothing above them. */
const port = createFramesHost(({ random, log, link }) => {
  const stack = new Stack({ random, log, profile: "device" });
  const address = Ipv4Address.parse("192.168.7.60");
  stack.attach(link, { name: "eth0" }).configure({ address, prefixLength: 24, dns: [] });
  const listeners: Listener[] = [];
  const onReadable = function (this: Listener): void {
    for (let from = this.read(); from !== undefined; from = this.read())
      new stack.io.TCP({ from, noDelay: true, ...ECHO });
  };
  globalThis.listen = (port) => {
    listeners.push(new stack.io.Listener({ port, onReadable }));
  };
  listen(7);
  return stack;
});

serve(port);
