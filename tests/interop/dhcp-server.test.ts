import { jest } from "@jest/globals";
import { PATIENCE } from "../support/program.js";
import { describeWith } from "../support/tools.js";
import { conflictTests } from "./dhcp-server/conflicts.js";
import { leaseTests } from "./dhcp-server/leases.js";
import { restartTests } from "./dhcp-server/restarts.js";
import { REQUIREMENTS } from "./support/dhcp-served-lan.js";

// Some wait for several timers of the protocol, one after another.
jest.setTimeout(3 * PATIENCE);

// One block of one file: its tests mostly wait, and run side by side, which those of several would not do.
describeWith(REQUIREMENTS, "DHCP server", () => {
  leaseTests();
  restartTests();
  conflictTests();
});
