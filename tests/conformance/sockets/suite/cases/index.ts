import type { Topic } from "../case.js";
import { accepting } from "./accepting.js";
import { addresses } from "./addresses.js";
import { backpressure } from "./backpressure.js";
import { closing } from "./closing.js";
import { concurrency } from "./concurrency.js";
import { connectedDatagrams } from "./connected-datagrams.js";
import { connecting } from "./connecting.js";
import { datagrams } from "./datagrams.js";
import { ecmaListener } from "./ecma-listener.js";
import { ecmaTcp } from "./ecma-tcp.js";
import { ecmaTransfer } from "./ecma-transfer.js";
import { ecmaUdp } from "./ecma-udp.js";
import { ends } from "./ends.js";
import { groups } from "./groups.js";
import { iteration } from "./iteration.js";
import { limits } from "./limits.js";
import { loopback } from "./loopback.js";
import { ports } from "./ports.js";
import { resets } from "./resets.js";
import { transferring } from "./transferring.js";
import { utf8 } from "./utf8.js";

/** The whole suite: first ECMA-419's classes, then the sockets on top of them. */
export const ALL_TOPICS: readonly Topic[] = Object.freeze([
  ecmaTcp,
  ecmaTransfer,
  ecmaListener,
  ecmaUdp,
  addresses,
  accepting,
  ports,
  connecting,
  transferring,
  backpressure,
  ends,
  resets,
  closing,
  limits,
  concurrency,
  iteration,
  loopback,
  datagrams,
  connectedDatagrams,
  groups,
  utf8,
]);
