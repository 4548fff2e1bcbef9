import { createFramesHost } from "../../hosts/xs/frames/index.js";
import { Ipv4Address } from "../../src/address/index.js";
import { DhcpClient } from "../../src/dhcp/index.js";
import { Stack } from "../../src/stack/index.js";
import { serve } from "./serve.js";

declare global {
  /** Gives the interface an address without DHCP. */
  var configure: () => void;
  /** Makes a DHCP client and starts it. */
  var startClient: () => void;
  /** Stops it, and forgets it. */
  var stopClient: () => void;
}

/** A stack of the device profile, and a DHCP client that comes and goes: nothing above them. */
const port = createFramesHost(({ clock, timers, random, log, link }) => {
  const stack = new Stack({ random, log, profile: "device" });
  const network = stack.attach(link, { name: "eth0" });
  let client: DhcpClient | undefined;
  globalThis.configure = () => {
    const router = Ipv4Address.parse("192.168.7.1");
    const address = Ipv4Address.parse("192.168.7.60");
    network.configure({ address, prefixLength: 24, gateway: router, dns: [router] });
  };
  globalThis.startClient = () => {
    const onEvent = (event: { type: string; reason?: string }): void => {
      if (event.type === "changed") log("info", `${event.reason}`);
    };
    const options = { link: network.dhcp, network, clock, timers, random, hostName: "sensor", onEvent };
    client = new DhcpClient({ ...options, linkLocal: true });
    client.start();
  };
  globalThis.stopClient = () => {
    client?.stop();
    client = undefined;
  };
  return stack;
});

serve(port);
