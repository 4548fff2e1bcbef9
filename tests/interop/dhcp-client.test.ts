import { jest } from "@jest/globals";
import { describeWith } from "../support/tools.js";
import { dnsmasqTests } from "./dhcp-client/dnsmasq.js";
import { udhcpdTests } from "./dhcp-client/udhcpd.js";
import { REQUIREMENTS, TIME_LIMIT } from "./support/dhcp-lan.js";

jest.setTimeout(TIME_LIMIT);

// One block of one file: its tests mostly wait, and run side by side, which those of several would not do.
describeWith(REQUIREMENTS, "DHCP client", () => {
  dnsmasqTests();
  udhcpdTests();
});
