import { DhcpClient, type DhcpServer } from "../../src/dhcp/index.js";
import { NetworkError } from "../../src/error/index.js";
import { serveDhcp } from "../apps/dhcp-server.js";
import type { SimulatedHost } from "../host.js";
import type { LanHost, LanHostOptions } from "../lan/lan-host.js";
import { FilteredLink } from "./filtered-link.js";
import { Nat } from "./nat/nat.js";
import { readRouterOptions, type RouterOptions, type RouterPlan } from "./options.js";

/** What runs on a router while it has power. */
export interface Router {
  /** Of its networks in their order; undefined where it leases nothing. */
  readonly dhcp: readonly (DhcpServer | undefined)[];
  /** Undefined if it does not translate. */
  readonly nat: Nat | undefined;
}

/** What `Lan.router` makes a host of. @throws NetworkError EINVAL for what makes no router */
export function routerHost(options: RouterOptions): LanHostOptions<Router> {
  const { networks, uplink, stack } = options;
  const plan = readRouterOptions(options);
  const profile = typeof stack === "string" ? { profile: stack } : stack;
  return {
    ...options,
    on: [...networks, ...(uplink === undefined ? [] : [uplink])].map(({ on }) => on),
    stack: { ...profile, forwarding: true },
    ...(isOn(uplink?.nat) && { device: (link) => new FilteredLink(link) }),
    app: (machine, lanHost) => start(machine, lanHost as LanHost, options, plan),
  };
}

function start(
  machine: SimulatedHost,
  host: LanHost,
  { networks, uplink }: RouterOptions,
  plan: RouterPlan,
): Router {
  const interfaces = machine.networks;
  for (const [index, configuration] of plan.configurations.entries())
    interfaces[index]!.configure(configuration);
  addRoutes(machine, host, plan);
  let nat: Nat | undefined;
  if (uplink !== undefined) {
    const outside = interfaces[networks.length]!;
    if (uplink.address === "dhcp") {
      const { clock, timers, random } = machine;
      new DhcpClient({ link: outside.dhcp, network: outside, clock, timers, random }).start();
    }
    if (isOn(uplink.nat)) {
      const { stack, clock, random } = machine;
      const parts = { stack, outside, clock, random: random.fork("nat"), forwards: plan.forwards };
      nat = new Nat(parts, uplink.nat === true ? {} : uplink.nat);
      const [outsideLink, ...insideLinks] = [outside, ...interfaces.slice(0, -1)].map(
        ({ link }) => link as FilteredLink,
      );
      outsideLink!.outgoing = nat.outgoing;
      outsideLink!.incoming = nat.incoming;
      for (const link of insideLinks) link.incoming = nat.hairpin;
    }
  }
  const dhcp = networks.map(({ dhcp: options }, index) =>
    isOn(options) ? serveDhcp(machine, host, interfaces[index]!, options === true ? {} : options) : undefined,
  );
  return { dhcp, nat };
}

function addRoutes({ networks, stack }: SimulatedHost, host: LanHost, { routes }: RouterPlan): void {
  for (const { destination, gateway } of routes) {
    const device = networks.find(({ addresses }) => addresses.some((own) => own.contains(gateway)));
    if (device === undefined)
      throw new NetworkError(
        "ENETUNREACH",
        "add route via",
        `${gateway}`,
        `${host.name} is not in its network`,
      );
    stack.routes.add({ destination, gateway, device });
  }
}

function isOn<T>(option: boolean | T | undefined): option is true | T {
  return option !== undefined && option !== false;
}
