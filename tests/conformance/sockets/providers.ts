import { MODDABLE_ESP32, MODDABLE_SIMULATOR } from "./moddable.js";
import type { Lacks } from "./suite/case.js";

const NO_IPV6 = "the stack has no IPv6 yet";

const NO_LOOPBACK_GROUPS = "groups are on the machine's network, which is not the test's business";

const STACK: Lacks = {
  features: {
    ipv6: NO_IPV6,
  },
};

const NODE_TELLS_LATER = "Node tells of it in the next call";

const NODE: Lacks = {
  features: {
    "privileged-ports": "they are the kernel's business, and tests may run as root",
    "time-wait": "Node always sets SO_REUSEADDR",
  },
  cases: {
    "another connect changes the peer": "Linux picks another port when the peer of an unbound socket changes",
    "no route is ENETUNREACH with the address": NODE_TELLS_LATER,
    "sending to all is EACCES unless it is allowed": NODE_TELLS_LATER,
  },
};

/** Every provider that the suite runs against, and why it cannot do what it skips. docs/socket-conformance.md has it all. */
const PROVIDERS = {
  "stack, loopback": {
    ...STACK,
    features: {
      ...STACK.features,
      broadcast: "the peer is on the same host, and a broadcast is not looped back",
    },
  },
  "stack, lossy LAN": {
    ...STACK,
    cases: {
      "without reuseAddress, a port on which connections linger is EADDRINUSE":
        "where segments overtake each other, a reset may end TIME-WAIT early (RFC 1337)",
    },
  },
  "TLS over the stack": {
    ...STACK,
    cases: {
      "without reuseAddress, a port on which connections linger is EADDRINUSE":
        "the peer's close_notify meets a socket that is closed already, and the reset that answers it ends TIME-WAIT",
    },
  },
  "stack on TAP, Linux": STACK,
  "stack, inside XS": STACK,
  "Node, loopback": {
    ...NODE,
    features: {
      ...NODE.features,
      "deaf-neighbor": "neighbors are on the machine's network, which is not the test's business",
      "no-route": "the machine may have a default route",
      multicast: NO_LOOPBACK_GROUPS,
      "multicast-loop": NO_LOOPBACK_GROUPS,
    },
  },
  "Node, a network of its own": NODE,
  "Moddable, ESP32": MODDABLE_ESP32,
  "Moddable, Linux simulator": MODDABLE_SIMULATOR,
} as const satisfies Readonly<Record<string, Lacks>>;

export type ProviderName = keyof typeof PROVIDERS;

export const PROVIDER_NAMES = Object.freeze(Object.keys(PROVIDERS)) as readonly ProviderName[];

export function lacksOf(provider: ProviderName): Lacks {
  return PROVIDERS[provider];
}
