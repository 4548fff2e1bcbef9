import type { Lacks } from "./suite/case.js";

const NOT_SAID = "the platform does not say why a connection was not made";

/** What neither lwIP's sockets nor the simulator's can do, or Moddable's classes do not ask of them. */
const COMMON = {
  features: {
    "deaf-neighbor": NOT_SAID,
    "half-close": "lwIP sends nothing after the peer's end, and Moddable's TCP can't end one direction",
    "icmp-errors": "the platform does not tell of them",
    ipv6: "Moddable's sockets are IPv4",
    "listen-on-address": "Moddable binds to all its addresses",
    "local-endpoint": "Moddable chooses the local port",
    "no-route": NOT_SAID,
    "port-sharing": "Moddable's UDP does not ask for it",
    "privileged-ports": "lwIP has none, and in the simulator one that is refused is the end",
    "time-wait": "Moddable's Listener always takes such a port",
  },
  cases: {
    "who closes without having received all resets the peer":
      "what is unread is dropped before: lwIP would lose what was written last",
  },
} satisfies Lacks;

const NO_REASSEMBLY = "lwIP does not put fragments together, as the SDK configures it";

/** What Moddable's sockets lack on ESP32, wrapped by hosts/xs/io. */
export const MODDABLE_ESP32: Lacks = Object.freeze({
  features: {
    ...COMMON.features,
    "large-datagrams": NO_REASSEMBLY,
    "multicast-loop": "lwIP does not loop back what is sent to groups",
  },
  cases: { ...COMMON.cases, "sizes around those of a packet are received": NO_REASSEMBLY },
});

const EMPTY_IS_NONE = "the simulator takes an empty datagram for none";
const NO_GROUPS = "the simulator has no groups";

/** What they lack in the SDK's simulator on Linux. */
export const MODDABLE_SIMULATOR: Lacks = Object.freeze({
  features: {
    ...COMMON.features,
    broadcast: "the simulator does not ask Linux for the right to send broadcasts",
    "large-datagrams": "the simulator cuts off what is behind 2,048 bytes",
    multicast: NO_GROUPS,
    "multicast-loop": NO_GROUPS,
  },
  cases: {
    ...COMMON.cases,
    "an empty datagram is one": EMPTY_IS_NONE,
    "an empty datagram, both ways": EMPTY_IS_NONE,
    "datagrams are neither joined nor split": EMPTY_IS_NONE,
    "sizes around those of a packet are received": "the simulator cuts off what is behind 2,048 bytes",
  },
});
