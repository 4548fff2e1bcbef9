import { DhcpServer } from "../../../../src/dhcp/index.js";
import { formatSeconds } from "../../../../simulator/index.js";
import { LeaseFile } from "../../leases/index.js";
import { nodeServices } from "../../services.js";
import { openTapStack, type TapStack } from "../tap-stack.js";
import { untilSignal } from "../until-signal.js";
import { claimAddress } from "./claim-address.js";
import { readServerTask, type ServerTask } from "./server-options.js";
import { lineView, tableView, type ServerView } from "./server-views.js";

export const DHCP_SERVER_HELP = `Gives out addresses on a Linux TAP interface, until Ctrl-C: a DHCP server on this project's own
TCP/IP. On a terminal it shows the table of leases, else a line for everything that happens.
"wirelet tap --help" tells how to make the interface; no other DHCP server should be on it.

Usage: npm run wirelet -- dhcp-server --interface NAME --pool FIRST-LAST [OPTION…]

  --interface NAME         the TAP interface, made if there is none and you may (required)
  --pool FIRST-LAST        addresses to give out (required; may be repeated)
  --exclude FIRST[-LAST]   but not these (may be repeated)
  --reserve MAC=A[,NAME]   an address, and a name, for one client (may be repeated)
  --lease TIME             how long: 90s, 30m, 12h, 7d or forever (default 1h)
  --leases FILE            keep the leases there; it survives kill -9 and power failure
  --address A/BITS         the server's own (default: the last of the pool's /24 that is free)
  --mac MAC                the server's own (default: made from the interface's name)
  --gateway A              the router that clients are told
  --dns A[,A…]             their name servers
  --domain NAME            their domain
  --option CODE=VALUE      any other option of RFC 2132 and its successors, such as 42=10.77.0.1,
                           26=1400, 119=a.example,b.example, or 43=0x0104: its bytes
                           (may be repeated)
  --rapid-commit           two messages instead of four for clients that want that (RFC 4039)
  --not-authoritative      say nothing to clients with an address of another network
  --quarantine TIME        how long an address that was declined is kept back (default 10m)
  --json                   a line of JSON for everything that happens
  --capture FILE           write what crosses the interface as pcapng, for Wireshark or tshark
  --help                   print this

"wirelet dhcp-leases FILE" prints the table of such a file.
`;

/** `wirelet dhcp-server` */
export async function dhcpServer(args: readonly string[]): Promise<number> {
  const task = readServerTask(args);
  const store = task.leaseFile === undefined ? undefined : new LeaseFile(task.leaseFile);
  const tap = await openTapStack(task.interfaceName, task);
  const asked = untilSignal();
  try {
    await serve(task, tap, store, asked);
  } finally {
    await tap.close();
    store?.close();
  }
  return 0;
}

/** Serves until the user wants it to end. @throws NetworkError if the address or the interface is lost */
async function serve(
  task: ServerTask,
  { network, lost }: TapStack,
  store: LeaseFile | undefined,
  asked: Promise<void>,
): Promise<void> {
  const { own, settings, interfaceName } = task;
  const server = new DhcpServer({
    ...settings,
    ...nodeServices,
    link: network.dhcp,
    ...(store === undefined ? {} : { store }),
    onEvent: (event) => view.show(event),
  });
  const view = openView(task, server);
  try {
    for (const fault of store?.faults ?? []) view.show({ type: "lease-file-fault", ...fault });
    view.show({ type: "starting", interface: interfaceName, mac: network.mac, up: network.up });
    const claim = await Promise.race([claimAddress(network, own), lost, asked]);
    if (claim !== undefined) {
      server.start();
      view.show({ type: "serving", ...own });
      await Promise.race([claim.lost, lost, asked]);
    }
    view.show({ type: "stopped" });
  } finally {
    server.stop();
    view.close();
  }
}

function openView(task: ServerTask, server: DhcpServer): ServerView {
  if (task.isJson || !process.stdout.isTTY) return lineView(task.isJson);
  return tableView(process.stdout, titleOf(task), server);
}

function titleOf({ interfaceName, own, settings: { subnets } }: ServerTask): string {
  const [{ pools, leaseSeconds }] = subnets;
  const ranges = pools.map(({ first, last }) => `${first}-${last}`).join(", ");
  return `DHCP server ${own.address}/${own.prefixLength} on ${interfaceName}, ${ranges} for ${formatSeconds(leaseSeconds)}`;
}
