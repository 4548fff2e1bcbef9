import { Device, type DeviceEvent } from "../../../src/device/index.js";
import { formatStoryLine, tellDeviceEvent, type Telling } from "../../../simulator/index.js";
import { nodeServices } from "../services.js";
import { StateFile } from "../state-file.js";
import { macOption } from "./address-options.js";
import { UsageError, parseOptions, textOption } from "./options.js";
import { openTapStack } from "./tap-stack.js";
import { untilSignal } from "./until-signal.js";

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
  --state FILE       where the lease is kept, so that a device which was killed asks for the same
                     address first when it starts again (default: nowhere)
  --help             print this
`;

/** `wirelet tap` */
export async function tap(args: readonly string[]): Promise<number> {
  const values = parseOptions(args, {
    interface: { type: "string" },
    mac: { type: "string" },
    "host-name": { type: "string" },
    state: { type: "string" },
  });
  const name = textOption("interface", values.interface);
  if (name === undefined) throw new UsageError("--interface is missing: which TAP interface?");
  const mac = macOption("mac", values.mac);
  const hostName = textOption("host-name", values["host-name"]);
  const file = textOption("state", values.state);
  const storage = file === undefined ? undefined : new StateFile(file, nodeServices.log);

  const { stack, network, lost, close } = await openTapStack(name, { mac });
  const { clock } = nodeServices;
  const begin = clock.now();
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
    ...(storage === undefined ? {} : { storage }),
    platform: `Wirelet on ${process.platform} TAP, Node ${process.versions.node}`,
    onEvent: (event: DeviceEvent) => tell(tellDeviceEvent(event)),
  });
  tell({ topic: "link", text: `up on ${name}, MAC ${network.mac}` });
  const asked = untilSignal();
  firmware.start();
  try {
    await Promise.race([asked, lost]);
  } finally {
    firmware.stop();
    await close();
  }
  process.stdout.write("\nStopped.\n");
  return 0;
}
