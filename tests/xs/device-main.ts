import { createFramesHost } from "../../hosts/xs/frames/index.js";
import { Device } from "../../src/device/index.js";
import { Stack } from "../../src/stack/index.js";
import { serve } from "./serve.js";

/** The firmware, on this project's own stack and raw frames. */
const port = createFramesHost(({ clock, timers, random, log, memory, link }) => {
  const stack = new Stack({ random, log, profile: "device" });
  const network = stack.attach(link, { name: "eth0" });
  const device = new Device({
    io: stack.io,
    network,
    dhcp: network.dhcp,
    clock,
    timers,
    random,
    memory,
    log,
    platform: "xs",
    onEvent: (event) => log("info", event.type === "dhcp" ? `dhcp ${event.event.type}` : event.type),
  });
  device.start();
  return stack;
});

serve(port);
