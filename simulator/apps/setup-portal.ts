import { Ipv4Address } from "../../src/address/index.js";
import { defaultHostName } from "../../src/device/index.js";
import { NetworkStore, SetupServer, foundNetwork } from "../../src/device/setup/index.js";
import type { DhcpServer } from "../../src/dhcp/index.js";
import { NetworkError } from "../../src/error/index.js";
import { encodeUtf8 } from "../../src/host/index.js";
import type { App } from "../lan/lan-host.js";
import { serveDhcp } from "./dhcp-server.js";

/** Of the networks that the device says to have found, in dBm. */
const STRENGTH = -50;

export interface SetupPortalOptions {
  /** The names of the Wi-Fi networks that it says to have found. */
  readonly networks?: readonly string[];
}

export interface SetupPortal {
  readonly dhcp: DhcpServer;
  readonly store: NetworkStore;
  /** Whether a person has chosen a network. */
  readonly isChosen: boolean;
}

/**
 * A device in set-up mode: it is the access point, leases addresses, says that every name leads to itself, and serves the page
 * on which a person chooses the Wi-Fi network to join. Its own address is fixed.
 *
 * @throws NetworkError ENETDOWN, when the host is switched on, if it has no fixed address
 */
export function setupPortal({ networks = [] }: SetupPortalOptions = {}): App<SetupPortal> {
  return (machine, host) => {
    const { clock, timers, random, log, stack, network, storage } = machine;
    const address = network.ipv4?.address;
    if (!(address instanceof Ipv4Address))
      throw new NetworkError("ENETDOWN", "start set-up mode", host.name, "its address is fixed");
    const store = new NetworkStore(storage);
    const found = networks.map((name) => foundNetwork(encodeUtf8(name), STRENGTH, true));
    const app = { dhcp: serveDhcp(machine, host, network), store, isChosen: false };
    const server = new SetupServer({
      ...{ clock, timers, random, log, address, store },
      io: stack.io,
      hostName: defaultHostName(network.mac),
      networks: found,
      search: (done) => done(found),
      hasNetwork: false,
      onDone() {
        app.isChosen = true;
        host.tell({ topic: "setup", text: `the network "${store.load()?.ssid}" is chosen` });
      },
    });
    server.start();
    host.tell({ topic: "setup", text: `page to choose a network at http://${address}/` });
    return app;
  };
}
