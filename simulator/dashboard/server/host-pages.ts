import type { Server } from "node:net";
import { NetworkError } from "../../../src/error/index.js";
import { Device } from "../../../src/device/index.js";
import { forward, listenOnLoopback, portOf } from "../../forward.js";
import type { LanHost } from "../../lan/index.js";
import type { Run } from "../run/index.js";

/** Ports taken at a time at most: each is one of this machine's. */
const MAX_PAGES = 32;

interface OpenPage {
  readonly server: Server;
  readonly stop: () => void;
}

/**
 * Makes the pages of hosts reachable for a browser: each at a port of its own on loopback, taken when it is first asked for. So
 * a host's page has an origin of its own, and what it may contain cannot touch the dashboard.
 */
export class HostPages {
  readonly #run: Run;
  readonly #pages = new Map<string, OpenPage>();

  constructor(run: Run) {
    this.#run = run;
  }

  /** @returns the URL of the page of that host. @throws NetworkError if it has none, or nobody could ask for it */
  async open(name: string): Promise<string> {
    const host = this.#run.lan.find(name);
    // Now rather than at the first connection: whoever asks is told what is missing.
    portOfPage(host);
    this.#visitorOf(host);
    let page = this.#pages.get(name);
    if (page === undefined) {
      if (this.#pages.size >= MAX_PAGES)
        throw new NetworkError("ENOBUFS", "open page", name, `there are ${MAX_PAGES} open`);
      page = this.#forwardTo(host, await listenOnLoopback(0));
      this.#pages.set(name, page);
    }
    return `http://127.0.0.1:${portOf(page.server)}/`;
  }

  end(): void {
    for (const { stop } of this.#pages.values()) stop();
    this.#pages.clear();
  }

  #forwardTo(host: LanHost, server: Server): OpenPage {
    const run = this.#run;
    const stop = forward({
      server,
      pace: run.pace,
      from: () => {
        run.hearOutside();
        return this.#visitorOf(host).machine;
      },
      to: () => ({ address: host.address.toString(), port: portOfPage(host) }),
    });
    return { server, stop };
  }

  /** The host that a person's browser is thought to run on: a computer, or else any other that has an address. */
  #visitorOf(host: LanHost): LanHost {
    const others = this.#run.lan.hosts.filter(
      (other) => other !== host && other.isOn && other.network.ipv4 !== undefined && other.network.up,
    );
    const visitor = others.find(({ stack }) => stack.profile === "host" && !stack.forwarding) ?? others[0];
    if (visitor === undefined)
      throw new NetworkError("EHOSTUNREACH", "reach", host.name, "no other host on the LAN has an address");
    return visitor;
  }
}

/** @throws NetworkError ENETDOWN while there is nobody to ask, ENOTSUP if it serves no page */
function portOfPage(host: LanHost): number {
  void host.address;
  const app: unknown = host.app;
  if (app instanceof Device) return app.httpPort;
  throw new NetworkError("ENOTSUP", "open page", host.name, "it serves none");
}
