import type { Topic } from "../case.js";
import { ecmaListener } from "./ecma-listener.js";
import { ecmaTcp } from "./ecma-tcp.js";
import { ecmaTransfer } from "./ecma-transfer.js";
import { ecmaUdp } from "./ecma-udp.js";

/** The whole suite. */
export const ALL_TOPICS: readonly Topic[] = Object.freeze([ecmaTcp, ecmaTransfer, ecmaListener, ecmaUdp]);
