import { setTimeout as delay } from "node:timers/promises";
import { MacAddress } from "../../../src/address/index.js";
import { Device, type DeviceEvent } from "../../../src/device/index.js";
import { NetworkError } from "../../../src/error/index.js";
import { Stack } from "../../../src/stack/index.js";
import { formatStoryLine, tellDeviceEvent, type Telling } from "../../../simulator/index.js";
import { nodeServices } from "../services.js";
import { StackDriver } from "../stack-driver.js";
import { openTap } from "../tap/index.js";
import { UsageError, parseOptions, textOption } from "./options.js";
import { untilSignal } from "./until-signal.js";

/** How often and how long, in ms, the end waits for a neighbor to answer: half a second in all. */
const LAST_WORDS_WAITS = 50;
const LAST_WORDS_WAIT = 10;

export const TAP_HELP = `Puts the device on a Linux TAP interface: it leases an address from whatever DHCP server is on the
other side and serves its page there, until Ctrl-C. Needs root, or an interface that root made for
you:

  sudo ip tuntap add dev tap0 mode tap user $USER
  sudo ip address add 10.77.0.1/24 dev tap0 && sudo ip link set tap0 up
  sudo dnsmasq --no-daemon --port=0 --bind-interfaces --interface=tap0 \\
    --dhcp-range=10.77.0.100,10.77.0.199,1h

Usage: npm run wirelet -- tap --interface NAME [OPTION…]

  --interface NAME   the TAP interface, made if there is none and you may (required)
  --mac MAC          the device's, not the interface's (default: made from the interface's name)
  --host-name NAME   what the DHCP server is told (default: wirelet- and the end of the MAC)
  --help             print this
`;

/** `wirelet tap` */
export async function tap(args: readonly string[]): Promise<number> {
  const values = parseOptions(args, {
    interface: { type: "string" },
    mac: { type: "string" },
    "host-name": { type: "string" },
  });
  const name = textOption("interface", values.interface);
  if (name === undefined) throw new UsageError("--interface is missing: which TAP interface?");
  const mac = macOption(textOption("mac", values.mac));
  const hostName = textOption("host-name", values["host-name"]);

  const link = await openTap({ interface: name, ...(mac === undefined ? {} : { mac }) });
  const { clock } = nodeServices;
  const begin = clock.now();
  const stack = new Stack({ random: nodeServices.random });
  const network = stack.attach(link, { name });
  const loss = new Promise<never>((_, reject) => {
    network.onChange = () => {
      if (!network.up) reject(new NetworkError("ENETDOWN", "use TAP device", name, "it was deleted"));
    };
  });
  const tell = (telling: Telling | undefined): void => {
    if (telling === undefined) return;
    process.stdout.write(`${formatStoryLine({ time: clock.now() - begin, who: "device", ...telling })}\n`);
  };
  const firmware = new Device({
    ...nodeServices,
    io: stack.io,
    network,
    dhcp: network.dhcp,
    ...(hostName === undefined ? {} : { hostName }),
    platform: `Wirelet on ${process.platform} TAP, Node ${process.versions.node}`,
    onEvent: (event: DeviceEvent) => tell(tellDeviceEvent(event)),
  });
  const driver = new StackDriver(stack);
  tell({ topic: "link", text: `up on ${name}, MAC ${link.mac}` });
  const asked = untilSignal();
  firmware.start();
  try {
    await Promise.race([asked, loss]);
  } finally {
    firmware.stop();
    // The RELEASE leaves with this poll, or once the server has told its MAC.
    stack.poll(clock.now());
    for (let i = 0; i < LAST_WORDS_WAITS && network.neighbors.waitingFrames > 0; i++)
      await delay(LAST_WORDS_WAIT);
    driver.stop();
    link.close();
  }
  process.stdout.write("\nStopped.\n");
  return 0;
}

/** @throws UsageError */
function macOption(text: string | undefined): MacAddress | undefined {
  if (text === undefined) return undefined;
  const mac = MacAddress.tryParse(text);
  if (mac === undefined || mac.isMulticast || mac.value === 0) {
    throw new UsageError(`--mac takes the MAC of one device, such as 02:00:00:12:34:56, not "${text}".`);
  }
  return mac;
}
